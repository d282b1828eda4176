"""Finds registers on serial ports, at any speed, and at TCP addresses. Asks each who it is, and changes nothing."""

import socket
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

import trio

from drivers.errors import LinkError
from drivers.kkt.interview import ask_atol, ask_shtrih
from drivers.kkt.serial_line import SerialLine
from drivers.kkt.tcp_line import TcpLine
from protocols.found import FoundRegister
from protocols.places import Place, places
from protocols.shtrih.link import Wait

AT_ONCE = 32
REACH = 1.0  # seconds for a connection within a shop's network
SHTRIH_PORT, ATOL_PORT = 7778, 16_732
WAITS = {Wait.BYTE: 0.1, Wait.CONFIRMATION: 0.5}
LONGEST = 15.0  # seconds for one place: a silent serial port takes four, at ten speeds


async def discover(
    ports: Sequence[str], addresses: Sequence[str], *, held: Collection[str] = (), within: float = 60.0
) -> list[FoundRegister]:
    """What was found in so many seconds, in the order of what was given. Raises BadAddress.

    `ports`: paths of serial ports. `addresses`: HOST, HOST:PORT or A.B.C.0/24. `held`: device paths of registers that
    this gateway works with; they are named, and not disturbed.
    """
    search = _Search({await _key(path): path for path in held})
    tries = [*map(_on_port, ports), *(each for place in places(addresses) for each in _at(place))]
    found: list[FoundRegister | None] = [None] * len(tries)
    with trio.move_on_after(within):
        async with trio.open_nursery() as nursery:
            for at, attempt in enumerate(tries):
                nursery.start_soon(search.run, attempt, found, at)
    return [each for each in found if each is not None]


Ask = Callable[[], Awaitable[FoundRegister | None]]


@dataclass(frozen=True)
class _Try:
    """Questions to one device, in turn: a register that hears two hosts at once may let both go."""

    path: str
    asks: tuple[Ask, ...]


def _on_port(path: str) -> _Try:
    line = SerialLine(path, connection_timeout=REACH, waits=WAITS)
    return _Try(path, (partial(ask_shtrih, line, path, lambda: line.speed),))


def _at(place: Place) -> list[_Try]:
    """A port of the person's own may have either make behind it."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    shtrih = f"tcp://{host}:{place.port or SHTRIH_PORT}"
    atol = f"http://{host}:{place.port or ATOL_PORT}"
    line = TcpLine(place.host, place.port or SHTRIH_PORT, connection_timeout=REACH, waits=WAITS)
    asks = partial(ask_shtrih, line, shtrih), partial(ask_atol, atol)
    return [_Try(shtrih, asks)] if place.port else [_Try(shtrih, asks[:1]), _Try(atol, asks[1:])]


@dataclass(frozen=True)
class _Search:
    """`held`: device paths by what `_key` makes of them."""

    held: Mapping[tuple[str, str, int], str]
    limit: trio.CapacityLimiter = field(default_factory=lambda: trio.CapacityLimiter(AT_ONCE))

    async def run(self, attempt: _Try, found: list[FoundRegister | None], at: int) -> None:
        async with self.limit:
            if path := self.held.get(await _key(attempt.path)):
                found[at] = FoundRegister("atol" if path.startswith("http") else "shtrih", path, in_use=True)
                return
            with trio.move_on_after(LONGEST):
                found[at] = await _first(attempt.asks)


async def _first(asks: Sequence[Ask]) -> FoundRegister | None:
    for ask in asks:
        try:
            if found := await ask():
                return found
        except LinkError:
            continue
    return None


async def _key(path: str) -> tuple[str, str, int]:
    """The same for two spellings of one device."""
    if path.startswith("/"):
        return "serial", str(await trio.Path(path).resolve()), 0
    parts = urlsplit(path)
    host, port = parts.hostname or "", parts.port or 80
    try:
        (*_, address), *_ = await trio.socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return "tcp", host, port
    return "tcp", str(address[0]), port
