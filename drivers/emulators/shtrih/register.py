"""The emulated register as a whole: another program in all but process."""

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import structlog
import trio

from drivers import web
from drivers.emulators.fiscal.drive import Drive
from drivers.emulators.shtrih.control import control
from drivers.emulators.shtrih.device import Clock, Device
from drivers.emulators.shtrih.faults import Faults
from drivers.emulators.shtrih.nvram import Nvram
from drivers.emulators.shtrih.pace import PacedListener
from drivers.emulators.shtrih.terminal import TerminalListener
from drivers.emulators.shtrih.wire import Wire

log = structlog.get_logger()


class EmulatedRegister:
    """A register for tests and training, no fiscal device: it speaks the Штрих-М protocol 1.17.

    `path` is the journal of its fiscal drive, begun if there is none. `clock` tells aware time in the zone of the
    register's own clock. `print_delay` is how many seconds a document takes to print, `byte_timeout` how long it
    waits for the rest of a frame. `holds_answers`: an answer not confirmed is kept for the next connection. `ffd`
    registers it for that fiscal data format ("1.05", "1.1", "1.2"); else it keeps the one it has, 1.05 at first.
    `carried`: whether the host brings its documents to the OFD; None: as table 21 has it, by itself at first.
    `baud` is the speed of its line in bits a second; bytes take no time without it.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        print_delay: float = 0.25,
        byte_timeout: float = 1.0,
        holds_answers: bool = True,
        ffd: str | None = None,
        baud: int | None = None,
        carried: bool | None = None,
    ) -> None:
        self._path, self._clock, self._ffd, self._baud, self._carried = path, clock, ffd, baud, carried
        self._normal = Faults(print_delay_ms=round(print_delay * 1000))
        self._wire = partial(Wire, byte_timeout=byte_timeout, holds_answers=holds_answers)

    async def serve(
        self,
        wire_socket: socket.socket,
        http_socket: socket.socket | None = None,
        *,
        task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Serves the protocol on one listening socket, the control calls on the other, until cancelled.

        The sockets stay the caller's, so that connections queue while it is restarted; after a restart it knows what
        its journal knows, and any order of faults is forgotten but that of an OFD out of reach. Raises OSError and
        DriveCorrupt from the journal.
        """

        def listener(wire: Wire) -> trio.abc.Listener[Any]:
            return trio.SocketListener(trio.socket.from_stdlib_socket(wire_socket.dup()))

        await self._serve(listener, http_socket, task_status)

    async def serve_pty(
        self,
        link: Path | None = None,
        http_socket: socket.socket | None = None,
        *,
        only_at: int | None = None,
        task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """The same on a pseudo-terminal, whose path the log tells and to which `link` leads.

        It goes and comes as the register does. `only_at`: a host whose port has another speed is not understood.
        """

        def listener(wire: Wire) -> trio.abc.Listener[Any]:
            return TerminalListener(link, wire.until_reachable, only_at=only_at, said=_say)

        await self._serve(listener, http_socket, task_status)

    async def _serve(
        self,
        make_listener: Callable[[Wire], trio.abc.Listener[Any]],
        http_socket: socket.socket | None,
        task_status: trio.TaskStatus[None],
    ) -> None:
        drive = await trio.to_thread.run_sync(partial(Drive, self._path, now=self._clock()))
        with drive:
            log.info("register_emulated", fn=drive.passport.fn, fd=drive.counters.fd)
            wire = self._wire(self._device(drive))
            listener = make_listener(wire)
            if self._baud:
                listener = PacedListener(listener, self._baud)
            async with listener, trio.open_nursery() as nursery:
                await nursery.start(wire.serve, listener)
                if http_socket:
                    app = control(wire, self._normal)
                    await nursery.start(partial(web.serve, app, web.SocketEntrance(http_socket), stopping=trio.Event()))
                task_status.started()

    def _device(self, drive: Drive) -> Device:
        """Switched on, with the last documents of its former lives on the paper."""
        nvram = Nvram(self._path.with_suffix(".nvram.json"))
        device = Device(drive, self._clock, msgspec.structs.replace(self._normal), nvram)
        if self._ffd:
            device.tables.register_for(self._ffd)
        if self._carried not in (None, device.carried):
            device.hand_over_ofd(bytes([not self._carried]))
        device.roll.recall(device.letterhead, drive)
        return device


def _say(path: Path) -> None:
    log.info("terminal_opened", device_path=str(path))
