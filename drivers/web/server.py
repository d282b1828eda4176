"""The server: accepts, limits, stops.

`hypercorn.trio.serve` names its connection class and its listeners inside one function. To put a guarded connection
in their place it would have to be patched in the module, for the whole process; its loop is short, so it is written
out here instead and nothing global is touched. Task groups, streams and protocol are Hypercorn's. The application is
started and stopped by its own methods rather than by ASGI's lifespan messages: Hypercorn takes connections before it
has heard that a start failed, and goes on without a word when the lifespan task has died.
"""

from functools import partial
from typing import Any

import structlog
import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.logging import Logger
from hypercorn.trio.worker_context import WorkerContext
from quart_trio import QuartTrio

from drivers.web.connection import Connection
from drivers.web.limits import Limits
from drivers.web.listen import Entrance
from drivers.web.shares import Shares, stranger
from drivers.web.websocket import GuardedWebsocket

log = structlog.get_logger()


async def serve(
    app: QuartTrio,
    entrance: Entrance,
    *,
    stopping: trio.Event,
    grace: float = 3.0,
    limits: Limits = Limits(),  # noqa: B008  frozen
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve `app` at `entrance`, which outlives it, until `stopping` is set.

    Then no connection is accepted any more (they queue at the entrance), idle ones are closed, requests in
    flight get `grace` seconds to finish, and serve returns; a client that does not read does not hold it up. A handler
    that shields itself from cancellation does: it must have a deadline. Websockets hear nothing of `stopping` from
    here; handlers that want to part politely watch it themselves.

    `started` is called when the app has started and connections are served; an error in `before_serving` leaves
    before that, in an exception group. An app is served once: a restart needs a new one. Its MAX_CONTENT_LENGTH becomes
    `limits.body_size`. Quart's RESPONSE_TIMEOUT (60 s) cuts a stream off without a word, unless the handler sets its
    response's `timeout` to None; a client that does not read is cut off either way.
    """
    app.asgi_websocket_class = GuardedWebsocket
    app.config["MAX_CONTENT_LENGTH"] = limits.body_size
    context = WorkerContext(None)
    connect = partial(Connection, ASGIWrapper(app), _config(limits), context, limits)
    async with trio.open_nursery() as app.nursery:  # Quart-Trio's place for background tasks
        await app.startup()
        async with trio.open_nursery() as connections:
            async with _Door(entrance, limits) as door, trio.open_nursery() as accepting:
                handle = partial(_serve_one, door, connect)
                await accepting.start(partial(trio.serve_listeners, handle, [door], handler_nursery=connections))
                log.info("server_started", url=entrance.url)
                task_status.started()
                await stopping.wait()
                accepting.cancel_scope.cancel()
            connections.cancel_scope.deadline = trio.current_time() + grace
            await context.terminated.set()
        await app.shutdown()
    log.info("server_stopped", url=entrance.url)


class _Door(trio.abc.Listener[trio.abc.HalfCloseableStream]):
    """Lets in as many clients at once as there are places; the others wait outside, but for one that has its share."""

    def __init__(self, entrance: Entrance, limits: Limits) -> None:
        self._listener = entrance.listen()
        self._places = trio.Semaphore(limits.connections)
        self._shares = Shares(limits.connections_of_one)
        self._inside: dict[trio.abc.HalfCloseableStream, str | None] = {}  # a socket that is closed tells no address

    async def accept(self) -> trio.abc.HalfCloseableStream:
        await self._places.acquire()
        try:
            while True:
                stream = await self._listener.accept()
                address = stranger(stream)
                if self._shares.enter(address):
                    self._inside[stream] = address
                    return stream
                await trio.aclose_forcefully(stream)
        except BaseException:
            self._places.release()
            raise

    def leave(self, stream: trio.abc.HalfCloseableStream) -> None:
        self._shares.leave(self._inside.pop(stream))
        self._places.release()

    async def aclose(self) -> None:
        await self._listener.aclose()


async def _serve_one(door: _Door, connect: partial[Connection], stream: trio.abc.HalfCloseableStream) -> None:
    try:
        await connect(stream).run()
    finally:
        door.leave(stream)


def _config(limits: Limits) -> Config:
    config = Config()
    config.h11_max_incomplete_size = limits.head_size
    config.websocket_max_message_size = limits.message_size
    config.websocket_ping_interval = limits.ping_interval
    config.keep_alive_max_requests = 1_000_000_000  # a POS posts all day over one connection
    config.include_server_header = False
    config.accesslog = config.errorlog = None  # the stock error log would add a handler for stderr to the root
    config.logger_class = _Log
    return config


class _Log(Logger):
    """Hypercorn's own words, of which only the failures are worth keeping."""

    async def access(self, request: Any, response: Any, request_time: float) -> None:
        """Nothing: the stock copies the whole environment for every request; the facade logs what matters."""

    async def exception(self, message: str, *args: Any, **kwargs: Any) -> None:
        log.exception("handler_crashed", reason=message)
