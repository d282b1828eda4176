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
from drivers.web.door import Door, Reception, Refused
from drivers.web.limits import Limits
from drivers.web.listen import Entrance
from drivers.web.websocket import GuardedWebsocket

log = structlog.get_logger()


async def serve(
    app: QuartTrio,
    entrance: Entrance,
    *,
    stopping: trio.Event,
    grace: float = 3.0,
    limits: Limits = Limits(),  # noqa: B008  frozen
    refused: Refused | None = None,
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

    `refused` hears of clients whose TLS handshake failed.
    """
    app.asgi_websocket_class = GuardedWebsocket
    app.config["MAX_CONTENT_LENGTH"] = limits.body_size
    context = WorkerContext(None)
    connect = partial(Connection, ASGIWrapper(app), _config(limits), context, limits)
    async with trio.open_nursery() as app.nursery:  # Quart-Trio's place for background tasks
        await app.startup()
        async with trio.open_nursery() as connections:
            async with (
                Door(entrance, limits.connections, limits.connections_of_one) as door,
                trio.open_nursery() as accepting,
            ):
                reception = Reception(entrance.tls, limits.head_time, refused)
                handle = partial(_serve_one, door, reception, connect)
                await accepting.start(partial(trio.serve_listeners, handle, [door], handler_nursery=connections))
                log.info("server_started", url=entrance.url)
                task_status.started()
                await stopping.wait()
                accepting.cancel_scope.cancel()
            connections.cancel_scope.deadline = trio.current_time() + grace
            await context.terminated.set()
        await app.shutdown()
    log.info("server_stopped", url=entrance.url)


async def _serve_one(
    door: Door, reception: Reception, connect: partial[Connection], accepted: trio.abc.HalfCloseableStream
) -> None:
    try:
        guest = await reception.greet(accepted)
        if guest is not None:
            stream, peer = guest
            await connect(stream, peer=peer).run()
    finally:
        door.leave(accepted)


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
