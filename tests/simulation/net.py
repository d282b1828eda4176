"""A network in memory: named places to dial, latency, and streams that die with the process that holds them.

What one side sent before it died still arrives, as on a real network; what the dead side was sent does not.
"""

from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

import trio


@dataclass(eq=False)
class Host:
    """A process on the network. `ends`: its streams that are open, oldest first."""

    name: str
    alive: bool = True
    ends: dict["End", None] = field(default_factory=dict)

    def die(self) -> None:
        """At once: whoever talks to it reads what it had sent, then a reset."""
        self.alive = False
        for end in list(self.ends):
            end.cut()


class Tap(Protocol):
    """Whatever sits on a line. Called with all that an end sends; it hands on what is to arrive, by `end.carry`."""

    def __call__(self, end: "End", data: bytes) -> None: ...


def straight(end: "End", data: bytes) -> None:
    """No tap."""
    end.carry(data)


class End(trio.abc.HalfCloseableStream):
    """One end of a connection."""

    peer: "End"

    def __init__(self, host: Host, latency: float) -> None:
        self.host, self.latency, self.tap = host, latency, straight
        self.coming = 0  # bytes that have arrived or are on their way here
        self._came: deque[tuple[float, bytes]] = deque()
        self._last_at = 0.0
        self._heard_out = False  # the peer sends no more
        self._broken = False
        self._closed = False
        self._lot = trio.lowlevel.ParkingLot()
        self._alarm = trio.CancelScope()  # of the wait that goes on, or went on last
        host.ends[self] = None

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Never waits, and lets nobody else run: six sends an exchange with a register were half of a run's time."""
        await trio.lowlevel.checkpoint_if_cancelled()
        if self._closed:
            raise trio.ClosedResourceError
        if self._broken or self.peer._closed:
            raise trio.BrokenResourceError("the other side has gone")
        if data:
            self.tap(self, bytes(data))

    def carry(self, data: bytes, delay: float = 0.0) -> None:
        """These bytes will arrive, behind all that went before them."""
        to = self.peer
        if not (to._closed or to._broken) and data:
            to._last_at = max(trio.current_time() + self.latency + delay, to._last_at)
            to._came.append((to._last_at, data))
            to.coming += len(data)
            to._wake(to._last_at)

    async def wait_send_all_might_not_block(self) -> None:
        await trio.lowlevel.checkpoint()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        if self._came and self._came[0][0] <= trio.current_time():
            await trio.lowlevel.checkpoint()
        while True:
            if self._closed:
                raise trio.ClosedResourceError
            if self._broken and not self._came:
                raise trio.BrokenResourceError("reset by the other side")
            if self._came and self._came[0][0] <= trio.current_time():
                return self._take(max_bytes)
            if self._heard_out and not self._came:
                return b""
            await self._wait()

    async def _wait(self) -> None:
        if not self._came and not self.latency:
            await self._lot.park()  # what comes wakes it at once
            return
        with trio.move_on_at(self._came[0][0] if self._came else inf) as self._alarm:
            await self._lot.park()

    def _wake(self, at: float) -> None:
        """Whoever waits here goes on when it is that late, and not before: only to go to sleep again."""
        if self.latency and at > trio.current_time():
            self._alarm.deadline = min(at, self._alarm.deadline)
        else:
            self._lot.unpark_all()

    def _take(self, at_most: int | None) -> bytes:
        now, data = trio.current_time(), b""
        while self._came and self._came[0][0] <= now:
            data += self._came.popleft()[1]
        if at_most is not None and len(data) > at_most:
            self._came.appendleft((now, data[at_most:]))
        return data if at_most is None else data[:at_most]

    @property
    def ready(self) -> bool:
        """Whether `receive_some` would give something, or an end, at once."""
        waits = not (self._closed or self._broken or self._heard_out)
        return bool(self._came) and self._came[0][0] <= trio.current_time() if waits else True

    async def send_eof(self) -> None:
        await trio.lowlevel.checkpoint()
        self.peer._hear_out()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self.host.ends.pop(self, None)
            self.peer._hear_out()
            self._lot.unpark_all()
        await trio.lowlevel.checkpoint()

    def cut(self) -> None:
        """The connection is no more: this side knows at once, the other when it has read what was on its way."""
        self._came.clear()
        for end in (self, self.peer):
            end._broken = True
            end.host.ends.pop(end, None)
            end._lot.unpark_all()

    def _hear_out(self) -> None:
        self._heard_out = True
        self._lot.unpark_all()


class Entrance:
    """A place to dial, as `drivers.web.serve` and `trio.serve_listeners` take it."""

    def __init__(self, net: "Net", host: Host, name: str) -> None:
        self.host, self.url = host, f"http://{name}"
        self.tls = None
        self.tap: Tap = straight  # on all that its connections send
        self._net, self._name = net, name
        self.send, self.receive = trio.open_memory_channel[End](100)

    def listen(self) -> "Listener":
        return Listener(self)


class Listener(trio.abc.Listener[End]):
    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    async def accept(self) -> End:
        return await self._entrance.receive.receive()

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


@dataclass
class Net:
    """`latency` in seconds, one way. `unplugged`: names that nobody reaches at the moment."""

    latency: float = 0.001
    entrances: dict[str, Entrance] = field(default_factory=dict)
    unplugged: set[str] = field(default_factory=set)

    def open(self, host: Host, name: str) -> Entrance:
        self.entrances[name] = entrance = Entrance(self, host, name)
        return entrance

    async def dial(self, host: Host, name: str, tap: Tap = straight) -> End:
        """Raises OSError."""
        await trio.sleep(self.latency)
        entrance = self.entrances.get(name)
        if not host.alive or entrance is None or not entrance.host.alive or name in self.unplugged:
            raise ConnectionRefusedError(f"nobody at {name}")
        near, far = End(host, self.latency), End(entrance.host, self.latency)
        near.peer, far.peer, near.tap, far.tap = far, near, tap, entrance.tap
        entrance.send.send_nowait(far)
        return near

    def pull(self, name: str) -> None:
        """The cable comes out: its connections are cut and new ones refused, until `unplugged` names it no more."""
        self.unplugged.add(name)
        entrance = self.entrances.get(name)
        for end in list(entrance.host.ends) if entrance else ():
            end.cut()
