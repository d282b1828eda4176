"""A stand-in register: its sales are handed over by a person's word, and taken back by one.

A receipt cannot be printed on both registers, at whatever instant a hand-over begins or ends and whatever is lost:

1. A register prints nothing whose intent is not on disk, and the intent is entered by one statement that binds the
   key (`drivers.store.claims`). One key has one row, and the row names one register for good.
2. A repeat under the same key, wherever it is sent, finds that row. It hears the answer that is there, or that the
   receipt's fate is open; it never leads to a second print.
3. Recovery, printing anew what was surely not printed, and a person's decision go by the register in the row. The
   stand-in never settles what the other had in hand, nor the other way round.
4. The same statement enters a sale only for the register that serves its pos_id at that instant. A sale that was on
   its way when the hand-over began, or ended, is refused there (503 HANDED_OVER) and bound to nothing: its repeat
   goes to the right register. So a hand-over is a clean cut, and not a time in which both take the same till's sales.

That is why a hand-over is allowed while the register that is put aside has a receipt in hand: it is the likely case,
for a register dies while it works, and a shop that had to wait for its answer could not sell at all. Such a receipt
stays with its register and its key. The answer to the hand-over lists it with what to do. What nobody can prevent is
a cashier who sells it once more under a new key; the list says not to.

Shifts and cash are no sales: they are done at the register that is named, always.
"""

from datetime import datetime
from typing import Any

import structlog
from quart import Response, request
from quart_trio import QuartTrio

from actors import handovers
from actors.facade.answering import json_answer
from actors.facade.orders import idempotency_key, read_json
from actors.facade.problems import Problem, no_room
from actors.facade.reach import Reach
from actors.facade.serving import register_of
from drivers.store.handovers import Begun, Chained, Handover, Stays
from drivers.store.records import DiskFull
from protocols.handover import parse_begin, parse_end
from protocols.life import State

log = structlog.get_logger()

PATH = "/v1/kkt/handover"
TO_DO = {
    State.ACCEPTED: "It was not printed. Its register prints it as soon as it can; do not sell it under another key.",
    State.PRINTING: "Its register had it in hand, and tells what became of it as soon as it answers. Look at its paper;"
    " do not sell it under another key.",
    State.UNKNOWN: "Its register cannot tell what became of it. A person must: POST /v1/kkt/receipt/{id}/resolve.",
}


def install(app: QuartTrio, reach: Reach) -> None:
    """Every change is safe to repeat by itself; it wants an Idempotency-Key as all of them do."""

    @app.get(PATH)
    async def handover_list() -> Response:
        found = await reach.buffer.ask(handovers.List(), within=reach.patience)
        return json_answer({"handovers": [_described(each) for each in found]})

    @app.post(PATH)
    async def handover_begin() -> Response:
        idempotency_key(request)
        said = parse_begin(await read_json(request))
        stand_in = _stand_in(reach, said.pos_id)
        begun = await _begin(reach, handovers.Begin(said.pos_id, stand_in, said.who, said.reason))
        return json_answer(_described(begun.handover) | {"stays": [_to_do(each) for each in begun.stays]})

    @app.delete(f"{PATH}/<pos_id>")
    async def handover_delete(pos_id: str) -> Response:
        return await _end(reach, pos_id)

    @app.post(f"{PATH}/<pos_id>/end")
    async def handover_end(pos_id: str) -> Response:
        return await _end(reach, pos_id)


def _stand_in(reach: Reach, pos_id: str) -> str:
    """Raises Problem."""
    register_of(reach, pos_id)
    if pos_id not in reach.stand_ins:
        raise Problem(409, "NO_STAND_IN", f"The settings name no register that may stand in for {pos_id}.")
    return reach.stand_ins[pos_id]


async def _begin(reach: Reach, question: handovers.Begin) -> Begun:
    """Raises Problem."""
    outcome = await reach.buffer.ask(question, within=reach.patience)
    match outcome:
        case DiskFull():
            raise no_room()
        case Chained(by=other):
            message = f"{other.stand_in} stands in for {other.pos_id}, and hand-overs form no chains: end that first."
            raise Problem(409, "HANDOVER_CHAIN", message, _described(other))
    log.warning("handover_began", **_logged(outcome.handover), stays=[each.receipt_id for each in outcome.stays])
    return outcome


async def _end(reach: Reach, pos_id: str) -> Response:
    idempotency_key(request)
    said = parse_end(await read_json(request))
    outcome = await reach.buffer.ask(handovers.End(pos_id, said.who), within=reach.patience)
    match outcome:
        case DiskFull():
            raise no_room()
        case None:
            raise Problem(404, "NO_HANDOVER", f"The sales of {pos_id} were never handed over.")
    log.warning("handover_ended", **_logged(outcome))
    return json_answer(_described(outcome))


def _described(handover: Handover) -> dict[str, Any]:
    return {
        "pos_id": handover.pos_id,
        "stand_in": handover.stand_in,
        "in_force": handover.ended_at is None,
        "who": handover.who,
        "reason": handover.reason,
        "began_at": handover.began_at,
        "ended_at": handover.ended_at,
        "ended_by": handover.ended_by,
    }


def _to_do(stays: Stays) -> dict[str, str]:
    return {
        "receipt_id": stays.receipt_id,
        "state": stays.state.value,
        "to_do": TO_DO[stays.state].format(id=stays.receipt_id),
    }


def _logged(handover: Handover) -> dict[str, Any]:
    fields = _described(handover)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}
