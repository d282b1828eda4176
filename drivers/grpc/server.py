"""The server: accepts, limits, stops."""

from functools import partial

import structlog
import trio

from drivers.grpc.connection import Answer, Connection
from drivers.grpc.limits import Limits
from drivers.web.listen import Entrance
from drivers.web.peer import Peer, address_of
from drivers.web.server import Refused
from drivers.web.tls import HandshakeFailed

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
    reception = _Reception(answer, entrance, limits, stopping, refused)
    async with trio.open_nursery() as connections:
        async with entrance.listen() as listener, trio.open_nursery() as accepting:
            listen = partial(trio.serve_listeners, reception.greet, [listener], handler_nursery=connections)
            await accepting.start(listen)
            log.info("grpc_server_started", url=entrance.url)
            task_status.started()
            await stopping.wait()
            accepting.cancel_scope.cancel()
        connections.cancel_scope.deadline = trio.current_time() + grace
    log.info("grpc_server_stopped", url=entrance.url)


class _Reception:
    """Lets in as many clients at once as there are places; the others are turned away, and come again by themselves."""

    def __init__(
        self, answer: Answer, entrance: Entrance, limits: Limits, stopping: trio.Event, refused: Refused | None
    ) -> None:
        self._answer, self._tls, self._limits, self._stopping = answer, entrance.tls, limits, stopping
        self._refused = refused
        self._inside = 0

    async def greet(self, accepted: trio.abc.Stream) -> None:
        if self._inside >= self._limits.connections:
            log.info("grpc_client_turned_away", client=address_of(accepted), inside=self._inside)
            await trio.aclose_forcefully(accepted)
            return
        self._inside += 1
        try:
            guest = await self._known(accepted)
            if guest is not None:
                stream, peer = guest
                await Connection(self._answer, self._limits, self._stopping, stream, peer).run()
        finally:
            self._inside -= 1

    async def _known(self, accepted: trio.abc.Stream) -> tuple[trio.abc.Stream, Peer] | None:
        """None: its handshake failed, and its connection is closed."""
        address = address_of(accepted)
        if self._tls is None:
            return accepted, Peer(address)
        try:
            secure, certificate = await self._tls.welcome(accepted, within=self._limits.greeting_time)
        except HandshakeFailed as failed:
            log.debug("handshake_failed", client=address, reason=failed.reason)
            if self._refused is not None:
                self._refused(address, failed)
            return None
        return secure, Peer(address, certificate, secure=True)
