"""The register on a pseudo-terminal: what a host opens like a serial port."""

import os
import pty
import termios
import tty
from collections.abc import Awaitable, Callable
from pathlib import Path

import trio

INPUT_SPEED = 4  # of the attributes of a terminal


class Terminal(trio.abc.Stream):
    """Our end of a new pseudo-terminal; hosts open `path`, one after another. Raises OSError.

    `link` is a path that leads there while it lasts. With `only_at` it does not understand a host whose port is set to
    another speed, as over a real line.
    """

    def __init__(self, link: Path | None = None, only_at: int | None = None) -> None:
        ours, self._theirs = pty.openpty()  # their end stays open here too: without it ours would end with each host
        tty.setraw(self._theirs)
        self.path, self._link = Path(os.ttyname(self._theirs)), link
        self._speed = getattr(termios, f"B{only_at}") if only_at else None
        self.closed = trio.Event()
        try:
            if link:
                _unlink(link)
                link.symlink_to(self.path)
        except OSError:
            os.close(ours)
            os.close(self._theirs)
            raise
        self._ours = trio.lowlevel.FdStream(ours)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._ours.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._ours.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        while True:
            data = await self._ours.receive_some(max_bytes)
            if not self._speed or termios.tcgetattr(self._theirs)[INPUT_SPEED] == self._speed:
                return data

    async def aclose(self) -> None:
        """The path is gone, as with a cable pulled out: whoever has it open reads the end of it."""
        if self.closed.is_set():
            return
        self.closed.set()
        if self._link:
            _unlink(self._link)
        os.close(self._theirs)
        await self._ours.aclose()


class TerminalListener(trio.abc.Listener[Terminal]):
    """One terminal after another: the first at once, the next when the last has been closed and `ready` returns.

    `link` always leads to the present one, whose path is `said`. Raises OSError.
    """

    def __init__(
        self,
        link: Path | None,
        ready: Callable[[], Awaitable[None]],
        *,
        only_at: int | None,
        said: Callable[[Path], None],
    ) -> None:
        self._link, self._ready, self._only_at, self._said = link, ready, only_at, said
        self._taken: Terminal | None = None
        self._terminal = self._open()

    async def accept(self) -> Terminal:
        if self._taken:
            await self._taken.closed.wait()
            await self._ready()
            self._terminal = self._open()
        self._taken = self._terminal
        return self._terminal

    async def aclose(self) -> None:
        await self._terminal.aclose()

    def _open(self) -> Terminal:
        terminal = Terminal(self._link, self._only_at)
        self._said(terminal.path)
        return terminal


def _unlink(link: Path) -> None:
    if link.is_symlink():
        link.unlink(missing_ok=True)
