"""The services outside, shipped emulators on the network in memory, and the way that the shipped clients get there."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpcore
import httpx
import msgspec
import trio
from httpcore._backends.trio import TrioStream

from drivers.clock import Now
from drivers.emulators.behaviour import Conduct, Fate
from drivers.emulators.odoo import EmulatedOdoo
from drivers.emulators.odoo import make_app as odoo_app
from drivers.emulators.ofd import EmulatedOfd, OfdBehaviour, Sent
from drivers.emulators.ofd import make_app as ofd_app
from drivers.web import serve
from tests.simulation.net import End, Entrance, Host, Net
from tests.simulation.trace import Trace

OFD, ODOO = "ofd.test:80", "odoo.test:80"


class RefusalsCounted(Conduct[OfdBehaviour]):
    """`refusals`: how many receipts were refused since the shop opened."""

    refusals = 0

    def meet(self) -> Fate:
        fate = super().meet()
        self.refusals += fate is Fate.REFUSE
        return fate


class Ofd(EmulatedOfd):
    """`accepted`: identities (fn, fd, fp) in the order taken. `on_take` is told of each that it took or knew."""

    def __init__(self, now: Now, trace: Trace) -> None:
        super().__init__(now)
        self.conduct = self.counted = RefusalsCounted(OfdBehaviour())
        self.trace = trace
        self.accepted: list[tuple[str, str, str]] = []
        self.on_take: list[Callable[[], None]] = []

    def take(self, body: bytes) -> dict[str, Any]:
        answer = super().take(body)
        identity = msgspec.json.decode(body, type=Sent).identity
        if not answer["duplicate"]:
            self.accepted.append(identity)
        self.trace("ofd took", *identity, answer["duplicate"])
        for tell in self.on_take[:1]:
            self.on_take.remove(tell)
            tell()
        return answer


class Services:
    """OFD and Odoo, up for the whole history."""

    def __init__(self, now: Now, trace: Trace) -> None:
        self.ofd, self.odoo, self.host = Ofd(now, trace), EmulatedOdoo(now), Host("services")
        self.entrances: dict[str, Entrance] = {}

    async def serve(self, net: Net, nursery: trio.Nursery) -> None:
        for name, app in ((OFD, ofd_app(self.ofd)), (ODOO, odoo_app(self.odoo))):
            self.entrances[name] = net.open(self.host, name)
            nursery.start_soon(partial(serve, app, self.entrances[name], stopping=trio.Event()))


class _Stream(TrioStream):
    def __init__(self, end: End) -> None:
        super().__init__(end)
        self._end = end

    def get_extra_info(self, info: str) -> Any:
        """A connection in the pool that can be read from has been closed by the other side."""
        return self._end.ready if info == "is_readable" else None


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, net: Net, host: Host) -> None:
        self._net, self._host = net, host

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> TrioStream:
        try:
            return _Stream(await self._net.dial(self._host, f"{host}:{port}"))
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error

    async def sleep(self, seconds: float) -> None:
        await trio.sleep(seconds)


def transport(net: Net, host: Host) -> httpx.AsyncHTTPTransport:
    """Carries httpx's calls from this process; the pool and all else is httpx's own."""
    carrier = httpx.AsyncHTTPTransport(verify=False)
    carrier._pool = httpcore.AsyncConnectionPool(
        network_backend=_Backend(net, host), max_connections=16, max_keepalive_connections=8
    )
    return carrier
