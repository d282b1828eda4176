"""A link that breaks at a chosen byte."""

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

import trio

Way = Literal["there", "back"]
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


class Break(Enum):
    """What happens at the byte."""

    RESET = auto()
    END = auto()  # closed politely
    HOLE = auto()  # nothing passes any more, either way, and nobody is told
    GARBLED = auto()  # this byte is another one
    DOUBLED = auto()  # this byte comes twice


@dataclass(frozen=True)
class LinkFault:
    """Behind `at` bytes on that way, counted from when it was ordered."""

    kind: Break
    way: Way
    at: int

    def __str__(self) -> str:
        return f"{self.kind.name.lower()} behind byte {self.at} on the way {self.way}"


@dataclass(eq=False)
class _Link:
    host: trio.SocketStream
    device: trio.SocketStream
    scope: trio.CancelScope
    is_hole: bool = False

    def reset(self) -> None:
        for stream in (self.host, self.device):
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            stream.socket.close()


@dataclass(eq=False)
class Proxy:
    """Between the gateway and who listens on `port`. One fault at a time; it befalls one link, the next is whole.

    `passed`: bytes each way since the last order.
    """

    port: int
    fault: LinkFault | None = None
    passed: dict[Way, int] = field(default_factory=lambda: {"there": 0, "back": 0})

    def order(self, fault: LinkFault | None) -> None:
        self.fault, self.passed = fault, {"there": 0, "back": 0}

    async def serve(self, *, task_status: trio.TaskStatus[int]) -> None:
        """For ever; says its own port."""
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        task_status.started(listener.socket.getsockname()[1])
        await trio.serve_listeners(self._join, [listener])

    async def _join(self, host: trio.SocketStream) -> None:
        async with host, await trio.open_tcp_stream("127.0.0.1", self.port) as device, trio.open_nursery() as nursery:
            link = _Link(host, device, nursery.cancel_scope)
            nursery.start_soon(self._pass, link, "there", host, device)
            nursery.start_soon(self._pass, link, "back", device, host)

    async def _pass(self, link: _Link, way: Way, source: trio.SocketStream, target: trio.SocketStream) -> None:
        """Until either side ends it."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):  # an end is an end, however it came about
            async for data in source:
                if not link.is_hole:
                    await self._pass_on(link, way, bytes(data), target)
        link.scope.cancel()

    async def _pass_on(self, link: _Link, way: Way, data: bytes, target: trio.SocketStream) -> None:
        place, fault = self._place_in(way, data), self.fault
        if place is None or fault is None:
            await target.send_all(data)
            return
        self.fault = None
        head, byte, tail = data[:place], data[place], data[place + 1 :]
        match fault.kind:
            case Break.GARBLED:
                await target.send_all(head + bytes([byte ^ 0x5A]) + tail)
            case Break.DOUBLED:
                await target.send_all(head + bytes([byte, byte]) + tail)
            case _:
                await target.send_all(head)
                self._break(link, fault.kind)

    def _break(self, link: _Link, kind: Break) -> None:
        if kind is Break.HOLE:
            link.is_hole = True
            return
        if kind is Break.RESET:
            link.reset()
        link.scope.cancel()

    def _place_in(self, way: Way, data: bytes) -> int | None:
        """Where in `data` the fault is; None: not in it."""
        before = self.passed[way]
        self.passed[way] += len(data)
        if self.fault is None or self.fault.way != way:
            return None
        place = self.fault.at - before
        return place if 0 <= place < len(data) else None
