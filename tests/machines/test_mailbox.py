"""A mailbox between askers and an actor that dies and is started anew, beside a model that is two lists.

Steps follow each other at once or with a rest between, in which every task goes as far as it can: so a message, a
deadline, a crash and an end may meet in one instant, and still the model says exactly who hears what.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count
from typing import Any

import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from actors.mailbox import ActorDied, Ask, Busy, Mailbox, NoAnswer, is_closing, next_message, turn, waiting

CAPACITY = 3
TICK = 7.0  # seconds for which the actor waits for a message before it looks around
LEFT = "left"
Heard = int | str | type[Exception] | None  # the answer, LEFT, or the error; None: still waits


@dataclass(frozen=True)
class Fact:
    number: int


@dataclass(frozen=True, eq=False)
class Question(Ask[int]):
    number: int


class Reader(Enum):
    GONE = auto()
    BEGINS = auto()  # looks into the mailbox as soon as it runs
    IDLE = auto()
    HANDED = auto()  # got a message while idle; takes what else waits as soon as it runs
    BUSY = auto()


class Model:
    """What waits, what is in hand, and what each asker is to hear."""

    def __init__(self) -> None:
        self.queue, self.hand, self.taken = list[int](), list[int](), list[int]()
        self.heard, self.deadlines = dict[int, Heard](), dict[int, float]()
        self.reader, self.dying, self.at_most = Reader.GONE, False, 1
        self.closed = self.abandoned = False

    @property
    def waiting(self) -> list[int]:
        """Askers who have heard nothing yet."""
        return [number for number, heard in self.heard.items() if heard is None]

    def tell(self, number: int) -> type[NoAnswer] | None:
        if self.closed:
            return ActorDied
        if self.reader is Reader.IDLE and not self.dying:
            self.hand, self.reader = [number], Reader.HANDED
        elif len(self.queue) < CAPACITY:
            self.queue.append(number)
        else:
            return Busy
        return None

    def hear(self, number: int, what: Heard) -> None:
        """Only the first thing counts; a fact has nobody who would hear."""
        if number in self.waiting:
            self.heard[number] = what

    def rest(self, now: float) -> None:
        for number, deadline in self.deadlines.items():
            if now >= deadline:
                self.hear(number, trio.TooSlowError)
        if self.reader is Reader.BEGINS:
            self._look()
        if self.reader is Reader.HANDED:
            self._take()
        if self.dying or (self.closed and self.reader is Reader.IDLE):
            self._give_up()
            self.reader, self.dying = Reader.GONE, False

    def abandon(self) -> None:
        self.closed = self.abandoned = True
        self.hand, self.queue = self.queue, []
        self._give_up()

    def _look(self) -> None:
        self._give_up()
        self.reader = Reader.HANDED if self.queue else Reader.IDLE
        self.hand, self.queue = self.queue[:1], self.queue[1:]

    def _take(self) -> None:
        more = self.at_most - 1
        self.hand, self.queue = self.hand + self.queue[:more], self.queue[more:]
        self.taken += self.hand
        self.reader = Reader.BUSY

    def _give_up(self) -> None:
        for number in self.hand:
            self.hear(number, ActorDied)
        self.hand = []


class Bench:
    """The real mailbox and the model; every step is made in both."""

    def __init__(self, nursery: trio.Nursery, clock: MockClock) -> None:
        self.nursery, self.clock, self.model = nursery, clock, Model()
        self.box = Mailbox[object]("actor", CAPACITY)
        self.numbers, self.accepted = count(), list[int]()
        self.asked = dict[int, tuple[Question, trio.CancelScope]]()
        self.taken, self.heard = list[int](), dict[int, Heard]()

    def tell(self) -> None:
        self._tell(Fact(next(self.numbers)))

    def tell_at_the_tick(self) -> None:
        """Just as the actor has waited long enough."""
        self.wait(TICK)
        self.tell()

    def ask(self, within: float | None) -> None:
        """Without `within` it is told and then waited for in pieces, for as long as it takes."""
        question = Question(next(self.numbers))
        self.asked[question.number] = question, trio.CancelScope()
        self.heard[question.number] = self.model.heard[question.number] = None
        if within is not None:
            self.model.heard[question.number] = self._expect(question.number)
            self.model.deadlines[question.number] = trio.current_time() + within
        elif refusal := self._tell(question):
            self.heard[question.number] = self.model.heard[question.number] = refusal
            return
        self.nursery.start_soon(self._wait, question, within)

    def wait(self, seconds: float) -> None:
        self.clock.jump(seconds)

    def hang_up(self, which: int) -> None:
        number = self.model.waiting[which % len(self.model.waiting)]
        self.asked[number][1].cancel()
        self.model.hear(number, LEFT)

    def start(self, at_most: int) -> None:
        self.model.reader, self.model.at_most = Reader.BEGINS, at_most
        self.life = trio.CancelScope()
        self.nursery.start_soon(self._live, at_most)

    @property
    def unanswered(self) -> list[int]:
        """The questions in hand that may be answered."""
        hand = self.model.hand if self.model.reader is Reader.BUSY else []
        return [number for number in hand if number in self.asked and number not in self.answered]

    def answer(self, which: int) -> None:
        number = self.unanswered[which % len(self.unanswered)]
        self.answered.add(number)
        self.asked[number][0].answer(-number)
        self.model.hear(number, -number)

    def end_turn(self) -> None:
        self.turn_ends.set()
        self.model.reader = Reader.BEGINS

    def crash(self) -> None:
        self.crashes = True
        self.turn_ends.set()
        self.model.dying = True

    def cancel(self) -> None:
        self.life.cancel()
        self.model.dying = True

    def close(self) -> None:
        self.box.close()
        self.model.closed = True

    def abandon(self) -> None:
        self.box.abandon()
        self.model.abandon()

    async def rest(self) -> None:
        await wait_all_tasks_blocked()
        self.model.rest(trio.current_time())
        assert self.taken == self.model.taken
        assert self.heard == self.model.heard
        assert self.box.depth == len(self.model.queue)
        assert is_closing(self.box.inbox) == self.model.closed
        for number, (question, _) in self.asked.items():
            assert question.abandoned == (number in self.accepted and self.heard[number] is not None)

    async def wind_up(self) -> None:
        """With a reader that ends its turns, all that waits is served and everybody hears something."""
        await self.rest()
        if may_start(self):
            self.start(1)
        self.close()
        await self.rest()
        while lives(self):
            self.end_turn()
            await self.rest()
        assert None not in self.heard.values()
        assert self.taken == (self.accepted[: len(self.taken)] if self.model.abandoned else self.accepted)

    def _expect(self, number: int) -> type[NoAnswer] | None:
        refusal = self.model.tell(number)
        if refusal is None:
            self.accepted.append(number)
        return refusal

    def _tell(self, message: Fact | Question) -> type[NoAnswer] | None:
        expected, refusal = self._expect(message.number), None
        try:
            self.box.address.tell(message)
        except NoAnswer as error:
            refusal = type(error)
        assert refusal is expected
        return refusal

    async def _wait(self, question: Question, within: float | None) -> None:
        with self.asked[question.number][1] as scope:
            try:
                self.heard[question.number] = await self._hear(question, within)
            except (NoAnswer, trio.TooSlowError) as error:
                self.heard[question.number] = type(error)
        if scope.cancelled_caught:
            self.heard[question.number] = LEFT

    async def _hear(self, question: Question, within: float | None) -> int:
        if within is not None:
            return await self.box.address.ask(question, within=within)
        try:
            while True:
                with trio.move_on_after(TICK):
                    return await question.wait()
        finally:
            question.leave()

    async def _live(self, at_most: int) -> None:
        """One incarnation: takes up to `at_most` messages a turn, and holds them until it is told to end the turn."""
        with self.life, suppress(ZeroDivisionError, trio.EndOfChannel):
            while True:
                message = await next_message(self.box.inbox, until=trio.current_time() + TICK)
                if message is not None:
                    await self._serve([message, *waiting(self.box.inbox, at_most - 1)])

    async def _serve(self, batch: list[Any]) -> None:
        self.taken += [message.number for message in batch]
        self.turn_ends, self.crashes, self.answered = trio.Event(), False, set[int]()
        with turn(*batch):
            await self.turn_ends.wait()
            if self.crashes:
                raise ZeroDivisionError("a bug")


@dataclass(frozen=True)
class Step:
    """`often` beside the other steps; `sensible` says whether it would do anything now."""

    do: Callable[..., None]
    often: int = 2
    arguments: st.SearchStrategy[tuple[Any, ...]] = field(default_factory=st.tuples)
    sensible: Callable[[Bench], bool] = lambda bench: True


def lives(bench: Bench) -> bool:
    return bench.model.reader is not Reader.GONE and not bench.model.dying


def in_turn(bench: Bench) -> bool:
    return bench.model.reader is Reader.BUSY


def may_start(bench: Bench) -> bool:
    return bench.model.reader is Reader.GONE and not bench.model.abandoned


WHICH = st.tuples(st.integers(0, 5))
STEPS = (
    Step(Bench.tell, 3),
    Step(Bench.tell_at_the_tick, 4, sensible=lambda bench: bench.model.reader is Reader.IDLE),
    Step(Bench.ask, 4, st.tuples(st.sampled_from([None, 3.0, TICK, 20.0]))),
    Step(Bench.wait, 3, st.tuples(st.sampled_from([0.5, 3.0, TICK]))),
    Step(Bench.hang_up, 1, WHICH, lambda bench: bool(bench.model.waiting)),
    Step(Bench.start, 6, st.tuples(st.integers(1, CAPACITY)), may_start),
    Step(Bench.answer, 5, WHICH, lambda bench: bool(bench.unanswered)),
    Step(Bench.end_turn, 5, sensible=lambda bench: in_turn(bench) and lives(bench)),
    Step(Bench.crash, 1, sensible=lambda bench: in_turn(bench) and lives(bench)),
    Step(Bench.cancel, 1, sensible=lives),
    Step(Bench.close, 1),
    Step(Bench.abandon, 1, sensible=lambda bench: bench.model.reader is Reader.GONE),
)


async def play(data: st.DataObject, steps: int, clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        bench = Bench(nursery, clock)
        for _ in range(steps):
            sensible = [step for step in STEPS for _ in range(step.often) if step.sensible(bench)]
            step = data.draw(st.sampled_from(sensible))
            if step.do is Bench.ask:  # an asker is a task: it has to run before the next step
                await bench.rest()
            step.do(bench, *data.draw(step.arguments))
            if step.do is Bench.ask or data.draw(st.booleans()):
                await bench.rest()
        await bench.wind_up()


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(5, 60))
def test_whoever_dies_and_leaves_every_asker_hears_and_every_message_is_served_once_in_order(
    data: st.DataObject, steps: int
) -> None:
    clock = MockClock()
    trio.run(play, data, steps, clock, clock=clock)
