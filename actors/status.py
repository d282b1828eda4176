"""StatusActor: the one snapshot of the world and the stream of its changes. Everyone tells it; nobody waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never
from uuid import uuid4

import structlog
import trio

from actors.chronicle import Change, Chronicle, Feed, Mark, State
from actors.mailbox import Address, Ask, NoAnswer, turn

__all__ = [
    "PULSE",
    "Announce",
    "Change",
    "Feed",
    "Follow",
    "Look",
    "Mark",
    "Message",
    "State",
    "StatusActor",
    "announce",
]

log = structlog.get_logger()

PULSE = 10.0  # seconds: how often an actor tells its state though nothing changed, so that a new StatusActor learns it


@dataclass(frozen=True)
class Announce:
    """`component` now is in this state."""

    component: str
    state: State


@dataclass(frozen=True, eq=False)
class Look(Ask[dict[str, State]]):
    """Every component's state."""


@dataclass(frozen=True, eq=False)
class Follow(Ask[Feed]):
    """A feed that begins after that mark, or with a snapshot where not all since then is remembered."""

    after: Mark | None = None


Message = Announce | Look | Follow


@dataclass(eq=False)
class StatusActor:
    """`epoch`: an id of this incarnation. `world`: what is known from the beginning, and changes with nobody."""

    inbox: trio.MemoryReceiveChannel[Message]
    epoch: str = field(default_factory=lambda: uuid4().hex)
    world: Mapping[str, State] = field(default_factory=dict)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        chronicle = Chronicle(self.epoch, dict(self.world))
        task_status.started()
        try:
            async for message in self.inbox:
                with turn(message):
                    _take(message, chronicle)
        finally:
            chronicle.end()


def _take(message: Message, chronicle: Chronicle) -> None:
    match message:
        case Announce(component=component, state=state):
            if chronicle.world.get(component) != state:
                chronicle.add(component, state)
        case Look():
            message.answer(dict(chronicle.world))
        case Follow(after=after):
            message.answer(chronicle.follow(after))
        case _:
            assert_never(message)


def announce(status: Address[Message], component: str, state: State) -> None:
    """Tells StatusActor, and never waits nor fails for it: the next announcement carries the whole state anyway."""
    try:
        status.tell(Announce(component, state))
    except NoAnswer as error:
        log.debug("announcement_skipped", component=component, reason=repr(error))
