"""The end: in reverse order, each child with time to finish, and never a wait without end."""

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from actors.mailbox import ActorDied
from protocols.errors import FailStop
from supervisors.ledger import Budget
from supervisors.supervisor import Child, Strategy, Supervisor
from tests.unit.supervisors.children import Echo, Fail, House, Work

SLOW = Budget(restarts=10, per=600.0, backoff=100.0, ceiling=100.0)


@pytest.fixture
def house() -> House:
    return House()


class Running:
    """A supervisor at work."""

    def __init__(self, top: Supervisor) -> None:
        self.top, self.ended = top, trio.Event()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        await self.top.start(task_status=task_status)
        self.ended.set()

    async def stop(self) -> float:
        """Seconds until it had ended."""
        at = trio.current_time()
        self.top.stop()
        await self.ended.wait()
        return trio.current_time() - at


async def test_children_end_in_reverse_order(house: House, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    branch = house.supervisor(*house.actors("b", "c"), name="branch")
    top = Running(house.supervisor(house.actor("a"), branch, house.actor("d")))
    await nursery.start(top.run)
    house.ran.clear()

    await top.stop()

    assert house.ran == ["d ended", "c ended", "b ended", "a ended"]


async def test_what_waits_is_served_before_the_end(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    top = Running(house.supervisor(house.actor("a")))
    await nursery.start(top.run)
    house.tell("a", Work(2.0))
    question = Echo("x")
    house.tell("a", question)

    await top.stop()

    assert await question.wait() == "x1"


async def test_a_child_gets_its_grace_and_no_more(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    top = Running(house.supervisor(house.actor("a", grace=3.0)))
    await nursery.start(top.run)
    house.tell("a", Work(1000.0))
    await trio.testing.wait_all_tasks_blocked()

    assert await top.stop() == 3.0
    assert "a worked" not in house.ran


async def test_whoever_asked_what_the_grace_was_too_short_for_hears_so(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    top = Running(house.supervisor(house.actor("a", grace=3.0)))
    await nursery.start(top.run)
    house.tell("a", Work(1000.0))
    question = Echo("x")
    house.tell("a", question)

    await top.stop()

    with pytest.raises(ActorDied):
        await question.wait()


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_whoever_asked_one_that_was_to_be_restarted_hears_of_the_stop_at_once(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery, strategy: Strategy
) -> None:
    top = Running(house.supervisor(*house.actors("a", "b"), strategy=strategy, budget=SLOW))
    await nursery.start(top.run)
    house.crash("a")
    await trio.sleep(1)
    question = Echo("x")
    house.tell("a", question)
    nursery.start_soon(top.stop)

    with pytest.raises(ActorDied):
        await question.wait()

    assert trio.current_time() == 1


async def test_whoever_asked_one_that_crashes_at_the_stop_hears_at_once(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    top = Running(house.supervisor(*house.actors("a", "b")))
    await nursery.start(top.run)
    house.tell("b", Work(4.0))
    await wait_all_tasks_blocked()
    house.crash("a")
    question = Echo("x")
    house.tell("a", question)
    nursery.start_soon(top.stop)

    with pytest.raises(ActorDied):
        await question.wait()

    assert trio.current_time() == 0


async def test_a_child_without_a_mailbox_is_ended_at_once(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    async def serve(*, task_status: trio.TaskStatus[None]) -> None:
        task_status.started()
        await trio.sleep_forever()

    top = Running(house.supervisor(Child("emulator", serve)))
    await nursery.start(top.run)

    assert await top.stop() == 0.0


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_a_stop_does_not_wait_for_a_restart_that_is_due_later(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery, strategy: Strategy
) -> None:
    top = Running(house.supervisor(*house.actors("a", "b"), strategy=strategy, budget=SLOW))
    await nursery.start(top.run)
    house.crash("a")
    await trio.sleep(1)

    assert await top.stop() < 1
    assert house.incarnations["a"] == 1


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_a_stop_in_the_middle_of_a_restart_starts_nobody_and_is_no_crash(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery, strategy: Strategy
) -> None:
    top = Running(house.supervisor(*house.actors("a", "b"), strategy=strategy))
    await nursery.start(top.run)
    house.slow_starts["a"] = 100.0
    house.crash("a")
    await trio.sleep(10)  # its second start is under way

    assert await top.stop() == 5.0
    assert len(house.happened("crashed")) == 1
    assert house.incarnations["b"] == 1


async def test_a_stop_in_the_middle_of_the_first_start_ends_what_was_started(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    top = Running(house.supervisor(*house.actors("a", "b")))
    house.slow_starts["a"] = 10.0
    nursery.start_soon(top.run)
    await trio.sleep(1)

    await top.stop()

    assert house.ran == ["a began", "a ended"]


async def test_a_child_that_crashes_at_the_stop_is_not_restarted(
    house: House, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    top = Running(house.supervisor(*house.actors("a", "b")))
    await nursery.start(top.run)
    house.crash("a")

    await top.stop()

    assert house.incarnations["a"] == 1


async def test_a_failstop_at_the_stop_is_still_heard_at_the_top(house: House, autojump_clock: MockClock) -> None:
    async def stop_while_it_works() -> None:
        top = house.supervisor(house.actor("a"))
        house.tell("a", Work(1.0))
        house.tell("a", Fail(FailStop("disk")))
        async with trio.open_nursery() as nursery:
            await nursery.start(top.start)
            top.stop()

    with pytest.raises(ExceptionGroup) as caught:
        await stop_while_it_works()

    assert caught.value.subgroup(FailStop) is not None
