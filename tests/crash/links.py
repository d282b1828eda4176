"""Links that break at every byte: many registers behind one gateway, each behind a proxy, and the OFD behind one."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import httpx
import trio

from drivers.emulators import odoo, ofd
from drivers.emulators.ofd import EmulatedOfd
from drivers.web import bind
from supervisors.embedded import HOST, serve_app
from tests.crash.forks import Child, Forks, forks, until
from tests.crash.judge import judge
from tests.crash.makes import SHTRIH, Make
from tests.crash.proxy import Break, LinkFault, Proxy
from tests.crash.rig import DRAINED_WITHIN, is_drained
from tests.crash.till import Request, Till, receipt

CONFIG = """
[api]
requests_per_second = false
[kkt]
mode = "production"
read_timeout = {patience}
connection_timeout = 1
{registers}
[buffer]
capacity = 100000
initial_backoff = 0.1
[ofd]
api_url = "http://127.0.0.1:{ofd}"
timeout = 1
[ofd.breaker]
recovery_timeout = 0.1
[odoo]
url = "http://127.0.0.1:{odoo}"
[heartbeat]
interval = 3600
"""
REGISTER = """
[[kkt.registers]]
pos_id = "{pos_id}"
driver = "{driver}"
device_path = "{device_path}"
linger = 0  # what the proxy has swallowed does not come later
"""

# The frames of a Штрих-М carry a checksum. What goes to the OFD has that of TCP, or of TLS: a receipt garbled beneath
# them is one that nobody could tell from the true one, so it is no fault to survive; its answer garbled is. What the
# server before an АТОЛ answers is believed, too: it has no other witness.
CUTS = (Break.RESET, Break.END, Break.HOLE)


@dataclass(eq=False)
class Farm:
    """A gateway with many registers of one make. `registers`: their proxies by pos_id; `drives`: their journals."""

    make: Make
    gateway: Child
    till: Till
    folder: Path
    ofd: EmulatedOfd
    ofd_proxy: Proxy
    registers: dict[str, Proxy]
    drives: dict[str, Path]
    _sums: Iterator[int] = field(default_factory=lambda: count(1_00))

    async def measure(self) -> tuple[list[LinkFault], list[LinkFault]]:
        """All that can befall the links of one receipt, sold over open ones: the register's, the OFD's."""
        pos_id, proxy = next(iter(self.registers.items()))
        await self._sell(pos_id)
        await until(lambda: is_drained(self.folder), within=DRAINED_WITHIN)
        proxy.order(None)
        self.ofd_proxy.order(None)
        await self._sell(pos_id)
        await until(lambda: is_drained(self.folder), within=DRAINED_WITHIN)
        of_register = [fault for fault in _faults(proxy) if self.make.checks or fault.kind in CUTS]
        return of_register, [fault for fault in _faults(self.ofd_proxy) if fault.kind in CUTS or fault.way == "back"]

    async def break_registers(self, faults: Sequence[LinkFault]) -> int:
        """Each fault meets one receipt. Returns when the till has all answers: how many faults came to pass."""
        waiting, met = [*reversed(faults)], list[LinkFault]()
        async with trio.open_nursery() as nursery:
            for pos_id, proxy in self.registers.items():
                nursery.start_soon(self._sell_on, pos_id, proxy, waiting, met)
        return len(met)

    async def break_ofd(self, fault: LinkFault) -> bool:
        """The fault meets a delivery. Returns when the OFD has it: whether the fault came to pass."""
        self.ofd_proxy.order(fault)
        await self._sell(next(iter(self.registers)))
        await until(lambda: is_drained(self.folder), within=DRAINED_WITHIN)
        return self.ofd_proxy.fault is None

    async def audit(self) -> list[str]:
        """The violations. Ends the gateway."""
        for proxy in (self.ofd_proxy, *self.registers.values()):
            proxy.order(None)
        assert self.gateway.url is not None
        for request in self.till.requests:
            await self.till.insist(self.gateway.url, request)
        await until(lambda: is_drained(self.folder), within=DRAINED_WITHIN)
        await self.gateway.kill()
        return judge(self.folder, self.drives, self.ofd.listed(0), self.till)

    async def _sell_on(self, pos_id: str, proxy: Proxy, waiting: list[LinkFault], met: list[LinkFault]) -> None:
        while waiting:
            fault = waiting.pop()
            proxy.order(fault)
            await self._sell(pos_id)
            if proxy.fault is None:
                met.append(fault)

    async def _sell(self, pos_id: str) -> None:
        assert self.gateway.url is not None
        request = Request(receipt("sale", next(self._sums), pos_id))
        self.till.requests.append(request)
        outcome = await self.till.insist(self.gateway.url, request)
        assert outcome.status == 200, f"{outcome}: {self.gateway.tail()}"


def _faults(proxy: Proxy) -> list[LinkFault]:
    lengths = proxy.passed.items()
    return [LinkFault(kind, way, at) for kind in Break for way, length in lengths for at in range(length)]


@asynccontextmanager
async def farm(place: Path, size: int, make: Make = SHTRIH) -> AsyncIterator[Farm]:
    """Registers, OFD, Odoo and the gateway, until the block is left."""
    emulated = EmulatedOfd()
    pos_ids = [f"POS-{number:03}" for number in range(1, size + 1)]
    drives = {pos_id: place / pos_id / make.journal for pos_id in pos_ids}
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(forks(place))
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30))
        nursery = await stack.enter_async_context(trio.open_nursery())
        ofd_socket, odoo_socket = stack.enter_context(bind(HOST, 0)), stack.enter_context(bind(HOST, 0))
        await nursery.start(partial(serve_app, partial(ofd.make_app, emulated), ofd_socket))
        await nursery.start(partial(serve_app, odoo.make_app, odoo_socket))
        registers, ports = dict[str, Proxy](), dict[str, int]()
        for pos_id, drive in drives.items():
            wire, http = stack.enter_context(bind(HOST, 0)), stack.enter_context(bind(HOST, 0))
            await nursery.start(make.serve(drive.parent, 0.0, wire, http))
            registers[pos_id] = Proxy(wire.getsockname()[1])
            ports[pos_id] = await nursery.start(registers[pos_id].serve)
        ofd_proxy = Proxy(ofd_socket.getsockname()[1])
        text = CONFIG.format(
            patience=make.patience,
            registers="".join(REGISTER.format(pos_id=pos_id, **make.settings(port)) for pos_id, port in ports.items()),
            ofd=await nursery.start(ofd_proxy.serve),
            odoo=odoo_socket.getsockname()[1],
        )
        gateway = await _start(server, place, text)
        yield Farm(make, gateway, Till(client), place / "data", emulated, ofd_proxy, registers, drives)
        await gateway.kill()
        nursery.cancel_scope.cancel()


async def _start(server: Forks, place: Path, text: str) -> Child:
    config = place / "config.toml"
    config.write_text(text)
    gateway = await server.start(place / "data", {}, config=config)
    await gateway.come_up()
    assert gateway.url is not None, gateway.tail()
    return gateway
