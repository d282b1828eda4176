"""When restarts do not help: what the parent hears, and what goes to the top."""

import pytest
import trio
from trio.testing import MockClock

from actors.mailbox import ActorDied
from protocols.errors import FailStop
from supervisors.ledger import Budget, RestartsExhausted
from supervisors.supervisor import Kind
from tests.unit.supervisors.children import Boom, Fail, House

SMALL = Budget(restarts=1, per=60.0, backoff=1.0)


@pytest.fixture
def house() -> House:
    return House()


async def test_a_spent_budget_ends_the_supervisor_with_the_crash_as_the_cause(
    house: House, autojump_clock: MockClock
) -> None:
    top = house.supervisor(*house.actors("a", "b"), budget=SMALL)
    for _ in range(2):
        house.crash("a")

    with pytest.RaisesGroup(RestartsExhausted) as caught:
        await top.start()

    cause = caught.value.exceptions[0].__cause__
    assert isinstance(cause, ExceptionGroup)
    assert cause.subgroup(Boom) is not None
    assert house.happened()[-1] == ("a", "given_up")


async def test_the_parent_restarts_the_whole_branch_and_its_queues_are_intact(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    branch = house.supervisor(*house.actors("a", "b"), budget=SMALL, name="branch")
    await nursery.start(house.supervisor(branch, house.actor("c")).start)

    for _ in range(2):
        house.crash("a")

    assert (await house.ask("a"), await house.ask("b")) == ("3", "2")
    assert house.incarnations == {"a": 3, "b": 2, "c": 1}
    assert house.happened("crashed", "given_up") == [("a", "crashed"), ("a", "given_up"), ("branch", "crashed")]
    nursery.cancel_scope.cancel()


async def test_a_branch_that_was_restarted_has_its_budget_anew(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    branch = house.supervisor(house.actor("a"), budget=SMALL, name="branch")
    await nursery.start(house.supervisor(branch).start)

    for _ in range(3):
        house.crash("a")
    await house.ask("a")

    assert [child for child, _ in house.happened("crashed")] == ["a", "branch", "a"]
    nursery.cancel_scope.cancel()


async def test_a_temporary_branch_that_gives_up_leaves_the_others_alone_and_its_askers_answered(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    branch = house.supervisor(house.actor("a"), budget=SMALL, name="branch", kind=Kind.TEMPORARY)
    await nursery.start(house.supervisor(branch, house.actor("b")).start)

    for _ in range(2):
        house.crash("a")
    with pytest.raises(ActorDied):
        await house.ask("a")

    assert await house.ask("b") == "1"
    assert house.happened()[-1] == ("branch", "given_up")
    nursery.cancel_scope.cancel()


async def test_a_child_given_up_stays_down_when_its_branch_is_restarted(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    children = [house.actor("a", Kind.TEMPORARY), house.actor("b")]
    branch = house.supervisor(*children, budget=Budget(restarts=0, per=60.0), name="branch")
    await nursery.start(house.supervisor(branch).start)
    house.crash("a")
    await trio.testing.wait_all_tasks_blocked()

    house.crash("b")
    await house.ask("b")

    assert house.incarnations == {"a": 1, "b": 2}
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("error", [FailStop("disk"), ExceptionGroup("", [Boom(), FailStop("disk")])])
async def test_a_failstop_goes_to_the_top_whatever_the_child_is(
    house: House, autojump_clock: MockClock, kind: Kind, error: Exception
) -> None:
    branch = house.supervisor(house.actor("a", kind), name="branch", kind=kind)
    house.tell("a", Fail(error))

    with pytest.raises(ExceptionGroup) as caught:
        await house.supervisor(branch).start()

    assert caught.value.subgroup(FailStop) is not None
    assert house.happened("crashed", "given_up", "ended") == []


async def test_a_failstop_at_the_start_goes_to_the_top(house: House, autojump_clock: MockClock) -> None:
    async def start(**_: object) -> None:
        await trio.lowlevel.checkpoint()
        raise FailStop("the file is no database")

    child = house.actor("a", Kind.TEMPORARY)
    object.__setattr__(child, "start", start)

    with pytest.raises(ExceptionGroup) as caught:
        await house.supervisor(child).start()

    assert caught.value.subgroup(FailStop) is not None


async def test_a_budget_spent_during_the_first_start_ends_it(house: House, autojump_clock: MockClock) -> None:
    house.fail_starts["a"] = 2

    with pytest.RaisesGroup(RestartsExhausted):
        await house.supervisor(house.actor("a"), budget=SMALL).start()
