"""A serial port as a Trio stream: pyserial-asyncio on a trio-asyncio loop of its own.

The loop lives in a system task as long as the port is open, for whoever holds a port holds no nursery. 8 data bits, no
parity, one stop bit, no handshake (protocol 1.17, p. 8). The port is taken for us alone. DTR and RTS stay as opening
sets them: some USB converters reset the register behind them when they change.
"""

import asyncio
import termios
from contextlib import suppress
from functools import partial
from typing import Any

import serial
import serial_asyncio
import trio
import trio_asyncio

MOST_CHUNKS = 64  # of 1024 bytes at most that nobody has read; what comes then is lost, as in a UART that overran


async def open_serial(path: str, baudrate: int) -> "SerialStream":
    """Raises OSError where there is no such port or it is in other hands; ValueError for a speed it cannot have."""
    stream = SerialStream()
    port = await trio.to_thread.run_sync(partial(serial.Serial, path, baudrate, exclusive=True))
    trio.lowlevel.spawn_system_task(stream.hold, port)
    try:
        await stream.opened.wait()
    except trio.Cancelled:
        stream.release()
        raise
    return stream


class SerialStream(asyncio.Protocol, trio.abc.Stream):
    """asyncio calls what a Protocol has, Trio what a Stream has."""

    def __init__(self) -> None:
        self.opened = trio.Event()
        self._released, self._gone, self._flushed = trio.Event(), trio.Event(), trio.Event()
        self._flushed.set()
        self._came, self._chunks = trio.open_memory_channel[bytes](MOST_CHUNKS)
        self._rest = b""
        self._transport: Any = None

    async def hold(self, port: serial.Serial) -> None:
        """Keeps the port's loop until the stream is closed; the port is closed behind it, whatever happens."""
        try:
            async with trio_asyncio.open_loop() as loop:
                # the loop's own handler would raise, and end all there is
                loop.set_exception_handler(lambda *_: self._lose())
                self._transport = serial_asyncio.SerialTransport(loop, self, port)
                self._transport.set_write_buffer_limits(high=0)  # a frame counts as sent when the port has it
                self.opened.set()
                await self._released.wait()
                self._hang_up(port)
        finally:
            port.close()
            self._lose()
            self._gone.set()

    def release(self) -> None:
        """The port is to be closed; `aclose` waits until it is."""
        self._released.set()

    def _hang_up(self, port: serial.Serial) -> None:
        """Drops what is unsent: closing would else wait for a register that takes nothing."""
        if not self._transport.is_closing():  # a port that was unplugged has closed itself, and must not twice
            with suppress(OSError, termios.error):
                port.reset_output_buffer()
            self._transport.abort()

    def _lose(self) -> None:
        self._came.close()
        self._flushed.set()

    # what asyncio calls

    def data_received(self, data: bytes) -> None:
        with suppress(trio.WouldBlock, trio.ClosedResourceError):
            self._came.send_nowait(data)

    def pause_writing(self) -> None:
        self._flushed = trio.Event()

    def resume_writing(self) -> None:
        self._flushed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose()

    # what Trio calls

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self.wait_send_all_might_not_block()
        if self._transport.is_closing():
            raise trio.BrokenResourceError("the port is gone")
        self._transport.write(bytes(data))
        await self._flushed.wait()
        if self._transport.is_closing():
            raise trio.BrokenResourceError("the port went while it was written to")

    async def wait_send_all_might_not_block(self) -> None:
        await self._flushed.wait()
        if self._released.is_set():
            raise trio.ClosedResourceError

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Raises BrokenResourceError once the port is gone and all is read."""
        try:
            self._rest = self._rest or await self._chunks.receive()
        except trio.EndOfChannel:
            raise trio.BrokenResourceError("the port is gone") from None
        size = len(self._rest) if max_bytes is None else max_bytes
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    async def aclose(self) -> None:
        """Waits until the port is free again, even when cancelled: the next to open it may be we ourselves."""
        self.release()
        with trio.CancelScope(shield=True):
            await self._gone.wait()
        await trio.lowlevel.checkpoint()
