"""What a test or a trainer orders and reads, in the shape that the other emulated register has."""

from typing import Any

import msgspec
from quart import Response, request
from quart_trio import QuartTrio

from drivers.emulators.atol.buttons import GROUPS
from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error
from drivers.emulators.atol.faults import Faults
from drivers.emulators.atol.queries import NAME, oldest_unsent, unsent, warnings
from drivers.emulators.atol.server import HttpError, Server
from drivers.emulators.panel.panel import show_panel
from drivers.emulators.paper.pages import show_paper
from drivers.web import read_body

MAX_ORDER = 64 * 1024
MAX_PAGE = 1000
"""Documents in one answer of the journal."""


def add_control(app: QuartTrio, server: Server, normal: Faults) -> None:
    """Adds the calls to the app.

    | call | does |
    | --- | --- |
    | `GET /` | the page |
    | `GET /kkt/v1/state` | the register as it stands |
    | `GET /kkt/v1/paper` | the last sheets it printed, oldest first, as text |
    | `GET /kkt/v1/paper/{number}.txt`, `.png` | one of them; a number below zero counts from the last: -1 |
    | `GET`, `POST /kkt/_test/behave` | the faults; takes any of the fields of `Faults`, answers with all |
    | `POST /kkt/_test/reset` | ends all faults; documents and jobs stay |
    | `GET /kkt/_test/journal?after=&limit=` | documents behind that one, oldest first; 100 unless told, 1000 at most; |
    | | and as `cash` the slips behind that document and before the last that the answer might hold |
    """
    device = server.device

    @app.before_request
    async def refuse_strangers() -> None:
        """A page from elsewhere, open in the same browser, has no business with the register."""
        origin = request.headers.get("Origin")
        if origin and origin.split("//")[-1] != request.host:
            raise HttpError(403, Error.INVALID_PARAM, f"Origin {origin}")

    show_panel(app, GROUPS)
    show_paper(app, lambda: device.roll)

    @app.get("/kkt/v1/state")
    async def state() -> Response:
        return _json(_state(server))

    @app.get("/kkt/_test/behave")
    async def behaviour() -> Response:
        return _json(device.faults)

    @app.post("/kkt/_test/behave")
    async def behave() -> Response:
        await server.behave(msgspec.json.decode(await read_body(request, MAX_ORDER), type=dict[str, Any]))
        return _json(device.faults)

    @app.post("/kkt/_test/reset")
    async def reset() -> Response:
        await server.behave(msgspec.to_builtins(normal))
        device.unfinished = None
        return _json(device.faults)

    @app.get("/kkt/_test/journal")
    async def journal() -> Response:
        after, limit = _number("after", 0), min(_number("limit", 100), MAX_PAGE)
        documents, cash = list(device.drive.after(after, limit)), list(device.drive.slips_after(after, limit))
        return _json({"documents": documents, "cash": cash, "last_fd": device.drive.counters.fd})


def _state(server: Server) -> dict[str, Any]:
    device = server.device
    counters, passport = device.drive.counters, device.drive.passport
    return {
        "model": f"{NAME} (эмулятор)",
        "serial": f"{passport.serial:014}",
        "fn": passport.fn,
        "rnm": passport.rnm,
        "inn": passport.inn,
        "ffd": device.ffd,
        "clock": device.now,
        "shift": _shift(device),
        "paper": _paper(device),
        "power": device.faults.power,
        "last_fd": counters.fd,
        "drawer_kopecks": counters.drawer,
        "printed": counters.through,
        "sheets": device.roll.printed,
        "cover": "open" if device.faults.cover_open else "closed",
        "drawer": "open" if device.faults.drawer_open else "closed",
        "drive": _drive(device),
        "queue": server.queue_status(),
    }


def _drive(device: Device) -> dict[str, Any]:
    """`documents_left` is None where the drive takes as many as one likes."""
    oldest = oldest_unsent(device)
    return {
        "expires": device.drive_expires.date(),
        "documents_left": device.faults.fn_left,
        "unsent": unsent(device),
        "oldest_unsent": oldest.at if oldest else None,
        "warnings": [name for name, warns in warnings(device).items() if warns],
    }


def _shift(device: Device) -> dict[str, Any]:
    counters = device.drive.counters
    return {
        "state": {"opened": "open"}.get(device.shift, device.shift),
        "number": counters.shift_number,
        "opened_at": device.shift_opened_at,
        "receipts": counters.receipt_number,
    }


def _paper(device: Device) -> str:
    """`waits`: a document is half on it; `out_printing`: and there is no more."""
    if device.unfinished:
        return "waits" if device.paper_present else "out_printing"
    return "present" if device.paper_present else "out"


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise HttpError(400, Error.INVALID_PARAM, name)
    return int(text)


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), content_type="application/json")
