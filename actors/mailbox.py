"""How actors reach each other: bounded mailboxes, facts to tell and questions to ask.

A mailbox belongs to the wiring, not to the actor, so it outlives the actor's restarts: what waits in it is
served by the next incarnation. The message in hand when an actor dies is not repeated; whoever asked hears
`ActorDied` at once.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import trio

M = TypeVar("M")
R = TypeVar("R")
T_contra = TypeVar("T_contra", contravariant=True)


class NoAnswer(Exception):
    """The actor gave no answer. Whether it acted on the question is for the asker to find out."""


class Busy(NoAnswer):
    """The mailbox is full; the message was not taken. Nothing was done."""


class ActorDied(NoAnswer):
    """The actor crashed with the question in hand, or is gone for good."""


class _Back(Generic[R]):
    """The way back to an asker: one answer, or none. A memory channel would do it too, at three times the cost."""

    __slots__ = ("abandoned", "answers", "over")

    def __init__(self) -> None:
        self.answers: list[R] = []
        self.over = trio.Event()  # answered, or given up
        self.abandoned = False


@dataclass(frozen=True, eq=False)
class Ask(Generic[R]):
    """A message that wants an R back. A subclass names R and adds its own fields."""

    _back: _Back[R] = field(default_factory=_Back, init=False, repr=False)

    def answer(self, value: R) -> None:
        """At most once; never waits. An asker who has left does no harm: its deadline passed, or its client hung up."""
        if self._back.abandoned:
            return
        if self._back.over.is_set():
            raise RuntimeError(f"{type(self).__name__} is answered, or given up, already")
        self._back.answers.append(value)
        self._back.over.set()

    @property
    def abandoned(self) -> bool:
        """True once the asker has left: work that was not yet begun need not begin."""
        return self._back.abandoned

    def leave(self) -> None:
        """The asker does not want the answer any more."""
        self._back.abandoned = True

    def give_up(self) -> None:
        """Ends the question. An asker who was not answered hears ActorDied."""
        self._back.over.set()

    def answer_now(self) -> R:
        """The answer, if it has come. Raises trio.WouldBlock if it has not, ActorDied if it never will."""
        if not self._back.over.is_set():
            raise trio.WouldBlock
        if not self._back.answers:
            raise ActorDied(type(self).__name__)
        return self._back.answers[0]

    async def wait(self) -> R:
        """The answer. May be waited for again if cancelled; `leave` once it is not wanted. Raises ActorDied."""
        await self._back.over.wait()
        return self.answer_now()


@dataclass(frozen=True)
class Address(Generic[T_contra]):
    """Where an actor is reached; valid across its restarts."""

    name: str
    _send: trio.MemorySendChannel[Any]

    def tell(self, message: T_contra) -> None:
        """Hands over a fact and goes on. Raises Busy, ActorDied."""
        try:
            self._send.send_nowait(message)
        except trio.WouldBlock:
            raise Busy(self.name) from None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            raise ActorDied(self.name) from None

    async def ask(self, question: Ask[R], *, within: float) -> R:
        """The answer, in `within` seconds at most. Raises Busy, ActorDied, trio.TooSlowError."""
        self.tell(cast(T_contra, question))
        try:
            with trio.move_on_after(within):  # half the cost of fail_after, and a sale asks three times
                return await question.wait()
        finally:
            question.leave()
        raise trio.TooSlowError


class Mailbox(Generic[M]):
    """A bounded queue of messages in the supervisor's slot of one actor."""

    def __init__(self, name: str, capacity: int = 128) -> None:
        self.name = name
        self._send, self._receive = trio.open_memory_channel[M](capacity)

    @property
    def address(self) -> Address[M]:
        return Address(self.name, self._send)

    @property
    def inbox(self) -> trio.MemoryReceiveChannel[M]:
        """The actor's end; `async for` over it ends when `close` was called and all that waited is read."""
        return self._receive

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return self._send.statistics().current_buffer_used

    def close(self) -> None:
        """Takes no more messages. The actor serves what waits, then ends."""
        self._send.close()

    def abandon(self) -> None:
        """Nobody will serve this mailbox again: every question in it is given up."""
        self._send.close()
        while True:
            try:
                message = self._receive.receive_nowait()
            except (trio.WouldBlock, trio.EndOfChannel, trio.ClosedResourceError):
                self._receive.close()
                return
            if isinstance(message, Ask):
                message.give_up()


class turn:
    """The turn of one message, or of several taken together. A question left open is given up."""

    def __init__(self, *messages: object) -> None:
        self._messages = messages

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        for message in self._messages:
            if isinstance(message, Ask):
                message.give_up()


async def next_message(inbox: trio.MemoryReceiveChannel[M], *, until: float) -> M | None:
    """The next message, or None at `until` (Trio's clock). Raises trio.EndOfChannel when no more can come."""
    if trio.current_time() < until:
        with suppress(trio.WouldBlock):
            return inbox.receive_nowait()  # no scope for a message that is there already
    with trio.move_on_at(until):
        return await inbox.receive()
    return None


def waiting(inbox: trio.MemoryReceiveChannel[M], at_most: int) -> Iterator[M]:
    """What waits right now, without waiting for more."""
    for _ in range(at_most):
        try:
            yield inbox.receive_nowait()
        except (trio.WouldBlock, trio.EndOfChannel):
            return


def is_closing(inbox: trio.MemoryReceiveChannel[M]) -> bool:
    """True once the mailbox takes no more messages: finish what is in hand, begin nothing new."""
    return inbox.statistics().open_send_channels == 0
