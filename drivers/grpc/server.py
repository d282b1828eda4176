"""The server: accepts, limits, stops."""

from functools import partial

import structlog
import trio

from drivers.grpc.connection import Answer, Connection
from drivers.grpc.limits import Limits
from drivers.web.door import Door, Reception, Refused
from drivers.web.listen import Entrance

log = structlog.get_logger()


async def serve(
    answer: Answer,
    entrance: Entrance,
    *,
    stopping: trio.Event,
    grace: float = 3.0,
    limits: Limits = Limits(),  # noqa: B008  frozen
    refused: Refused | None = None,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Have `answer` called for every call at `entrance`, which outlives the server, until `stopping` is set.

    Then no connection is accepted any more (they queue at the entrance), clients are told to make no more calls on
    theirs, calls under way get `grace` seconds to finish, and serve returns; a client that does not read does not hold
    it up. Calls hear nothing of `stopping` from here; those that last watch it themselves.

    `refused` hears of clients whose TLS handshake failed.
    """
    connect = partial(Connection, answer, limits, stopping)
    async with trio.open_nursery() as connections:
        door = Door(entrance, limits.connections, limits.connections_of_one)
        async with door, trio.open_nursery() as accepting:
            handle = partial(_serve_one, door, Reception(entrance.tls, limits.greeting_time, refused), connect)
            await accepting.start(partial(trio.serve_listeners, handle, [door], handler_nursery=connections))
            log.info("grpc_server_started", url=entrance.url)
            task_status.started()
            await stopping.wait()
            accepting.cancel_scope.cancel()
        connections.cancel_scope.deadline = trio.current_time() + grace
    log.info("grpc_server_stopped", url=entrance.url)


async def _serve_one(
    door: Door, reception: Reception, connect: partial[Connection], accepted: trio.abc.HalfCloseableStream
) -> None:
    try:
        guest = await reception.greet(accepted)
        if guest is not None:
            await connect(*guest).run()
    finally:
        door.leave(accepted)
