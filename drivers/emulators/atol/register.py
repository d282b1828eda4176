"""The emulated server and register as a whole: another program in all but process."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
import structlog
import trio

from drivers import web
from drivers.emulators.atol.api import make_app
from drivers.emulators.atol.device import Clock, Device
from drivers.emulators.atol.faults import Faults
from drivers.emulators.atol.queue import Queue
from drivers.emulators.atol.server import Server
from drivers.emulators.fiscal.drive import Drive
from drivers.threads import InThread

log = structlog.get_logger()

DRIVE, QUEUE = "atol-drive.jsonl", "atol-queue.jsonl"


class EmulatedAtol:
    """A register for tests and training, no fiscal device, behind the HTTP of the vendor's Web Requests 1.0.4.0.

    `folder` holds the journal of its fiscal drive and the queue of jobs, begun if there are none. `clock` tells aware
    time in the zone of the register's own clock. `print_delay` is how many seconds a document takes to print. `user`
    and `password` are asked for if `user` is not empty. `ffd` is the format it is registered for,
    "1.05", "1.1" or "1.2".
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        print_delay: float = 0.25,
        user: str = "",
        password: str = "",
        ffd: str = "1.2",
        in_thread: InThread = trio.to_thread.run_sync,
    ) -> None:
        self._folder, self._clock, self._ffd, self._in_thread = folder, clock, ffd, in_thread
        self.normal = Faults(print_delay_ms=round(print_delay * 1000))
        self._account = {"user": user, "password": password}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Server]:
        """The server at work, without its HTTP. Raises OSError, DriveCorrupt, QueueCorrupt from the files.

        After a restart it knows what its files know, and any order of faults is forgotten.
        """
        with (
            await self._in_thread(partial(Drive, self._folder / DRIVE, now=self._clock())) as drive,
            await self._in_thread(partial(Queue, self._folder / QUEUE, self._in_thread)) as queue,
        ):
            device = Device(drive, self._clock, msgspec.structs.replace(self.normal), self._ffd)
            device.roll.recall(device.letterhead, drive)
            log.info("register_emulated", fn=drive.passport.fn, fd=drive.counters.fd)
            async with trio.open_nursery() as nursery:
                server = Server(device, queue, nursery, in_thread=self._in_thread, **self._account)
                server.start()
                yield server
                nursery.cancel_scope.cancel()

    async def serve(
        self, http_socket: socket.socket, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Serves the vendor's API and the control calls on a listening socket, which stays the caller's."""
        async with self.running() as server:
            app = make_app(server, self.normal)
            await web.serve(app, web.SocketEntrance(http_socket), stopping=trio.Event(), task_status=task_status)
