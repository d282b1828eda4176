"""One client's connection: guarded, so that nothing a client does reaches further than itself.

purerpc's own server (0.8, `purerpc/server.py`, `grpc_socket.py`) keeps whatever a client sends or does not read, waits
for it for ever, and swallows cancellation. So the conversation is purerpc's (`drivers.grpc.conversation`), and who
reads, writes and waits is here.

How a connection ends:

- politely: no more calls are taken (GOAWAY), those under way are answered, then it is closed;
- by a deadline: of the greeting, of an echo, of a write, or because it was idle for long;
- because the client left, or broke HTTP/2; or the server's grace is over: at once.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from struct import pack

import structlog
import trio
from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

from drivers.grpc.conversation import Conversation, is_wrong
from drivers.grpc.events import CallBegun, CallRefused, CallReset, Event, MessageTold, RequestEnded, RoomMade
from drivers.grpc.limits import Limits
from drivers.web.peer import Peer
from protocols.grpc.statuses import Code, Metadata

READ_PIECE = 4 * 1024  # many small frames fit in, and nobody else runs while they are taken
WRITE_PIECE = 16 * 1024
SECOND = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Ending:
    """How a call ends. `metadata` follows the status."""

    code: Code = Code.OK
    message: str = ""
    metadata: Metadata = ()


@dataclass(frozen=True)
class Call:
    """One call with its whole request.

    `tell` sends one message, and waits for a client that is slow; for one that does not read it gives up the call.
    """

    path: str
    metadata: Mapping[str, str]
    peer: Peer
    request: bytes
    tell: Callable[[bytes], Awaitable[None]]


Answer = Callable[[Call], Awaitable[Ending]]


@dataclass(eq=False)
class _Exchange:
    """A call as the wire knows it. `begun`: something was sent; `gone`: the client does not want it any more;
    `stuck`: it makes no room for what it wanted."""

    head: CallBegun
    whole: trio.Event = field(default_factory=trio.Event)
    room: trio.Event = field(default_factory=trio.Event)
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)
    request: bytes | None = None
    refused: Ending | None = None
    begun: bool = False
    gone: bool = False
    stuck: bool = False

    @property
    def stream_id(self) -> int:
        return self.head.stream_id

    def take(self, message: bytes) -> None:
        if self.request is not None:
            self.refused = Ending(Code.UNIMPLEMENTED, "One request a call.")
        self.request = message

    def refuse(self, ending: Ending) -> None:
        self.refused = ending
        self.whole.set()

    def leave(self) -> None:
        self.gone = True
        self.scope.cancel()


class Connection:
    """Serves one client's calls until either side ends it. `run` raises nothing but Cancelled."""

    def __init__(
        self, answer: Answer, limits: Limits, stopping: trio.Event, stream: trio.abc.Stream, peer: Peer
    ) -> None:
        self._answer, self._limits, self._stopping = answer, limits, stopping
        self._stream, self._peer = stream, peer
        self._conversation = Conversation(limits)
        self._exchanges: dict[int, _Exchange] = {}
        self._sending = trio.Lock()
        self._life = trio.CancelScope()
        self._greeted = False
        self._used_at = trio.current_time()  # when a call began or ended last
        self._second, self._counted = trio.current_time(), 0
        self._tasks: trio.Nursery

    async def run(self) -> None:
        try:
            with self._life:
                async with trio.open_nursery() as self._tasks:
                    self._tasks.start_soon(self._part_at_the_end)
                    self._conversation.initiate_connection()
                    await self._flush()
                    await self._read()
                    self._life.cancel()
        except* Exception as crash:
            log.error("grpc_connection_crashed", exc_info=crash)
        finally:
            await trio.aclose_forcefully(self._stream)

    async def _read(self) -> None:
        greet_by = trio.current_time() + self._limits.greeting_time
        while data := await self._hear(greet_by):
            self._begin_second()
            try:
                events = self._conversation.receive_data(data)
            except Exception as error:
                if not is_wrong(error):
                    raise
                log.debug("grpc_client_dropped", client=self._peer.address, reason=repr(error)[:200])
                await self._flush()  # it says why
                return
            self._greeted = self._greeted or self._conversation.others > 0
            for event in events:
                self._take(event)
            if self._is_flood():
                log.debug("grpc_client_dropped", client=self._peer.address, reason="too many frames")
                await self._flush(self._conversation.goodbye(ErrorCodes.ENHANCE_YOUR_CALM))
                return
            if self._is_idle():  # one that pings now and then takes the place of one that would call
                await self._flush(self._conversation.goodbye())
                return
            await self._flush()

    async def _hear(self, greet_by: float) -> bytes:
        """What the client says next; nothing once there is no more to hear."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            with trio.move_on_at(inf if self._greeted else greet_by):
                with trio.move_on_after(self._limits.quiet):
                    return bytes(await self._stream.receive_some(READ_PIECE))
                if self._greeted and not self._is_idle():
                    self._conversation.ping()
                    await self._flush()
                    with trio.move_on_after(self._limits.echo_time):
                        return bytes(await self._stream.receive_some(READ_PIECE))
                    return b""
            await self._flush(self._conversation.goodbye())
        return b""

    def _is_idle(self) -> bool:
        return not self._exchanges and trio.current_time() - self._used_at > self._limits.idle

    def _begin_second(self) -> None:
        if trio.current_time() - self._second >= SECOND:
            self._second, self._counted = trio.current_time(), self._conversation.others

    def _is_flood(self) -> bool:
        return self._conversation.others - self._counted > self._limits.frames

    def _take(self, event: Event) -> None:
        exchange = self._exchanges.get(event.stream_id)
        match event:
            case CallBegun():
                exchange = self._exchanges[event.stream_id] = _Exchange(event)
                self._tasks.start_soon(self._serve, exchange)
            case RoomMade(stream_id=0):
                for each in self._exchanges.values():
                    each.room.set()
            case RoomMade() if exchange is not None:
                exchange.room.set()
            case MessageTold(message=message) if exchange is not None:
                exchange.take(message)
            case RequestEnded() if exchange is not None:
                exchange.whole.set()
            case CallRefused(code=code, message=message) if exchange is not None:
                exchange.refuse(Ending(code, message))
            case CallReset() if exchange is not None:
                exchange.leave()

    async def _serve(self, exchange: _Exchange) -> None:
        self._used_at = trio.current_time()
        try:
            ending = await self._ending(exchange)
            await self._finish(exchange, ending)
        finally:
            self._used_at = trio.current_time()
            del self._exchanges[exchange.stream_id]
            if self._stopping.is_set() and not self._exchanges:
                self._life.cancel()

    async def _ending(self, exchange: _Exchange) -> Ending:
        within = exchange.head.within
        exchange.scope.deadline = inf if within is None else trio.current_time() + within
        with exchange.scope:
            with trio.move_on_after(self._limits.request_time):
                await exchange.whole.wait()
            self._conversation.forget(exchange.stream_id)
            if exchange.refused is not None:
                return exchange.refused
            if not exchange.whole.is_set():
                return Ending(Code.DEADLINE_EXCEEDED, "The request did not arrive in time.")
            if exchange.request is None:
                return Ending(Code.INTERNAL, "A call needs a request.")
            return await self._answered(exchange, exchange.request)
        if exchange.stuck:
            return Ending(Code.RESOURCE_EXHAUSTED, "The caller does not read what it asked for.")
        return Ending(Code.DEADLINE_EXCEEDED, "The caller's time is over.")

    async def _answered(self, exchange: _Exchange, request: bytes) -> Ending:
        async def tell(message: bytes) -> None:
            await self._tell(exchange, message)

        call = Call(exchange.head.path, exchange.head.metadata, self._peer, request, tell)
        try:
            return await self._answer(call)
        except Exception:  # of whatever answers: it ends this call, and none beside it
            log.exception("grpc_call_crashed", path=call.path[:200])
            return Ending(Code.INTERNAL, "The gateway failed to answer; see its log.")

    async def _tell(self, exchange: _Exchange, message: bytes) -> None:
        """Sends one message, as fast as the client takes it; ends the call of one that does not."""
        rest = pack(">?I", False, len(message)) + message
        with trio.move_on_after(self._limits.write_time) as patience, suppress(ProtocolError):
            if not exchange.begun:
                self._conversation.start_response(exchange.stream_id, "+proto")
                exchange.begun = True
            while rest:
                room = min(WRITE_PIECE, self._conversation.room(exchange.stream_id))
                if room > 0:
                    self._conversation.send_data(exchange.stream_id, rest[:room])
                    rest = rest[room:]
                    await self._flush()
                else:
                    exchange.room = trio.Event()
                    await exchange.room.wait()
        if rest:
            exchange.stuck = patience.cancelled_caught
            exchange.gone = not exchange.stuck  # HTTP/2 has no place for it any more: the client has left
            exchange.scope.cancel()
            await trio.lowlevel.checkpoint()  # raises Cancelled: nobody hears what is told from now on

    async def _finish(self, exchange: _Exchange, ending: Ending) -> None:
        if exchange.gone:
            return
        with suppress(ProtocolError):  # the client has left, and its word of it is still to come
            metadata = list(ending.metadata)
            self._conversation.finish(exchange.stream_id, ending.code, ending.message, metadata, begun=exchange.begun)
            await self._flush()

    async def _flush(self, last: bytes = b"") -> None:
        """All that is to be sent, and `last` behind it, or the end of the connection.

        A part of it would garble what follows, hence the shield.
        """
        async with self._sending:
            data = self._conversation.data_to_send() + last
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError), trio.CancelScope(shield=True) as time:
                for start in range(0, len(data), WRITE_PIECE):
                    time.deadline = trio.current_time() + self._limits.write_time
                    await self._stream.send_all(data[start : start + WRITE_PIECE])
                return
        self._life.cancel()
        await trio.lowlevel.checkpoint()  # raises Cancelled: nothing that is sent from now on would arrive

    async def _part_at_the_end(self) -> None:
        await self._stopping.wait()
        await self._flush(self._conversation.goodbye())
        if not self._exchanges:
            self._life.cancel()
