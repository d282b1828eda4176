"""StatusActor: the one snapshot of the world and the stream of its changes. Everyone tells it; nobody waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never
from weakref import WeakKeyDictionary

import structlog
import trio

from actors.mailbox import Address, Ask, NoAnswer, turn

log = structlog.get_logger()

PULSE = 10.0  # seconds: how often an actor tells its state though nothing changed, so that a new StatusActor learns it

State = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """The state of one component, whole. `number` grows by one with each change of the world."""

    number: int
    component: str
    state: State


@dataclass(frozen=True)
class Announce:
    """`component` now is in this state."""

    component: str
    state: State


@dataclass(frozen=True, eq=False)
class Look(Ask[dict[str, State]]):
    """Every component's state."""


@dataclass(frozen=True, eq=False)
class Follow(Ask["Feed"]):
    """A feed that begins with a snapshot."""


Message = Announce | Look | Follow


class Feed:
    """What one reader has still to see: at most one change a component, so a slow reader costs no memory.

    `number` and `snapshot` are where it begins. A change that was overtaken by a newer one of the same component
    is not seen; its number is missing.
    """

    def __init__(self, number: int, snapshot: dict[str, State]) -> None:
        self.number, self.snapshot = number, snapshot
        self._news: dict[str, Change] = {}
        self._wake = trio.Event()
        self.ended = False  # by either side

    def put(self, change: Change) -> None:
        self._news.pop(change.component, None)  # so that the order is that of the numbers
        self._news[change.component] = change
        self._wake.set()

    def end(self) -> None:
        self.ended = True
        self._wake.set()

    async def changes(self) -> list[Change]:
        """Waits for news; oldest first. Empty once the feed has ended: ask for another."""
        await self._wake.wait()
        if not self.ended:
            self._wake = trio.Event()
        news, self._news = list(self._news.values()), {}
        return news


@dataclass(eq=False)
class StatusActor:
    inbox: trio.MemoryReceiveChannel[Message]
    world: dict[str, State] = field(default_factory=dict)
    # weak: a feed whose asker left before it came is forgotten, and one that nobody reads any more too;
    # not a set: they are woken in the order they came
    feeds: WeakKeyDictionary[Feed, None] = field(default_factory=WeakKeyDictionary)
    number: int = 0

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        try:
            async for message in self.inbox:
                with turn(message):
                    self._take(message)
        finally:
            for feed in list(self.feeds):
                feed.end()

    def _take(self, message: Message) -> None:
        match message:
            case Announce(component=component, state=state):
                if self.world.get(component) != state:
                    self._change(component, state)
            case Look():
                message.answer(dict(self.world))
            case Follow():
                feed = Feed(self.number, dict(self.world))
                self.feeds[feed] = None
                message.answer(feed)
            case _:
                assert_never(message)

    def _change(self, component: str, state: State) -> None:
        self.number += 1
        self.world[component] = state
        for feed in list(self.feeds):
            feed.put(Change(self.number, component, state))


def announce(status: Address[Message], component: str, state: State) -> None:
    """Tells StatusActor, and never waits nor fails for it: the next announcement carries the whole state anyway."""
    try:
        status.tell(Announce(component, state))
    except NoAnswer as error:
        log.debug("announcement_skipped", component=component, reason=repr(error))
