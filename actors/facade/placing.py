"""How an order is placed, whatever it came by: its key, the register's answer, and that same answer ever after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never
from uuid import UUID

import structlog
import trio

from actors import buffer
from actors.facade.problems import SAME_KEY, Problem
from actors.facade.reach import Reach
from actors.facade.serving import register_of, serving
from actors.kkt import actor as kkt
from actors.kkt.trouble import NotReady
from actors.mailbox import Address, NoAnswer
from drivers.store.records import BufferFull, KeyReused, Known, View
from protocols.api import AgainstRules, BadRequest, parse_receipt
from protocols.life import State
from protocols.order import Order, fingerprint
from protocols.receipt import Receipt

log = structlog.get_logger()

Outcome = Known | KeyReused | BufferFull | NotReady

SOON = 0.5  # seconds in which most registers have printed; a repeat need not wait longer behind others for its answer
EXAMPLE = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
FURTHEST_EAST = timedelta(hours=14)  # ahead of UTC: no register's clock shows a later day


@dataclass(frozen=True)
class Settled:
    """The answer for good, byte for byte as it is stored; `rejected`: it is a refusal, and nothing was printed."""

    answer: bytes
    rejected: bool


def key_of(text: str) -> str:
    """An idempotency key in its one spelling. Raises BadRequest."""
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


def receipt_of(data: Any, now: datetime) -> Receipt:
    """The receipt that a request means. Raises BadRequest."""
    return parse_receipt(data, latest=(now + FURTHEST_EAST).date())


async def settle(reach: Reach, key: str, parse: Callable[[], Order]) -> Settled:
    """An order's end, printed now or known already. Raises Problem, also while it is open; BadRequest."""
    order = await _order(reach, key, parse)
    with reach.room.sale():
        known = await _print(reach, key, order)
    log.info("order_told", receipt_id=known.receipt_id, state=known.state.value)  # the request's id goes with it
    if known.answer is None:
        raise _still_open(known, await _holder(reach, order, known.receipt_id))
    return Settled(known.answer, known.state is State.REJECTED)


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


async def _holder(reach: Reach, order: Order, receipt_id: str) -> dict[str, str]:
    """Which register has an open receipt in hand: where sales are handed over it need not be the one that serves."""
    if order.pos_id not in reach.stand_ins:
        return {}
    view = await reach.buffer.ask(buffer.Look(receipt_id), within=reach.patience)
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


def _still_open(known: Known, where: dict[str, str]) -> Problem:
    details = {"receipt_id": known.receipt_id, "state": known.state.value, **where}
    if known.state is State.UNKNOWN:
        message = "The register cannot tell whether this receipt was printed. A person must look at its paper."
        return Problem(503, "RECEIPT_UNKNOWN", message, details, 60)
    if known.state is State.ACCEPTED:
        message = f"The receipt is taken and is printed as soon as the register can. {SAME_KEY}"
        return Problem(503, "RECEIPT_WAITS", message, details, 2)
    message = f"The register's answer was lost; it is being asked what became of the receipt. {SAME_KEY}"
    return Problem(503, "RECEIPT_IN_DOUBT", message, details, 2)
