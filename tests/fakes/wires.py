"""Connections in memory to one server, which can be cut at any byte."""

from collections.abc import Callable

import trio
from trio.testing import memory_stream_pair


class MemoryListener(trio.abc.Listener[trio.abc.Stream]):
    """Where the far ends of connections come out."""

    def __init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[trio.abc.Stream](100)

    def connect(self) -> trio.abc.Stream:
        """The near end of a new connection."""
        near, far = memory_stream_pair()
        self._send.send_nowait(far)
        return near

    async def accept(self) -> trio.abc.Stream:
        return await self._receive.receive()

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


class Wires:
    """`dial` connects to `listener`. `down`: nobody answers there. `dialled`: when, on Trio's clock.

    `cut_after`: so many bytes still pass, of both ways together, then the connection breaks, once. With `counts_from`
    they are counted from the first piece on that satisfies it.
    """

    def __init__(self) -> None:
        self.listener = MemoryListener()
        self.down = False
        self.dialled: list[float] = []
        self.cut_after: int | None = None
        self.counts_from: Callable[[bytes], bool] | None = None

    async def dial(self, host: str, port: int) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        self.dialled.append(trio.current_time())
        if self.down:
            raise ConnectionRefusedError("nobody listens there")
        return _Cuttable(self.listener.connect(), self)

    def pass_on(self, data: bytes) -> int:
        """How many of these bytes get through."""
        if self.counts_from is not None and not self.counts_from(data):
            return len(data)
        if self.cut_after is None:
            return len(data)
        self.counts_from = None
        passed = min(len(data), self.cut_after)
        self.cut_after = None if passed < len(data) else self.cut_after - passed
        return passed


class _Cuttable(trio.abc.Stream):
    """The near end."""

    def __init__(self, stream: trio.abc.Stream, wires: Wires) -> None:
        self._stream, self._wires = stream, wires

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        passed = self._wires.pass_on(bytes(data))
        await self._stream.send_all(data[:passed])
        if passed < len(data):
            await self._break()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        data = bytes(await self._stream.receive_some(max_bytes))
        passed = self._wires.pass_on(data)
        if passed < len(data):
            await self._break()
        return data

    async def _break(self) -> None:
        await trio.aclose_forcefully(self._stream)
        raise trio.BrokenResourceError("cut")

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        await self._stream.aclose()
