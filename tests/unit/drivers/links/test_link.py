"""A call through the stages of its link's policy, on virtual time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from drivers.errors import CircuitOpen, LinkError, LinkLost, LinkSilent, Refusal, TooManyCalls
from drivers.links import Link
from protocols.breaker import Outcome, Permit
from protocols.link_policy import (
    BreakerPolicy,
    BulkheadPolicy,
    CachePolicy,
    Policy,
    RatePolicy,
    RetryPolicy,
)

BARE = Policy(bulkhead=None, breaker=None)


@dataclass
class CountingGate:
    """Lets everybody through unless it is `shut`, and keeps what it is given back."""

    shut: bool = False
    out: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    async def acquire(self) -> Permit:
        await trio.lowlevel.checkpoint()
        if self.shut:
            raise CircuitOpen("it is shut", 60.0)
        self.out += 1
        return Permit(0)

    def give_back(self, permit: Permit, outcome: Outcome, took: float) -> None:
        self.out -= 1
        self.outcomes.append(outcome)
        self.took.append(took)


@dataclass
class System:
    """What is called: each call takes `takes` seconds and ends as the next of `ends`, or well. `times`: of all."""

    takes: float = 0.0
    ends: list[Exception | None] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self) -> str:
        self.times.append(trio.current_time())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await trio.sleep(self.takes)
        finally:
            self.at_once -= 1
        if self.ends and (error := self.ends.pop(0)) is not None:
            raise error
        return "answer"


@pytest.fixture
def gate() -> CountingGate:
    return CountingGate()


@pytest.fixture
def system() -> System:
    return System()


def link_of(gate: CountingGate, **stages: Any) -> Link:
    return Link("office", BARE.model_copy(update=stages), gate, Random(1))


# the breaker: every way out gives the permit back


async def end_well(link: Link, system: System) -> None:
    await link.call(system)


async def end_in_a_failure(link: Link, system: System) -> None:
    system.ends = [LinkLost("gone")]
    with pytest.raises(LinkLost):
        await link.call(system)


async def end_in_a_refusal(link: Link, system: System) -> None:
    system.ends = [Refusal("no")]
    with pytest.raises(Refusal):
        await link.call(system)


async def end_in_an_answer_that_we_are_too_fast(link: Link, system: System) -> None:
    system.ends = [LinkError("answer 429", blames_link=False)]
    with pytest.raises(LinkError):
        await link.call(system)


async def end_in_a_bug(link: Link, system: System) -> None:
    system.ends = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        await link.call(system)


async def end_at_the_attempts_time(link: Link, system: System) -> None:
    system.takes = 100.0
    with pytest.raises(LinkSilent, match="no answer within 10 s"):
        await link.call(system)


async def end_at_the_callers_deadline(link: Link, system: System) -> None:
    system.takes = 100.0
    with pytest.raises(LinkSilent, match="deadline"):
        await link.call(system, deadline=trio.current_time() + 3.0)


async def be_cancelled(link: Link, system: System) -> None:
    system.takes = 100.0
    with trio.move_on_after(3.0):
        await link.call(system)


async def leave_it_unused(link: Link, system: System) -> None:
    (await link.enter(trio.current_time())).leave()


async def leave_it_twice(link: Link, system: System) -> None:
    passage = await link.enter(trio.current_time())
    passage.leave()
    passage.leave()


async def die_with_it(link: Link, system: System) -> None:
    async def caller() -> None:
        async with await link.enter(trio.current_time()):
            raise ZeroDivisionError

    with pytest.RaisesGroup(ZeroDivisionError):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(caller)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (end_well, Outcome.SUCCESS),
        (end_in_a_failure, Outcome.FAILURE),
        (end_in_a_refusal, Outcome.SUCCESS),
        (end_in_an_answer_that_we_are_too_fast, Outcome.UNUSED),
        (end_in_a_bug, Outcome.UNUSED),
        (end_at_the_attempts_time, Outcome.FAILURE),
        (end_at_the_callers_deadline, Outcome.UNUSED),
        (be_cancelled, Outcome.UNUSED),
        (leave_it_unused, Outcome.UNUSED),
        (leave_it_twice, Outcome.UNUSED),
        (die_with_it, Outcome.UNUSED),
    ],
)
async def test_every_way_out_gives_permit_and_place_back_once(
    end: Callable[[Link, System], Awaitable[None]],
    outcome: Outcome,
    gate: CountingGate,
    system: System,
    autojump_clock: MockClock,
) -> None:
    link = link_of(gate, breaker=BreakerPolicy(), bulkhead=BulkheadPolicy(in_flight=1, queue=0))

    await end(link, system)

    assert (gate.out, gate.outcomes) == (0, [outcome])
    system.takes, system.ends = 0.0, []
    assert await link.call(system) == "answer"  # the only place is free again


async def test_a_silent_system_is_to_blame_though_the_deadline_came_a_moment_before_the_timeout(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, breaker=BreakerPolicy(), bulkhead=BulkheadPolicy(in_flight=1), timeout=10.0, deadline=10.0)
    system.takes = 0.01
    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.call, system)
        await trio.testing.wait_all_tasks_blocked()
        system.takes = 100.0
        with pytest.raises(LinkSilent):
            await link.call(system)

    assert gate.outcomes == [Outcome.SUCCESS, Outcome.FAILURE]


async def test_the_breaker_hears_how_long_the_call_took(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.takes = 2.5

    await link_of(gate, breaker=BreakerPolicy()).call(system)

    assert gate.took == [2.5]


async def test_a_breaker_that_keeps_calls_back_costs_neither_place_nor_token(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    one = BulkheadPolicy(in_flight=1, queue=0)
    link = link_of(gate, breaker=BreakerPolicy(), bulkhead=one, rate=RatePolicy(per_minute=1))
    gate.shut = True
    for _ in range(3):
        with pytest.raises(CircuitOpen) as shut:
            await link.call(system)
    gate.shut = False

    assert await link.call(system) == "answer"
    assert shut.value.retry_at == 60.0
    assert system.times == [0.0]


# rate


async def test_no_second_and_no_minute_sees_more_calls_than_it_may(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, rate=RatePolicy(per_second=10, per_minute=50), deadline=600.0)
    async with trio.open_nursery() as nursery:
        for _ in range(100):
            nursery.start_soon(link.call, system)

    assert len(system.times) == 100
    for length, most in ((1.0, 10), (60.0, 50)):
        assert max(sum(at <= time < at + length for time in system.times) for at in system.times) == most
    assert system.times[-1] == 64.0


async def test_a_call_that_would_wait_beyond_its_deadline_is_refused_at_once(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, rate=RatePolicy(per_minute=1))
    await link.call(system)

    with pytest.raises(TooManyCalls) as refused:
        await link.call(system, deadline=trio.current_time() + 30.0)

    assert (trio.current_time(), refused.value.retry_at) == (0.0, 60.0)


async def test_a_pause_that_the_other_side_asks_for_holds_up_every_call(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate)
    system.ends = [LinkError("answer 503", pause=20.0)]
    with pytest.raises(LinkError):
        await link.call(system)

    await link.call(system)

    assert system.times == [0.0, 20.0]


async def test_a_cancelled_wait_for_a_token_takes_none(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, rate=RatePolicy(per_second=1))
    await link.call(system)
    with trio.move_on_after(0.5):
        await link.call(system)

    await link.call(system)

    assert system.times == [0.0, 1.0]


# bulkhead


async def test_so_many_calls_are_out_at_once_and_those_behind_come_in_order(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, bulkhead=BulkheadPolicy(in_flight=3, queue=100, wait=60.0))
    order: list[int] = []

    async def call(number: int) -> None:
        await link.call(system)
        order.append(number)

    system.takes = 1.0
    async with trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(call, number)
            await trio.testing.wait_all_tasks_blocked()

    assert system.most_at_once == 3
    assert trio.current_time() == 4.0
    assert [sorted(order[at : at + 3]) for at in (0, 3, 6, 9)] == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]


async def test_who_finds_the_queue_full_is_refused_and_who_waits_too_long_too(
    gate: CountingGate, system: System, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    link = link_of(gate, bulkhead=BulkheadPolicy(in_flight=1, queue=1, wait=3.0))
    system.takes = 9.0
    nursery.start_soon(link.call, system)
    await trio.testing.wait_all_tasks_blocked()
    refused: list[float] = []

    async def call() -> None:
        with pytest.raises(TooManyCalls):
            await link.call(system)
        refused.append(trio.current_time())

    async with trio.open_nursery() as others:
        for _ in range(2):
            others.start_soon(call)
            await trio.testing.wait_all_tasks_blocked()

    assert refused == [0.0, 3.0]
    assert link.figures()["bulkhead"] == {"in_flight": 1, "waiting": 0}


# retry


RETRY = RetryPolicy(attempts=3, first=1.0, cap=8.0, budget=1.0)


async def test_what_may_be_repeated_is_tried_again_after_a_random_part_of_a_doubling_time(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.ends = [LinkLost("gone"), LinkSilent("nothing")]
    link = link_of(gate, retry=RETRY, breaker=BreakerPolicy())

    assert await link.call(system, repeatable=True) == "answer"

    first, second, third = system.times
    assert 0 < second - first <= 1.0
    assert 0 < third - second <= 2.0
    assert gate.outcomes == [Outcome.SUCCESS]  # one permit for all attempts


async def test_the_last_attempts_error_is_what_the_caller_gets(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.ends = [LinkLost("first"), LinkLost("second"), LinkLost("third"), None]

    with pytest.raises(LinkLost, match="third"):
        await link_of(gate, retry=RETRY).call(system, repeatable=True)

    assert len(system.times) == 3


@pytest.mark.parametrize("error", [Refusal("no"), ZeroDivisionError()])
async def test_an_answer_or_a_bug_is_not_tried_again(
    error: Exception, gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.ends = [error]

    with pytest.raises(type(error)):
        await link_of(gate, retry=RETRY).call(system, repeatable=True)

    assert len(system.times) == 1


async def test_what_must_not_be_repeated_is_not(gate: CountingGate, system: System, autojump_clock: MockClock) -> None:
    system.ends = [LinkLost("gone")]

    with pytest.raises(LinkLost):
        await link_of(gate, retry=RETRY).call(system)

    assert len(system.times) == 1


async def test_the_other_sides_pause_wins_over_ours(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.ends = [LinkError("answer 503", pause=17.0)]

    await link_of(gate, retry=RETRY).call(system, repeatable=True)

    assert system.times == [0.0, 17.0]


async def test_nobody_waits_for_an_attempt_that_would_come_after_the_deadline(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.ends = [LinkError("answer 503", pause=17.0)]

    with pytest.raises(LinkError, match="answer 503"):
        await link_of(gate, retry=RETRY).call(system, repeatable=True, deadline=trio.current_time() + 10.0)

    assert trio.current_time() == 0.0


async def test_repeats_that_a_deadline_cuts_short_do_not_hide_that_the_system_is_silent(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.takes = 100.0
    link = link_of(gate, retry=RETRY, breaker=BreakerPolicy(), timeout=10.0, deadline=15.0)

    with pytest.raises(LinkSilent, match="deadline"):
        await link.call(system, repeatable=True)

    assert len(system.times) == 2
    assert gate.outcomes == [Outcome.FAILURE]


async def test_the_policys_deadline_holds_for_a_passage_too(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    system.takes = 100.0
    link = link_of(gate, retry=RETRY.model_copy(update={"attempts": 20}), timeout=10.0, deadline=25.0)

    async with await link.enter(trio.current_time()) as passage:
        with pytest.raises(LinkSilent):
            await passage.run(system, repeatable=True)

    assert trio.current_time() == 25.0


async def test_repeats_are_no_more_than_their_share_of_all_calls(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, retry=RETRY.model_copy(update={"budget": 0.2, "attempts": 20}), deadline=86_400.0)
    for _ in range(100):
        system.ends = [LinkLost("down")] * 20
        with pytest.raises(LinkLost):
            await link.call(system, repeatable=True)

    assert 100 + 20 <= len(system.times) <= 100 + 20 + 3  # three are there to begin with


# cache and figures


async def test_a_cached_answer_makes_no_call_until_it_is_old_or_forgotten(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, cache=CachePolicy(ttl=10.0))
    for _ in range(3):
        await link.call(system, key="rates")
    await trio.sleep(10.0)
    await link.call(system, key="rates")
    link.forget("rates")
    await link.call(system, key="rates")

    assert system.times == [0.0, 10.0, 10.0]


async def test_other_figures_hold_from_the_next_call_and_what_was_counted_stays(
    gate: CountingGate, system: System, autojump_clock: MockClock
) -> None:
    link = link_of(gate, rate=RatePolicy(per_minute=2), deadline=120.0)
    for _ in range(2):
        await link.call(system)

    link.configure(link.policy.model_copy(update={"rate": RatePolicy(per_minute=3)}))
    for _ in range(2):
        await link.call(system)

    assert system.times == [0.0, 0.0, 0.0, 60.0]
