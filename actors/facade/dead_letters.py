"""Dead letters: what the OFD refused too often, and a person's word that it is to be sent again.

A receipt is known to the OFD by ФН, ФД and ФП, which no retry changes: one that it has already stays one. It goes out
before what its register printed later, and does not hold that up if it is refused once more.
"""

from functools import partial
from typing import Any

import structlog
from quart import Response, g, request
from quart_trio import QuartTrio

from actors import deliveries, ofd_sync
from actors.facade.answering import json_answer
from actors.facade.looking import looked_up
from actors.facade.orders import idempotency_key, read_json_if_any
from actors.facade.problems import Problem, no_room
from actors.facade.reach import Reach
from actors.facade.receipt_list import listed, next_page
from actors.mailbox import NoAnswer
from drivers.store import receipt_list
from drivers.store.records import DiskFull, NotDead, Retried, View
from protocols.dead_letters import parse_retry
from protocols.receipt_list import parse_dead

log = structlog.get_logger()

PATH = "/v1/kkt/dlq"
NAMED = 100  # receipts that an answer names
SALES_HALF = 2  # of the buffer: retries take no more than the other half


def install(app: QuartTrio, reach: Reach) -> None:
    """A repeat of a retry does no harm; it wants an Idempotency-Key as every change does."""

    @app.get(PATH)
    async def dead_letters() -> Response:
        asked = parse_dead(request.args.to_dict())
        page = await looked_up(reach, partial(receipt_list.page_of, asked=asked))
        return json_answer({"items": [_described(view) for view in page.items], "next": next_page(page, asked)})

    @app.post(f"{PATH}/<receipt_id>/retry")
    async def dead_letter_retry(receipt_id: str) -> Response:
        who = await _who()
        outcome = await reach.buffer.ask(deliveries.Retry(receipt_id.lower(), who), within=reach.patience)
        match outcome:
            case None:
                raise Problem(404, "RECEIPT_NOT_FOUND", f"There is no receipt {receipt_id}.")
            case DiskFull():
                raise no_room()
            case NotDead(state=state, is_gone=is_gone):
                end = "is cleaned up: there is nothing left to send" if is_gone else f"is {state}, no dead letter"
                raise Problem(409, "RECEIPT_NOT_DEAD", f"The receipt {end}.", {"state": state.value})
        return _retried(reach, who, outcome.receipt_ids, outcome.left)

    @app.post(f"{PATH}/retry")
    async def dead_letters_retry() -> Response:
        """As many as half of the buffer has room for: sales go on meanwhile. `left`: how many are still dead."""
        who = await _who()
        receipt_ids, left = await _retry_all(reach, who)
        return _retried(reach, who, receipt_ids, left)


async def _retry_all(reach: Reach, who: str) -> tuple[list[str], int]:
    """The receipts that are sent again, and how many stay dead. A sale waits for one step at most. Raises Problem."""
    receipt_ids: list[str] = []
    step = Retried((), 0)
    while True:
        question = deliveries.RetryAll(who, step.last, reach.capacity // SALES_HALF)
        outcome = await reach.buffer.ask(question, within=reach.patience)
        if isinstance(outcome, DiskFull):
            raise no_room()
        step = outcome
        receipt_ids += step.receipt_ids
        if len(step.receipt_ids) < deliveries.AT_ONCE:
            return receipt_ids, step.left
        _wake(reach)


async def _who() -> str:
    """Raises Problem, BadRequest."""
    idempotency_key(request)
    return parse_retry(await read_json_if_any(request), g.principal.name)


def _retried(reach: Reach, who: str, receipt_ids: list[str] | tuple[str, ...], left: int) -> Response:
    _wake(reach)
    log.warning("dead_letters_retried", who=who, receipts=len(receipt_ids), left=left)
    return json_answer({"retried": len(receipt_ids), "receipts": receipt_ids[:NAMED], "left": left})


def _wake(reach: Reach) -> None:
    """Whoever delivers looks by himself, too, if this does not reach him."""
    try:
        if reach.ofd_sync is not None:
            reach.ofd_sync.tell(ofd_sync.Wake())
    except NoAnswer as error:
        log.debug("not_woken", reason=repr(error))


def _described(view: View) -> dict[str, Any]:
    return listed(view) | {"died_at": view.moved_at, "reason": view.last_error}
