"""POST /v1/kkt/receipt, GET /v1/kkt/receipt/{id}, and a person's word on one whose fate is unknown."""

from datetime import timedelta
from functools import partial
from typing import Any

from quart import Response, request
from quart_trio import QuartTrio

from actors import buffer
from actors.facade.answering import json_answer
from actors.facade.orders import idempotency_key, place, read_json
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from actors.facade.serving import register_of
from actors.kkt import actor as kkt
from actors.kkt.trouble import NotReady
from drivers.store.records import Buried, View
from protocols import answers, jsontext
from protocols.api import parse_decision, parse_receipt
from protocols.decision import NotResolved
from protocols.fiscal import FiscalDocument
from protocols.life import PUBLIC, State

FURTHEST_EAST = timedelta(hours=14)  # ahead of UTC: no register's clock shows a later day
DELIVERING = (State.SYNCING, State.SYNCED)  # an attempt that is under way, or went well, is no retry


def install(app: QuartTrio, reach: Reach) -> None:
    @app.post("/v1/kkt/receipt")
    async def post_receipt() -> Response:
        latest = (reach.now() + FURTHEST_EAST).date()
        return await place(reach, request, partial(parse_receipt, latest=latest))

    @app.get("/v1/kkt/receipt/<receipt_id>")
    async def get_receipt(receipt_id: str) -> Response:
        return _described(await _look(reach, receipt_id))

    @app.post("/v1/kkt/receipt/<receipt_id>/resolve")
    async def resolve(receipt_id: str) -> Response:
        idempotency_key(request)  # every change wants one; this one is safe to repeat by itself
        decision = parse_decision(await read_json(request))
        view = await _look(reach, receipt_id)
        if isinstance(view, Buried):
            raise Problem(409, "RECEIPT_NOT_UNKNOWN", "There is nothing to decide: the fate of this receipt is known.")
        address = register_of(reach, view.register)
        order = kkt.Resolve(view.receipt_id, decision)
        match await address.ask(order, within=reach.receipt_timeout):
            case NotResolved(code=code, message=message, details=details):
                raise Problem(409, code, message, details)
            case NotReady(code=code, message=message, retry_after=retry_after):
                raise Problem(503, code, message, None, retry_after)
        return _described(await _look(reach, receipt_id))


async def _look(reach: Reach, receipt_id: str) -> View | Buried:
    """Raises Problem."""
    view = await reach.buffer.ask(buffer.Look(receipt_id.lower()), within=reach.patience)
    if view is None:
        raise Problem(404, "RECEIPT_NOT_FOUND", f"There is no receipt {receipt_id}.")
    return view


def _described(view: View | Buried) -> Response:
    return json_answer(_buried(view) if isinstance(view, Buried) else describe(view))


def describe(view: View) -> dict[str, Any]:
    """An order's life so far; of one whose fate is unknown both sides, for the person who must decide."""
    life = life_of(view) | _documents(view)
    if view.state is State.UNKNOWN:
        life |= {"asked": answers.asked(view.order), "found": jsontext.loads(view.found or b"[]")}
    return life


def life_of(view: View) -> dict[str, Any]:
    return {
        "id": view.receipt_id,
        "pos_id": view.order.pos_id,
        "printed_on": view.register,
        "type": view.order.kind.value,
        "status": PUBLIC[view.state],
        "state": view.state.value,
        "created_at": view.accepted_at,
        "printed_at": view.printed_at,
        "synced_at": view.synced_at,
        "retry_count": view.attempts - (view.state in DELIVERING),
        "last_error": view.last_error,
    }


def _documents(view: View) -> dict[str, Any]:
    if view.document is None or isinstance(view.document, FiscalDocument):
        return {"fiscal_doc": view.document and answers.fiscal_doc(view.document)}
    return {"document": answers.document(view.document)}


def _buried(buried: Buried) -> dict[str, Any]:
    """What is known of one that was cleaned up: its end, and the answer that its key still gets."""
    return {
        "id": buried.receipt_id,
        "status": PUBLIC[buried.state],
        "state": buried.state.value,
        "created_at": buried.accepted_at,
        "answer": jsontext.loads(buried.answer),
    }
