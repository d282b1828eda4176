"""How an order is placed over HTTP: a header with its key, a body, and the stored answer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from quart import Request, Response

from actors.facade.answering import JSON
from actors.facade.placing import key_of, settle
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.web import read_body
from protocols import jsontext
from protocols.api import BadRequest
from protocols.order import Order

BODY_LIMIT = 1024 * 1024  # bytes: a receipt of a hundred lines is under 50 KB


def idempotency_key(of: Request) -> str:
    """The key in its one spelling. Raises BadRequest."""
    text, *others = of.headers.getlist("Idempotency-Key") or [""]
    if not text:
        raise BadRequest("IDEMPOTENCY_KEY_MISSING", "The header Idempotency-Key (a UUIDv4) is needed.")
    if others:  # whichever we took, somebody on the way may take another
        raise BadRequest("IDEMPOTENCY_KEY_INVALID", "There is more than one Idempotency-Key.")
    return key_of(text)


async def read_json(of: Request) -> Any:
    """The body, parsed. Raises Problem, BadRequest, BodyTooLarge."""
    _check_type(of)
    return _parsed(await read_body(of, BODY_LIMIT))


async def read_json_if_any(of: Request) -> Any:
    """As `read_json`; where there is no body, that of an empty object."""
    body = await read_body(of, BODY_LIMIT)  # HTTP/2 and the like need not say beforehand that one comes
    if body:
        _check_type(of)
    return _parsed(body or b"{}")


def _check_type(of: Request) -> None:
    if of.mimetype != "application/json":
        raise Problem(415, "UNSUPPORTED_MEDIA_TYPE", "Send the receipt as application/json.")


def _parsed(body: bytes) -> Any:
    try:
        return jsontext.loads(body)
    except jsontext.NotJson as error:
        raise BadRequest("INVALID_JSON", f"The body is no JSON: {error}.") from error


async def place(reach: Reach, of: Request, parse: Callable[[Any], Order]) -> Response:
    """The answer to a request that orders something, printed now or known already. Raises Problem, BadRequest."""
    key = idempotency_key(of)
    settled = await settle(reach, key, partial(parse, await read_json(of)))
    return Response(settled.answer, 422 if settled.rejected else 200, content_type=JSON)
