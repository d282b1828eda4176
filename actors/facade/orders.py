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
    text = of.headers.get("Idempotency-Key")
    if not text:
        raise BadRequest("IDEMPOTENCY_KEY_MISSING", "The header Idempotency-Key (a UUIDv4) is needed.")
    return key_of(text)


async def read_json(of: Request) -> Any:
    """The body, parsed. Raises Problem, BadRequest, BodyTooLarge."""
    if of.mimetype != "application/json":
        raise Problem(415, "UNSUPPORTED_MEDIA_TYPE", "Send the receipt as application/json.")
    body = await read_body(of, BODY_LIMIT)
    try:
        return jsontext.loads(body)
    except jsontext.NotJson as error:
        raise BadRequest("INVALID_JSON", f"The body is no JSON: {error}.") from error


async def place(reach: Reach, of: Request, parse: Callable[[Any], Order]) -> Response:
    """The answer to a request that orders something, printed now or known already. Raises Problem, BadRequest."""
    key = idempotency_key(of)
    settled = await settle(reach, key, partial(parse, await read_json(of)))
    return Response(settled.answer, 422 if settled.rejected else 200, content_type=JSON)
