"""WS /v1/status/stream: a snapshot, then every change of the world, for as long as somebody looks.

    {"type": "snapshot", "epoch": "…", "number": N, "components": {…}}
    {"type": "change", "number": N, "component": "…", "state": {…}, "missed": 0}
    {"type": "heartbeat", "number": N}

Numbers are consecutive for who keeps up. `missed` says how many changes before this one were overtaken by newer ones
of the same component, for who does not: nobody gets a growing queue. A heartbeat comes after HEARTBEAT of quiet. With
`?after=<epoch>-<number>` the stream begins with {"type": "resumed", "epoch", "number"} and the changes since then, if
all of them are remembered; with a snapshot if not, or if `after` is none. When the status starts anew, so does the
stream, by another snapshot of another epoch.
"""

from dataclasses import dataclass

import trio
from quart import Websocket, websocket
from quart_trio import QuartTrio

from actors import status
from actors.facade.reach import Reach
from actors.mailbox import NoAnswer
from drivers.web import send_texts
from protocols import jsontext
from protocols.calls import Rank
from protocols.rate import Bucket, Rate

PROTOCOL = "kassir.v1"  # the subprotocol, for clients that offer one
HEARTBEAT = 2.0  # seconds: a viewer who hears nothing for twice as long has lost the connection
AT_ONCE = 128  # changes in one write; what a viewer who does not read has in hand
PAUSE = 0.05  # seconds at least between two writes to one viewer
PAUSE_EACH = 0.002  # and so many for each viewer there is: together they take a twentieth of a core
MESSAGES, PER = 20, 10.0  # from a viewer in so many seconds; there is nothing to say, and nobody listens


@dataclass(frozen=True)
class Ending:
    """Why a stream ends: a close code of RFC 6455 §7.4.1 or the IANA registry, and a sentence."""

    code: int
    reason: str


STOPPING = Ending(1001, "the gateway is stopping")
FLOOD = Ending(1008, "too many messages: this stream takes none")
UNKNOWN = Ending(1013, "the status is not known at the moment")


def install(app: QuartTrio, reach: Reach, stopping: trio.Event) -> None:
    turns = trio.Lock()

    @app.websocket("/v1/status/stream")
    async def stream() -> None:
        offered = websocket.requested_subprotocols
        await websocket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
        viewer = Viewer(websocket, reach, turns)
        ending = await viewer.follow(status.Mark.of(websocket.args.get("after", "")), stopping)
        await websocket.close(ending.code, ending.reason)


class Viewer:
    """One who looks. `turns`: of all viewers, for one after another to be written to."""

    def __init__(self, to: Websocket, reach: Reach, turns: trio.Lock) -> None:
        self._to, self._reach, self._turns = to, reach, turns
        self._everything = trio.CancelScope()
        self._endings: list[Ending] = []

    def end(self, ending: Ending) -> None:
        self._endings.append(ending)
        self._everything.cancel()

    async def follow(self, after: status.Mark | None, stopping: trio.Event) -> Ending:
        """Until somebody calls `end`; gives the first of the endings."""
        with self._everything:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._end_at, stopping)
                nursery.start_soon(self._listen)
                await self._show(after)
        return self._endings[0]

    async def _end_at(self, stopping: trio.Event) -> None:
        await stopping.wait()
        self.end(STOPPING)

    async def _listen(self) -> None:
        """Reads, and forgets, so that a close is heard."""
        rate = Rate([Bucket(MESSAGES, PER)])
        await self._to.receive()
        while rate.take(trio.current_time()) is None:
            await self._to.receive()
        self.end(FLOOD)

    async def _show(self, after: status.Mark | None) -> None:
        """One feed after another: each ends when its StatusActor does."""
        while True:
            try:
                feed = await self._reach.status.ask(status.Follow(after), within=self._reach.patience)
            except (NoAnswer, trio.TooSlowError):
                self.end(UNKNOWN)
                await trio.sleep_forever()
            await self._relay(feed)
            after = None

    async def _relay(self, feed: status.Feed) -> None:
        """Returns when the feed has ended."""
        await self._send(_opening(feed))
        number = feed.number
        while not feed.ended:
            with trio.move_on_after(HEARTBEAT) as quiet:
                changes = await feed.changes(AT_ONCE)
            if quiet.cancelled_caught:
                await self._send(jsontext.dumps({"type": "heartbeat", "number": number}))
                continue
            messages = []
            for change in changes:
                messages.append(change.as_message(number))
                number = change.number
            await self._send(*messages)
            if len(changes) < AT_ONCE:
                await trio.sleep(max(PAUSE, PAUSE_EACH * self._reach.room.under_way(Rank.WATCH)))

    async def _send(self, *messages: bytes) -> None:
        async with self._turns:
            """A round of the scheduler to each: two hundred viewers in one would hold up a sale."""
        await send_texts(self._to, messages)


def _opening(feed: status.Feed) -> bytes:
    begun = {"epoch": feed.epoch, "number": feed.number}
    if feed.resumed:
        return jsontext.dumps({"type": "resumed", **begun})
    return jsontext.dumps({"type": "snapshot", **begun, "components": feed.snapshot})
