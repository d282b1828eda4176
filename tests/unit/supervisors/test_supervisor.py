"""Restarts: who is started again, when, and what becomes of those who asked."""

import math

import pytest
import trio
from trio.testing import MockClock

from actors.mailbox import ActorDied
from supervisors.ledger import Budget, Ledger
from supervisors.supervisor import Kind, Strategy
from tests.unit.supervisors.children import PATIENT, Boom, Echo, Fail, House

ALL_AGAIN = pytest.mark.parametrize(
    ("strategy", "again"),
    [
        (Strategy.ONE_FOR_ONE, ["b"]),
        (Strategy.REST_FOR_ONE, ["b", "c"]),
        (Strategy.ONE_FOR_ALL, ["a", "b", "c"]),
    ],
)


@pytest.fixture
def house() -> House:
    return House()


async def test_children_are_started_in_order_each_after_the_one_before_it_serves(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    house.slow_starts["a"] = 5.0
    await nursery.start(house.supervisor(*house.actors("a", "b")).start)

    assert house.ran == ["a began", "b began"]
    assert trio.current_time() == 5.0
    nursery.cancel_scope.cancel()


@ALL_AGAIN
async def test_a_strategy_says_who_is_restarted_with_the_one_that_crashed(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery, strategy: Strategy, again: list[str]
) -> None:
    await nursery.start(house.supervisor(*house.actors("a", "b", "c"), strategy=strategy).start)

    house.crash("b")
    await trio.sleep(1)

    assert house.incarnations == {name: 2 if name in again else 1 for name in "abc"}
    assert [child for child, _ in house.happened("started")] == ["a", "b", "c", *again]
    nursery.cancel_scope.cancel()


@ALL_AGAIN
async def test_those_who_fall_with_another_are_ended_in_reverse_order_before_any_is_started(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery, strategy: Strategy, again: list[str]
) -> None:
    await nursery.start(house.supervisor(*house.actors("a", "b", "c"), strategy=strategy).start)
    house.ran.clear()

    house.crash("b")
    await trio.sleep(1)

    fell = [f"{name} ended" for name in reversed(again) if name != "b"]
    assert house.ran == ["b ended", *fell, *[f"{name} began" for name in again]]
    nursery.cancel_scope.cancel()


async def test_the_waits_between_restarts_are_those_of_the_ledger(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    top = house.supervisor(house.actor("a"))
    book = Ledger(PATIENT, type(top._random)(1))
    await nursery.start(top.start)

    for _ in range(5):
        at = trio.current_time()
        house.crash("a")
        await house.ask("a")
        assert trio.current_time() - at == pytest.approx(book.spend(at))
    nursery.cancel_scope.cancel()


async def test_what_waits_in_the_mailbox_is_served_by_the_next_incarnation(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await nursery.start(house.supervisor(house.actor("a")).start)

    house.crash("a")
    answers = [await house.ask("a", text) for text in ("x", "y")]

    assert answers == ["x2", "y2"]
    nursery.cancel_scope.cancel()


async def test_whoever_asked_the_one_that_crashes_hears_of_it_at_once(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    class Question(Echo):
        def answer(self, value: str) -> None:
            raise Boom(value)

    await nursery.start(house.supervisor(house.actor("a")).start)

    with pytest.raises(ActorDied):
        await house.boxes["a"].address.ask(Question(), within=60)

    assert trio.current_time() == 0
    nursery.cancel_scope.cancel()


async def test_a_crash_is_told_with_every_cause_and_the_delay(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await nursery.start(house.supervisor(house.actor("a")).start)
    causes = ExceptionGroup("two things went wrong", [Boom("one"), ValueError("other")])

    house.tell("a", Fail(causes))
    await trio.sleep(1)

    (crash,) = [each for each in house.events if each.event == "crashed"]
    assert isinstance(crash.error, ExceptionGroup)
    assert crash.error.subgroup(Boom) is not None
    assert crash.error.subgroup(ValueError) is not None
    assert crash.delay_s is not None
    assert 0.5 <= crash.delay_s <= 1.0
    nursery.cancel_scope.cancel()


async def test_a_permanent_child_that_ends_by_itself_is_restarted(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await nursery.start(house.supervisor(house.actor("a")).start)

    house.tell("a", "end")

    assert await house.ask("a") == "2"
    nursery.cancel_scope.cancel()


async def test_a_transient_child_is_restarted_after_a_crash(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await nursery.start(house.supervisor(house.actor("a", Kind.TRANSIENT)).start)

    house.crash("a")

    assert await house.ask("a") == "2"
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    "fate",
    [
        (Kind.TRANSIENT, "end", "ended"),
        (Kind.TEMPORARY, "end", "ended"),
        (Kind.TEMPORARY, Fail(Boom()), "given_up"),
    ],
)
async def test_a_child_that_stays_down_gives_its_mailbox_up(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery, fate: tuple[Kind, object, str]
) -> None:
    kind, last, told = fate
    await nursery.start(house.supervisor(house.actor("a", kind)).start)

    house.tell("a", last)
    with pytest.raises(ActorDied):  # the one that waits
        await house.ask("a")
    with pytest.raises(ActorDied):  # the one that comes later
        await house.ask("a")

    assert house.happened()[-1] == ("a", told)
    assert (trio.current_time(), house.incarnations["a"]) == (0, 1)
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("strategy", [Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE])
async def test_a_child_that_stays_down_stays_so_when_its_neighbours_are_restarted(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery, strategy: Strategy
) -> None:
    children = [house.actor("a"), house.actor("b", Kind.TRANSIENT), house.actor("c", Kind.TEMPORARY)]
    await nursery.start(house.supervisor(*children, strategy=strategy).start)
    house.tell("b", "end")
    await trio.sleep(1)

    house.crash("a")
    await trio.sleep(5)

    assert house.incarnations == {"a": 2, "b": 1, "c": 1}
    nursery.cancel_scope.cancel()


async def test_a_child_that_fails_to_start_is_tried_again_before_the_next_ones_turn(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    house.fail_starts["a"] = 2
    await nursery.start(house.supervisor(*house.actors("a", "b")).start)

    assert house.incarnations == {"a": 3, "b": 1}
    assert house.happened() == [("a", "crashed"), ("a", "crashed"), ("a", "started"), ("b", "started")]
    nursery.cancel_scope.cancel()


async def test_a_temporary_child_that_fails_to_start_does_not_hold_up_the_rest(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    house.fail_starts["a"] = 1
    await nursery.start(house.supervisor(house.actor("a", Kind.TEMPORARY), house.actor("b")).start)

    assert house.happened() == [("a", "given_up"), ("b", "started")]
    with pytest.raises(ActorDied):
        await house.ask("a")
    nursery.cancel_scope.cancel()


async def test_a_child_that_crashes_while_another_one_waits_for_its_restart_is_restarted_too(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await nursery.start(house.supervisor(*house.actors("a", "b")).start)

    house.crash("a")
    await trio.testing.wait_all_tasks_blocked()
    house.crash("b")

    assert (await house.ask("a"), await house.ask("b")) == ("2", "2")
    nursery.cancel_scope.cancel()


async def test_a_crash_right_after_the_start_is_not_missed(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    child = house.actor("a")
    house.crash("a")  # it waits before the first start
    await nursery.start(house.supervisor(child).start)

    assert await house.ask("a") == "2"
    nursery.cancel_scope.cancel()


async def test_a_cancelled_supervisor_counts_no_crash(house: House, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        await nursery.start(house.supervisor(*house.actors("a", "b")).start)
        nursery.cancel_scope.cancel()

    assert house.happened() == [("a", "started"), ("b", "started")]
    assert sorted(house.ran[-2:]) == ["a ended", "b ended"]


async def test_a_thousand_crashes_leave_nothing_behind(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    budget = Budget(restarts=1000, per=math.inf, backoff=0.001, ceiling=0.001)
    top = house.supervisor(house.actor("a"), budget=budget)
    await nursery.start(top.start)
    before = len(top._nursery.child_tasks)

    for _ in range(1000):
        house.crash("a")
        await house.ask("a")
    await trio.testing.wait_all_tasks_blocked()  # the actor may answer before its reviver has gone

    assert len(top._nursery.child_tasks) == before
    nursery.cancel_scope.cancel()
