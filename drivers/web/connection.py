"""One client's connection: guarded, so that nothing a client does reaches further than itself.

The stock connection (hypercorn 0.18, `hypercorn/trio/tcp_server.py`) lets an unexpected error end the whole server,
waits for ever for a client that does not read, even at shutdown, and closes with input unread, whereupon TCP may
reset the connection and the client never sees the answer. So this class stands in its place; the protocol behind it
is still Hypercorn's.

How a connection ends:

- politely, by the protocol: FIN goes out; if the client is still sending (an early 401 or 413), what it sends is read
  and dropped for `Limits.linger` seconds and LINGER_SIZE bytes, so that the answer gets through;
- by its deadline, which is always set but while a handler works;
- because a write failed, the client left, or the server's grace is over: at once.
"""

from collections.abc import Sequence
from contextlib import suppress
from math import inf
from typing import NoReturn

import structlog
import trio
from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.trio.task_group import TaskGroup
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import AppWrapper, ConnectionState
from quart import Request

from drivers.web.http1 import Http1
from drivers.web.limits import Limits
from drivers.web.peer import CERTIFICATE, Peer

READ_PIECE = 64 * 1024
WRITE_PIECE = 64 * 1024
LINGER_SIZE = 16 * 1024 * 1024
LINGER_AT_THE_END = 0.5  # seconds
HANG_UP, SEND_TEXTS = "hang_up", "send_texts"  # what a handler finds in the state of its scope

log = structlog.get_logger()


class Connection:
    """Serves one client's requests until either side ends it. `run` raises nothing but Cancelled."""

    def __init__(
        self,
        app: AppWrapper,
        config: Config,
        context: WorkerContext,
        limits: Limits,
        stream: trio.abc.Stream,
        *,
        peer: Peer,
    ) -> None:
        self._app, self._config, self._context, self._limits = app, config, context, limits
        self._stream, self._peer = stream, peer
        self._sending = trio.Lock()
        self._life = trio.CancelScope()
        self._patience = trio.CancelScope(deadline=trio.current_time() + limits.head_time)
        self._idle = True  # between two requests; a half received head still counts as idle
        self._waiting = False  # idle, and nothing of the next request has come
        self._closing = False
        self._tasks: TaskGroup
        self._protocol: Http1

    def cut(self) -> None:
        """End at once, whatever is under way."""
        self._life.cancel()

    async def run(self) -> None:
        try:
            with self._life:
                async with TaskGroup() as self._tasks:
                    self._protocol = self._speak()
                    self._tasks.spawn(self._watch)
                    await self._read()
                    self.cut()
        except* Exception as crash:
            log.error("connection_crashed", exc_info=crash)

    def _speak(self) -> Http1:
        state = ConnectionState({HANG_UP: self.cut, CERTIFICATE: self._peer.certificate, SEND_TEXTS: self._send_texts})
        peer = self._peer
        return Http1(
            self._app, self._config, self._context, self._tasks, state, peer.secure, peer.address, None, self._take
        )

    async def _send_texts(self, texts: Sequence[bytes]) -> None:
        await self._protocol.send_texts(texts)

    async def _watch(self) -> None:
        """Ends the connection when its time is up, or when the server stops while it is idle."""
        try:
            with self._patience:
                await self._context.terminated.wait()
                if self._closing:  # a client that has its answer and does not hang up must not hold up the end
                    soon = trio.current_time() + LINGER_AT_THE_END
                    self._patience.deadline = min(soon, self._patience.deadline)
                if not self._idle:
                    await trio.sleep_forever()
            self.cut()
        finally:
            # wakes a write, which is shielded and does not notice that all is over
            await trio.aclose_forcefully(self._stream)

    async def _read(self) -> None:
        dropped = 0
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            while dropped <= LINGER_SIZE and (data := await self._stream.receive_some(READ_PIECE)):
                if self._closing:
                    dropped += len(data)
                    continue
                if self._waiting:
                    self._waiting = False
                    self._patience.deadline = trio.current_time() + self._limits.head_time
                await self._protocol.handle(RawData(bytes(data)))

    async def _take(self, event: Event) -> None:
        """What the protocol wants done."""
        match event:
            case RawData(data=data) if data:
                await self._write(data)
            case Updated(idle=idle) if not self._closing:
                self._idle = self._waiting = idle
                self._patience.deadline = trio.current_time() + self._limits.keep_alive if idle else inf
            case Closed() if not self._closing:
                self._close()

    async def _write(self, data: bytes) -> None:
        """All of `data`, or the end of the connection: a part of it would garble what follows, hence the shield."""
        async with self._sending:
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError), trio.CancelScope(shield=True) as time:
                for start in range(0, len(data), WRITE_PIECE):
                    time.deadline = trio.current_time() + self._limits.write_time
                    await self._stream.send_all(data[start : start + WRITE_PIECE])
                return
        self.cut()
        await trio.lowlevel.checkpoint()  # raises Cancelled: nothing that is sent from now on would arrive

    def _close(self) -> None:
        self._closing, self._idle = True, False
        if self._protocol.heard_out:
            self.cut()
        else:
            linger = LINGER_AT_THE_END if self._context.terminated.is_set() else self._limits.linger
            self._patience.deadline = trio.current_time() + min(linger, self._limits.linger)
            # a task of its own: the handler's, which is likely to be here, is cancelled when its answer is out
            self._tasks.spawn(self._say_goodbye)

    async def _say_goodbye(self) -> None:
        """In TLS there is no saying so and listening on: its client goes by the answer's length or its `close`."""
        async with self._sending:
            if isinstance(self._stream, trio.abc.HalfCloseableStream):
                with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                    await self._stream.send_eof()
        await self._protocol.handle(Closed())  # a handler that still works is told that its client is gone


async def hang_up(request: Request) -> NoReturn:
    """Cut the connection a request came by; its client gets no answer. Only under `serve`; does not return."""
    request.scope["state"][HANG_UP]()
    await trio.sleep_forever()
