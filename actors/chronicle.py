"""The last changes of the world, kept once for all who follow them. In memory, for as long as one StatusActor lives."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import trio

from protocols import jsontext

State = Mapping[str, Any]

REMEMBERED = 2000  # changes that a reader who lost its connection may still ask for
BEHIND = 1000  # changes that a reader may be late by; one that is later gets the newest state of each component
DIGITS = 18  # of the number in a mark


@dataclass(frozen=True)
class Change:
    """The state of one component, whole. `number` grows by one with each change of the world."""

    number: int
    component: str
    state: State

    def as_message(self, told: int) -> bytes:
        """As the stream says it to a reader who was told of that change last; what lies between was overtaken."""
        return b'%b,"missed":%d}' % (self._beginning, self.number - told - 1)

    @cached_property
    def _beginning(self) -> bytes:
        """Encoded once, however many look."""
        told = {"type": "change", "number": self.number, "component": self.component, "state": self.state}
        return jsontext.dumps(told)[:-1]


@dataclass(frozen=True)
class Mark:
    """A place in the chronicle of that epoch: after the change of that number."""

    epoch: str
    number: int

    @classmethod
    def of(cls, text: str) -> "Mark | None":
        """As `str` writes it; None for anything else."""
        epoch, _, number = text.rpartition("-")
        known = epoch and number.isascii() and number.isdigit() and len(number) <= DIGITS
        return cls(epoch, int(number)) if known else None

    def __str__(self) -> str:
        return f"{self.epoch}-{self.number}"


@dataclass(eq=False)
class Chronicle:
    """`epoch` tells it from those before and after it, whose numbers mean other changes."""

    epoch: str
    world: dict[str, State] = field(default_factory=dict)
    number: int = 0
    ended: bool = False
    waiting: dict["Feed", None] = field(default_factory=dict)  # no set: in the order they came
    _newest: dict[str, Change] = field(default_factory=dict)  # of each component, oldest first
    _last: deque[Change] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def add(self, component: str, state: State) -> None:
        self.number += 1
        self.world[component] = state
        self._newest.pop(component, None)  # so that the order is that of the numbers
        self._newest[component] = change = Change(self.number, component, state)
        self._last.append(change)
        self.wake_next()

    def end(self) -> None:
        self.ended = True
        self.wake_next()

    def follow(self, after: Mark | None = None) -> "Feed":
        """A feed that begins after that mark if all changes since are remembered, else with a snapshot."""
        if after is not None and after.epoch == self.epoch and 0 <= self.number - after.number <= len(self._last):
            return Feed(self, after.number, {}, resumed=True)
        return Feed(self, self.number, dict(self.world), resumed=False)

    def since(self, number: int, at_most: int, *, behind: int) -> list[Change]:
        """What came after that number, oldest first; once it is more than `behind`, the newest of each component."""
        late = self.number - number
        if late > min(behind, len(self._last)):
            return [change for change in self._newest.values() if change.number > number][:at_most]
        return [self._last[place] for place in range(-late, min(0, at_most - late))]

    def wake_next(self) -> None:
        """The first of those who wait, if there is news for it; it wakes the next: two hundred at once would hold up
        a sale. Who waits longest knows least, so if the first has no news, nobody has.
        """
        first = next(iter(self.waiting), None)
        if first is not None and first.has_news:
            first.wake()


class Feed:
    """How far one reader has come: a place in the chronicle and no more, so a slow reader costs no memory.

    `number` and `snapshot` are where it begins; a feed that is `resumed` needs no snapshot. A change that was
    overtaken by a newer one of the same component is not seen; its number is missing.
    """

    def __init__(self, chronicle: Chronicle, number: int, snapshot: dict[str, State], *, resumed: bool) -> None:
        self.epoch, self.number, self.snapshot, self.resumed = chronicle.epoch, number, snapshot, resumed
        self._chronicle = chronicle
        self._seen = number
        self._promised = chronicle.number if resumed else number  # up to here nothing may be passed over
        self._left = False
        self._woken = trio.Event()

    @property
    def ended(self) -> bool:
        """By either side."""
        return self._left or self._chronicle.ended

    @property
    def has_news(self) -> bool:
        """Of a change, or of the end."""
        return self.ended or self._seen < self._chronicle.number

    def end(self) -> None:
        self._left = True
        self.wake()

    def wake(self) -> None:
        self._woken.set()

    async def changes(self, at_most: int = REMEMBERED) -> list[Change]:
        """Waits for news; oldest first. Empty once the feed has ended: ask for another."""
        await trio.lowlevel.checkpoint()
        while not self.has_news:
            await self._wait()
        behind = REMEMBERED if self._seen < self._promised else BEHIND
        news = self._chronicle.since(self._seen, at_most, behind=behind)
        if news:
            self._seen = news[-1].number
        return news

    async def _wait(self) -> None:
        self._woken = trio.Event()
        self._chronicle.waiting[self] = None
        try:
            await self._woken.wait()
        finally:
            del self._chronicle.waiting[self]
            self._chronicle.wake_next()
