"""The registers of the conformance suite, by driver, transport and fiscal data format. A third driver adds its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import trio

from drivers import web
from drivers.emulators.shtrih.register import EmulatedRegister
from drivers.kkt.atol import AtolRegister
from drivers.kkt.atol_jobs import Patience
from drivers.kkt.atol_link import AtolLink
from drivers.kkt.atol_queue import AtolQueue
from drivers.kkt.line import Line
from drivers.kkt.serial_line import SerialLine
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from protocols.atol.tasks import Till
from protocols.receipt import Taxation
from protocols.shtrih.link import Wait
from tests.conformance.rig import Rig
from tests.emulated_atol import emulated as emulated_atol

ZONE = ZoneInfo("UTC")
RETURNS = ("refund", "purchase_refund")
NO_RETURNS = {f"{how} of {kind}": "ФФД 1.05" for how in ("correction", "ordered correction") for kind in RETURNS}
"""FFD 1.05 corrects only what comes in and what goes out; a return is printed as what it is."""
NO_ROOM = {f"correction at {rate}": "ставки НДС" for rate in ("7%", "5%", "7/107", "5/105")}
"""The command of 1.05 that makes a correction by its sums has no fields for the rates since 2025."""


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def shtrih_over_tcp(place: Path, ffd: str) -> AsyncIterator[Rig]:
    with web.bind("127.0.0.1", 0) as wire:
        port = wire.getsockname()[1]
        emulated = emulated_shtrih(place, ffd)
        async with shtrih(partial(emulated.serve, wire), lambda **how: TcpLine("127.0.0.1", port, **how), ffd) as rig:
            yield rig


@asynccontextmanager
async def shtrih_over_pty(place: Path, ffd: str) -> AsyncIterator[Rig]:
    link = place / "ttyS0"
    emulated = emulated_shtrih(place, ffd)
    async with shtrih(partial(emulated.serve_pty, link), lambda **how: SerialLine(str(link), **how), ffd) as rig:
        yield rig


def emulated_shtrih(place: Path, ffd: str) -> EmulatedRegister:
    return EmulatedRegister(place / "drive.jsonl", clock=now, print_delay=0.0, byte_timeout=0.2, ffd=ffd)


@asynccontextmanager
async def shtrih(serve: Callable[..., Awaitable[None]], line: Callable[..., Line], ffd: str) -> AsyncIterator[Rig]:
    """`serve` serves its wire, and takes the socket of its control calls; `line` leads to the wire."""

    def make(patience: float) -> ShtrihRegister:
        waits = {Wait.BYTE: 0.1, Wait.CONFIRMATION: min(1.0, patience)}
        return ShtrihRegister(line(waits=waits), ZONE, read_timeout=patience)

    with web.bind("127.0.0.1", 0) as http:
        async with httpx.AsyncClient(base_url=web.url(http)) as client, trio.open_nursery() as nursery:
            await nursery.start(serve, http)
            yield Rig(
                make,
                client,
                ffd,
                cannot=NO_RETURNS | NO_ROOM if ffd == "1.05" else {},
                refuse_inside={"code": 0x33, "command": 0xFF46},
                silence={"print_delay_ms": 60_000},
            )
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def atol_over_http(place: Path, ffd: str) -> AsyncIterator[Rig]:
    async with emulated_atol(place, ffd=ffd, clock=now) as served:
        numbers = count(1)

        def new_id() -> str:
            return f"00000000-0000-4000-8000-{next(numbers):012}"

        def make(patience: float) -> AtolRegister:
            link = AtolLink(served.url, "", "", timeout=patience)
            paper = Patience(whole=4 * patience, blocked=min(1.0, patience), silent=min(1.0, patience))
            queue = AtolQueue(link, new_id, linger=0.0, printing=paper)
            return AtolRegister(link, queue, ZONE, Till(None, Taxation.OSN))

        yield Rig(
            make,
            served.http,
            ffd,
            cannot=NO_RETURNS if ffd == "1.05" else {},
            refuse_inside={"code": 13},
            silence={"connection": "lost_next"},
        )


Open = Callable[[Path], AbstractAsyncContextManager[Rig]]
RIGS: dict[str, Open] = {
    "shtrih-tcp": partial(shtrih_over_tcp, ffd="1.2"),
    "shtrih-pty": partial(shtrih_over_pty, ffd="1.2"),
    "atol-http": partial(atol_over_http, ffd="1.2"),
}
"""Every case runs on each of these."""
OLD_RIGS: dict[str, Open] = {
    "shtrih-tcp-ffd1.05": partial(shtrih_over_tcp, ffd="1.05"),
    "atol-http-ffd1.05": partial(atol_over_http, ffd="1.05"),
}
"""What receipts may carry depends on the format, so theirs run on these too."""
