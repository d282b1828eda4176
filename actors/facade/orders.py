"""How an order is placed over HTTP: its key, its body, the register's answer, and that same answer ever after."""

from collections.abc import Callable
from functools import partial
from typing import Any, assert_never
from uuid import UUID

import trio
from quart import Request, Response

from actors import buffer
from actors.facade.answering import JSON
from actors.facade.problems import SAME_KEY, Problem
from actors.facade.reach import Reach
from actors.facade.serving import register_of, serving
from actors.kkt import actor as kkt
from actors.kkt.trouble import NotReady
from actors.mailbox import Address, NoAnswer
from drivers.store.records import BufferFull, KeyReused, Known, View
from drivers.web import read_body
from protocols import jsontext
from protocols.api import AgainstRules, BadRequest
from protocols.life import State
from protocols.order import Order, fingerprint

Outcome = Known | KeyReused | BufferFull | NotReady

SOON = 0.5  # seconds in which most registers have printed; a repeat need not wait longer behind others for its answer
EXAMPLE = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
BODY_LIMIT = 1024 * 1024  # bytes: a receipt of a hundred lines is under 50 KB


def idempotency_key(of: Request) -> str:
    """The key in its one spelling. Raises BadRequest."""
    text, *others = of.headers.getlist("Idempotency-Key") or [""]
    if not text:
        raise BadRequest("IDEMPOTENCY_KEY_MISSING", "The header Idempotency-Key (a UUIDv4) is needed.")
    if others:  # whichever we took, somebody on the way may take another
        raise BadRequest("IDEMPOTENCY_KEY_INVALID", "There is more than one Idempotency-Key.")
    try:
        key = UUID(text)
    except ValueError:
        key = None
    if key is None or key.version != 4 or str(key) != text.lower():
        raise BadRequest(
            "IDEMPOTENCY_KEY_INVALID",
            "The Idempotency-Key must be a UUIDv4 such as the one in details.",
            {"example": EXAMPLE},
        )
    return str(key)


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
    order = await _order(reach, key, partial(parse, await read_json(of)))
    known = await _print(reach, key, order)
    return _response(known, await _holder(reach, order, known))


async def _order(reach: Reach, key: str, parse: Callable[[], Order]) -> Order:
    """Raises BadRequest."""
    try:
        return parse()
    except AgainstRules as broken:
        # an earlier version may have printed it: told that it is wrong, the POS would sell it again under a new key
        if await reach.buffer.ask(buffer.Recall(key, fingerprint(broken.receipt)), within=reach.patience) is None:
            raise
        return broken.receipt


async def _print(reach: Reach, key: str, order: Order) -> Known:
    register = await serving(reach, order)
    address = register_of(reach, register)
    message = kkt.Print(reach.new_id(), key, fingerprint(order), order)
    try:
        with trio.fail_after(reach.receipt_timeout):
            outcome = await _first_answer(reach, address, message)
    finally:
        message.leave()
    return _settled(outcome, {} if register == order.pos_id else {"printed_on": register})


async def _holder(reach: Reach, order: Order, known: Known) -> dict[str, str]:
    """Which register has an open receipt in hand: where sales are handed over it need not be the one that serves."""
    if known.answer is not None or order.pos_id not in reach.stand_ins:
        return {}
    view = await reach.buffer.ask(buffer.Look(known.receipt_id), within=reach.patience)
    return {"printed_on": view.register} if isinstance(view, View) else {}


async def _first_answer(reach: Reach, address: Address[kkt.Message], order: kkt.Print) -> Outcome:
    """The register's, unless it takes its time and the receipt has an answer already: that is given at any time."""
    outcome: Outcome | None = None
    problem: NoAnswer | None = None
    try:
        address.tell(order)
        with trio.move_on_after(SOON):
            outcome = await order.wait()
    except NoAnswer as error:
        problem = error
    if outcome is not None and not isinstance(outcome, NotReady):
        return outcome
    known = await reach.buffer.ask(buffer.Recall(order.key, order.fingerprint), within=reach.patience)
    if known is not None and not _is_open(known):
        return known
    if problem is not None:
        raise problem
    return outcome or await order.wait()


def _is_open(known: Known | KeyReused) -> bool:
    """True while the register has still to say what becomes of it."""
    return isinstance(known, Known) and known.answer is None and known.state is not State.UNKNOWN


def _settled(outcome: Outcome, where: dict[str, str]) -> Known:
    """Raises Problem for all but a receipt that is on disk. `where`: what to add of the register, if anything."""
    match outcome:
        case Known():
            return outcome
        case KeyReused(receipt_id=receipt_id):
            message = "This Idempotency-Key belongs to another receipt."
            raise Problem(409, "IDEMPOTENCY_KEY_REUSED", message, {"receipt_id": receipt_id})
        case BufferFull(queued=queued):
            message = f"{queued} receipts wait for the OFD and no more are taken: see to the way to the OFD."
            raise Problem(503, "BUFFER_FULL", message, {"queued": queued}, 60)
        case NotReady(code=code, message=message, retry_after=retry_after):
            raise Problem(503, code, message, where or None, retry_after)
        case _:
            assert_never(outcome)


def _response(outcome: Known, where: dict[str, str]) -> Response:
    """The stored answer, byte for byte; or 503 while the receipt's fate is open."""
    if outcome.answer is not None:
        return Response(outcome.answer, 422 if outcome.state is State.REJECTED else 200, content_type=JSON)
    details = {"receipt_id": outcome.receipt_id, "state": outcome.state.value, **where}
    if outcome.state is State.UNKNOWN:
        message = "The register cannot tell whether this receipt was printed. A person must look at its paper."
        raise Problem(503, "RECEIPT_UNKNOWN", message, details, 60)
    if outcome.state is State.ACCEPTED:
        message = f"The receipt is taken and is printed as soon as the register can. {SAME_KEY}"
        raise Problem(503, "RECEIPT_WAITS", message, details, 2)
    message = f"The register's answer was lost; it is being asked what became of the receipt. {SAME_KEY}"
    raise Problem(503, "RECEIPT_IN_DOUBT", message, details, 2)
