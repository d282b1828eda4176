"""A line as slow as a serial one: ten bits a byte, so many of them a second."""

from typing import Any

import trio

BITS = 10  # of a byte on the line: a start bit, eight of data, a stop bit
CHUNK = 16  # bytes that a serial port hands over at once
COARSE = 0.002  # seconds: the clock of epoll is not to be trusted with less


class PacedStream(trio.abc.Stream):
    """The stream, in which bytes take their time both ways.

    A byte takes less than a sleep may be late, so the last `coarse` seconds of the way are not slept; 0 with a clock
    that is never late.
    """

    def __init__(self, stream: trio.abc.Stream, baud: int, coarse: float = COARSE) -> None:
        self._stream, self._seconds, self._coarse = stream, BITS / baud, coarse
        self._sent_at = self._received_at = 0.0

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        for start in range(0, len(data), CHUNK):
            chunk = data[start : start + CHUNK]
            self._sent_at = max(self._sent_at, trio.current_time()) + len(chunk) * self._seconds
            await self._until(self._sent_at)
            await self._stream.send_all(chunk)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self._stream.receive_some(max_bytes)
        self._received_at = max(self._received_at, trio.current_time()) + len(data) * self._seconds
        await self._until(self._received_at)
        return data

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def _until(self, deadline: float) -> None:
        await trio.sleep_until(deadline - self._coarse)
        while trio.current_time() < deadline:
            await trio.lowlevel.checkpoint()


class PacedListener(trio.abc.Listener[PacedStream]):
    """The listener, whose connections are as slow as that."""

    def __init__(self, listener: trio.abc.Listener[Any], baud: int) -> None:
        self._listener, self._baud = listener, baud

    async def accept(self) -> PacedStream:
        return PacedStream(await self._listener.accept(), self._baud)

    async def aclose(self) -> None:
        await self._listener.aclose()
