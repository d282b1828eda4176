"""The registers that the conformance suite knows: one line each. A third driver adds its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from tests.conformance.rig import Rig
from tests.emulated_register import emulated

UTC = ZoneInfo("UTC")
REFUSE_ITEM = {"code": 0x33, "command": 0xFF46}


@asynccontextmanager
async def shtrih_over_tcp(place: Path) -> AsyncIterator[Rig]:
    async with emulated(place / "drive.jsonl") as served:

        def make(patience: float) -> ShtrihRegister:
            return ShtrihRegister(TcpLine("127.0.0.1", served.port), UTC, read_timeout=patience)

        yield Rig(make, served.http, refuse_inside=REFUSE_ITEM)


RIGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Rig]]] = {"shtrih-tcp": shtrih_over_tcp}
