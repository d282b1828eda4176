"""What an order has come to, whatever it is asked by."""

from typing import Any

from actors import buffer
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.store.records import Buried, View
from protocols import answers, jsontext
from protocols.fiscal import FiscalDocument
from protocols.life import PUBLIC, State

DELIVERING = (State.SYNCING, State.SYNCED)  # an attempt that is under way, or went well, is no retry


async def look(reach: Reach, receipt_id: str) -> View | Buried:
    """Raises Problem."""
    view = await reach.buffer.ask(buffer.Look(receipt_id.lower()), within=reach.patience)
    if view is None:
        raise Problem(404, "RECEIPT_NOT_FOUND", f"There is no receipt {receipt_id}.")
    return view


def described(view: View | Buried) -> dict[str, Any]:
    return _buried(view) if isinstance(view, Buried) else _alive(view)


def _alive(view: View) -> dict[str, Any]:
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
