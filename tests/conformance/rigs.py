"""The registers that the conformance suite knows: one line each. A third driver adds its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from protocols.shtrih.link import Wait
from tests.conformance.rig import Rig
from tests.emulated_register import emulated

UTC = ZoneInfo("UTC")
RETURNS = ("refund", "purchase_refund")
NO_RETURNS = {f"{how} of {kind}": "ФФД 1.05" for how in ("correction", "ordered correction") for kind in RETURNS}
"""FFD 1.05 corrects only what comes in and what goes out; a return is printed as what it is."""
NO_ROOM = {f"correction at {rate}": "ставки НДС" for rate in ("7%", "5%", "7/107", "5/105")}
"""The command of 1.05 that makes a correction by its sums has no fields for the rates since 2025."""
REFUSE_ITEM = {"code": 0x33, "command": 0xFF46}


@asynccontextmanager
async def shtrih_over_tcp(place: Path) -> AsyncIterator[Rig]:
    async with emulated(place / "drive.jsonl") as served:

        def make(patience: float) -> ShtrihRegister:
            waits = {Wait.BYTE: 0.1, Wait.CONFIRMATION: min(1.0, patience)}
            return ShtrihRegister(TcpLine("127.0.0.1", served.port, waits=waits), UTC, read_timeout=patience)

        yield Rig(make, served.http, cannot=NO_RETURNS | NO_ROOM, refuse_inside=REFUSE_ITEM)


RIGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Rig]]] = {"shtrih-tcp": shtrih_over_tcp}
