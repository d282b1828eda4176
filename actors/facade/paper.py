"""Paper that means nothing to the tax office: X report, copy, lines of text; and going on after new paper.

They are no orders. They take an `Idempotency-Key` like every change, and it must be a UUIDv4, but nothing is kept
under it: a repeat prints again. That is right for them. The register keeps no record by which anybody could tell
whether such paper came out, so a promise of "once" could be kept only by not printing, and a second X report harms
nobody. A caller who hears 503 MAY_BE_PRINTED looks at the paper before the next try.
"""

from typing import assert_never

import trio
from quart import Response, request
from quart_trio import QuartTrio

from actors import buffer
from actors.facade.answering import json_answer
from actors.facade.orders import idempotency_key, read_json
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from actors.facade.serving import register_of
from actors.kkt import actor as kkt
from actors.kkt.paper import MayBePrinted, NotLast, Refused
from actors.kkt.trouble import NotReady
from actors.mailbox import ActorDied
from drivers.store.records import View
from protocols.api import parse_pos_id, parse_text
from protocols.fiscal import Baseline, FiscalDocument
from protocols.unfiscal import Copy, Unfiscal, XReport


def install(app: QuartTrio, reach: Reach) -> None:
    @app.post("/v1/kkt/report/x")
    async def x_report() -> Response:
        idempotency_key(request)
        return await _print(reach, parse_pos_id(await read_json(request)), XReport())

    @app.post("/v1/kkt/print")
    async def print_text() -> Response:
        idempotency_key(request)
        pos_id, text = parse_text(await read_json(request))
        return await _print(reach, pos_id, text)

    @app.post("/v1/kkt/receipt/<receipt_id>/copy")
    async def copy(receipt_id: str) -> Response:
        idempotency_key(request)
        view = await reach.buffer.ask(buffer.Look(receipt_id.lower()), within=reach.patience)
        if view is None:
            raise Problem(404, "RECEIPT_NOT_FOUND", f"There is no receipt {receipt_id}.")
        if not isinstance(view, View) or not isinstance(view.document, FiscalDocument):
            raise Problem(409, "NOTHING_TO_COPY", "This is no receipt on paper that the register could copy.")
        return await _print(reach, view.register, Copy(Baseline(view.document.fn, view.document.fd)))

    @app.post("/v1/kkt/continue-print")
    async def continue_print() -> Response:
        """For whoever does not want to wait the seconds until the register is looked at anyway."""
        idempotency_key(request)
        address = register_of(reach, parse_pos_id(await read_json(request)))
        trouble = await address.ask(kkt.GoOn(), within=reach.receipt_timeout)
        if trouble is not None:
            raise _not_ready(trouble)
        return _done()


async def _print(reach: Reach, pos_id: str, what: Unfiscal) -> Response:
    """Raises Problem."""
    message = kkt.PutOnPaper(what)
    address = register_of(reach, pos_id)
    try:
        outcome = await address.ask(message, within=reach.receipt_timeout)
    except (ActorDied, trio.TooSlowError):
        outcome = MayBePrinted()
    match outcome:
        case None:
            return _done()
        case NotReady():
            raise _not_ready(outcome)
        case NotLast(last=last):
            text = "A register copies its last document only, and this receipt is not it any more."
            raise Problem(409, "NOT_THE_LAST_RECEIPT", text, {"last": {"fn": last.fn, "fd": str(last.fd)}})
        case Refused(spelled=spelled, text=text, advice=advice):
            details = {"register_code": spelled, "register_text": text, "register_advice": advice}
            raise Problem(422, "KKT_REFUSED", f"The register refused: {text}.", details)
        case MayBePrinted():
            text = "The register's answer was lost: it may have been printed. Look at the paper before you repeat this."
            raise Problem(503, "MAY_BE_PRINTED", text)
        case _:
            assert_never(outcome)


def _not_ready(trouble: NotReady) -> Problem:
    return Problem(503, trouble.code, trouble.message, None, trouble.retry_after)


def _done() -> Response:
    return json_answer({"status": "done"})
