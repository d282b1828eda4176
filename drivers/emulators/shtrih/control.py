"""The register's HTTP side: faults to order, the journal to read, and a page for a person to do both."""

from typing import Any
from uuid import uuid4

import msgspec
from quart import Response, request
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from drivers.emulators.panel.panel import show_panel
from drivers.emulators.paper.pages import show_paper
from drivers.emulators.shtrih.buttons import GROUPS
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.faults import Faults
from drivers.emulators.shtrih.queries import NAME
from drivers.emulators.shtrih.tables import FORMATS
from drivers.emulators.shtrih.wire import Wire
from drivers.web import BodyTooLarge, BodyTooSlow, read_body
from protocols.shtrih.codes import DriveWarnings, Submode

MAX_BODY = 64 * 1024
MAX_PAGE = 1000
"""Documents in one answer of the journal."""
_PAPER = {
    Submode.IDLE: "present",
    Submode.NO_PAPER: "out",
    Submode.NO_PAPER_WHILE_PRINTING: "out_printing",
    Submode.AWAITS_CONTINUE: "waits",
}


class BadRequest(Exception):
    """The message says what was wrong with it."""


def control(wire: Wire, normal: Faults) -> QuartTrio:
    """The app. `normal` is what a reset goes back to.

    | call | does |
    | --- | --- |
    | `GET /` | the page |
    | `GET /kkt/v1/state` | the register as it stands |
    | `GET /kkt/v1/paper` | the last sheets it printed, oldest first, as text |
    | `GET /kkt/v1/paper/{number}.txt`, `.png` | one of them; a number below zero counts from the last: -1 |
    | `GET`, `POST /kkt/_test/behave` | the faults; takes any of the fields of `Faults`, answers with all |
    | `POST /kkt/_test/reset` | ends all faults; documents stay |
    | `GET /kkt/_test/journal?after=&limit=` | documents behind that one, oldest first; 100 unless told, 1000 at most; |
    | | and as `cash` the slips behind that document and before the last that the answer might hold |
    """
    app = QuartTrio(__name__)
    device = wire.device

    @app.before_request
    def refuse_strangers() -> None:
        """A page from elsewhere, open in the same browser, has no business with the register."""
        origin = request.headers.get("Origin")
        if origin and origin.split("//")[-1] != request.host:
            raise BadRequest(f"requests from pages of {origin} are not taken")

    @app.errorhandler(BadRequest)
    @app.errorhandler(BodyTooLarge)
    @app.errorhandler(BodyTooSlow)
    @app.errorhandler(msgspec.MsgspecError)
    def bad_request(error: Exception) -> Response:
        code, status = ("BODY_TOO_LARGE", 413) if isinstance(error, BodyTooLarge) else ("BAD_REQUEST", 400)
        return _error(code, str(error), status)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        return _error(error.name.upper().replace(" ", "_"), error.description or error.name, error.code or 500)

    show_panel(app, GROUPS)

    @app.get("/kkt/v1/state")
    async def state() -> Response:
        return _json(_state(device) | {"connected": wire.connected})

    show_paper(app, lambda: device.roll)

    @app.get("/kkt/_test/behave")
    async def behaviour() -> Response:
        return _json(device.faults)

    @app.post("/kkt/_test/behave")
    async def behave() -> Response:
        await wire.behave(msgspec.json.decode(await read_body(request, MAX_BODY), type=dict[str, Any]))
        return _json(device.faults)

    @app.post("/kkt/_test/reset")
    async def reset() -> Response:
        await wire.behave(msgspec.to_builtins(normal))
        device.printer.mend()
        return _json(device.faults)

    @app.get("/kkt/_test/journal")
    async def journal() -> Response:
        after, limit = _number("after", 0), min(_number("limit", 100), MAX_PAGE)
        documents, cash = list(device.drive.after(after, limit)), list(device.drive.slips_after(after, limit))
        return _json({"documents": documents, "cash": cash, "last_fd": device.drive.counters.fd})

    return app


def _state(device: Device) -> dict[str, Any]:
    counters, passport, receipt = device.drive.counters, device.drive.passport, device.receipt
    return {
        "model": f"{NAME} (эмулятор)",
        "serial": f"{passport.serial:010}",
        "fn": passport.fn,
        "rnm": passport.rnm,
        "inn": passport.inn,
        "clock": device.now,
        "mode": device.mode,
        "submode": device.submode,
        "shift": _shift(device),
        "receipt": {"items": len(receipt.items), "total_kopecks": receipt.total_kopecks} if receipt else None,
        "paper": _PAPER[device.printer.submode],
        "power": device.faults.power,
        "last_fd": counters.fd,
        "drawer_kopecks": counters.drawer,
        "printed": counters.through,
        "sheets": device.roll.printed,
        "totals": counters.totals,
        "ffd": next(name for name, number in FORMATS.items() if number == device.tables.ffd),
        "cover": "open" if device.faults.cover_open else "closed",
        "drawer": "open" if device.faults.drawer_open else "closed",
        "drive": _drive(device),
        "begun": device.begun.name.lower() if device.begun else None,
    }


def _drive(device: Device) -> dict[str, Any]:
    wear = device.wear
    oldest = wear.oldest_unsent
    return {
        "expires": wear.expires,
        "documents_left": wear.documents_left,
        "unsent": wear.unsent,
        "oldest_unsent": oldest.at if oldest else None,
        "brought_to_ofd_by": "host" if device.carried else "register",
        "warnings": [str(warning.name).lower() for warning in DriveWarnings if warning in wear.warnings],
    }


def _shift(device: Device) -> dict[str, Any]:
    counters = device.drive.counters
    return {
        "state": "closed" if not counters.shift_open else "expired" if device.shift_expired else "open",
        "number": counters.shift_number,
        "opened_at": device.shift_opened_at,
        "receipts": counters.receipt_number,
    }


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise BadRequest(f"{name} is a whole number, not {text!r}")
    return int(text)


def _error(code: str, message: str, status: int) -> Response:
    return _json({"code": code, "message": message, "details": {}, "id": str(uuid4())}, status)


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status=status, content_type="application/json")
