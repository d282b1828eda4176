"""The breaker as an actor: it answers, and tells its state."""

from datetime import timedelta
from math import inf
from pathlib import Path

import pytest
import structlog
import trio
from trio.testing import MockClock

from actors import breaker_records, circuit_breaker, status
from actors.breaker_gate import BreakerGate
from actors.circuit_breaker import Acquire, Configure, Describe, GiveBack, Order
from actors.mailbox import Mailbox
from drivers.errors import CircuitOpen, NoCallNow
from drivers.store.records import BreakerRecord
from protocols.alarm import Level
from protocols.breaker import Outcome, Permit, Shut, State
from protocols.link_policy import BreakerPolicy
from tests.fakes.shop import Shop
from tests.samples import NOON

RULES = BreakerPolicy(
    failure_threshold=2, recovery_timeout=60.0, success_threshold=1, probe_timeout=30.0, recovery_jitter=0
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, rules=RULES)


async def acquire(shop: Shop) -> Permit | Shut:
    return await shop.breaker_box.address.ask(Acquire(), within=1)


async def call(shop: Shop, outcome: Outcome) -> None:
    permit = await acquire(shop)
    assert isinstance(permit, Permit)
    shop.breaker_box.address.tell(GiveBack(permit, outcome))


async def state(shop: Shop) -> object:
    await trio.testing.wait_all_tasks_blocked()
    return (await shop.world())["breaker.ofd"]["state"]


async def test_it_says_until_when_it_is_shut_on_trios_clock(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await trio.sleep(7)
    for _ in range(2):
        await call(shop, Outcome.FAILURE)

    assert await acquire(shop) == Shut(67.0)
    nursery.cancel_scope.cancel()


async def test_every_change_of_its_state_is_told_at_once_and_logged_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    with structlog.testing.capture_logs() as logs:
        states = [await state(shop)]
        for _ in range(2):
            await call(shop, Outcome.FAILURE)
        states.append(await state(shop))
        await trio.sleep(60)
        permit = await acquire(shop)
        states.append(await state(shop))
        assert isinstance(permit, Permit)
        shop.breaker_box.address.tell(GiveBack(permit, Outcome.SUCCESS))
        states.append(await state(shop))

    assert states == ["CLOSED", "OPEN", "HALF_OPEN", "CLOSED"]
    assert [entry["event"] for entry in logs].count("breaker_changed") == 3
    nursery.cancel_scope.cancel()


async def test_a_status_that_was_restarted_learns_its_state_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    shop.status_box.address.tell(object())  # type: ignore[arg-type]

    await trio.sleep(status.PULSE + 1)

    assert await state(shop) == "CLOSED"
    assert shop.crashes() == ["status"]
    nursery.cancel_scope.cancel()


async def test_a_status_that_was_restarted_learns_it_also_of_a_breaker_that_is_asked_all_the_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    for _ in range(2):
        await call(shop, Outcome.FAILURE)
    assert await state(shop) == "OPEN"
    shop.status_box.address.tell(object())  # type: ignore[arg-type]

    for _ in range(3):
        await trio.sleep(status.PULSE / 2)
        await acquire(shop)

    assert await state(shop) == "OPEN"
    nursery.cancel_scope.cancel()


async def test_what_is_no_message_is_a_crash(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await shop.open(nursery, "buffer", "breaker")
    shop.breaker_box.address.tell(object())  # type: ignore[arg-type]

    assert isinstance(await acquire(shop), Permit)
    assert shop.crashes() == ["breaker"]
    nursery.cancel_scope.cancel()


# permits on their way: none is lost, whatever becomes of who asked


async def half_open(shop: Shop) -> None:
    for _ in range(2):
        await call(shop, Outcome.FAILURE)
    await trio.sleep(60)


def gate_of(shop: Shop) -> BreakerGate:
    return BreakerGate("ofd", shop.breaker_box.address)


async def test_a_caller_who_left_before_its_turn_gets_no_permit(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await half_open(shop)
    question = Acquire()
    shop.breaker_box.address.tell(question)
    question.leave()

    assert isinstance(await acquire(shop), Permit)  # the only probe is there
    nursery.cancel_scope.cancel()


async def test_a_caller_cancelled_in_the_very_step_of_the_answer_gives_it_back(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await half_open(shop)

    for _ in range(20):  # whoever is scheduled first: the breaker before the caller, or after
        with trio.CancelScope() as scope:
            scope.cancel()
            await gate_of(shop).acquire()
        await trio.testing.wait_all_tasks_blocked()

    assert isinstance(await acquire(shop), Permit)
    nursery.cancel_scope.cancel()


async def test_a_caller_cancelled_while_it_waits_keeps_no_probe(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await half_open(shop)
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as callers:
            callers.start_soon(gate_of(shop).acquire)
            callers.start_soon(cancel, scope)
    await trio.testing.wait_all_tasks_blocked()
    permit = await acquire(shop)

    assert isinstance(permit, Permit)
    nursery.cancel_scope.cancel()


async def cancel(scope: trio.CancelScope) -> None:
    scope.cancel()
    await trio.lowlevel.checkpoint()


async def test_a_permit_that_a_full_mailbox_swallowed_is_free_again_in_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await half_open(shop)
    permit = await gate_of(shop).acquire()
    gate = BreakerGate("ofd", Mailbox[circuit_breaker.Message]("full", 0).address)
    with structlog.testing.capture_logs() as logs:
        gate.give_back(permit, Outcome.SUCCESS, 0.1)
    assert [entry["event"] for entry in logs] == ["permit_not_given_back"]
    lost_at = trio.current_time() + RULES.probe_timeout
    assert await acquire(shop) == Shut(lost_at)

    await trio.sleep_until(lost_at)

    assert isinstance(await acquire(shop), Permit)
    nursery.cancel_scope.cancel()


async def test_a_breaker_that_does_not_answer_lets_no_call_through(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    with pytest.raises(NoCallNow) as refused:  # it was never started
        await gate_of(shop).acquire()

    assert not isinstance(refused.value, CircuitOpen)
    assert trio.current_time() == circuit_breaker.PATIENCE


# restarts and orders


def crash(shop: Shop) -> None:
    shop.breaker_box.address.tell(object())  # type: ignore[arg-type]


async def test_what_was_open_is_half_open_after_a_restart(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    for _ in range(2):
        await call(shop, Outcome.FAILURE)
    await trio.sleep(1)
    crash(shop)
    await trio.sleep(2)

    assert await state(shop) == "HALF_OPEN"
    assert (await shop.world())["breaker.ofd"]["reason"] == "it was OPEN before the start"
    nursery.cancel_scope.cancel()


async def test_what_was_closed_is_closed_after_a_restart(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await call(shop, Outcome.SUCCESS)
    crash(shop)
    await trio.sleep(2)

    assert await state(shop) == "CLOSED"
    nursery.cancel_scope.cancel()


async def order(shop: Shop, state: State, lasts: float = inf) -> None:
    await shop.breaker_box.address.ask(Order(state, "works at the operator", "Petrov", lasts), within=1)


async def test_what_was_ordered_stays_ordered_over_a_restart_and_ends_in_its_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await order(shop, State.FORCED_OPEN, 100.0)
    await trio.sleep(50)
    crash(shop)
    await trio.sleep(2)
    assert await state(shop) == "FORCED_OPEN"

    await trio.sleep(50)

    assert await state(shop) == "HALF_OPEN"
    nursery.cancel_scope.cancel()


async def test_an_order_for_longer_is_kept_and_told_though_the_state_is_the_same(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await order(shop, State.FORCED_OPEN, 100.0)
    await order(shop, State.FORCED_OPEN, 1000.0)
    await trio.sleep(50)
    crash(shop)

    await trio.sleep(100)

    assert await state(shop) == "FORCED_OPEN"
    told = shop.store.rows("SELECT count(*) FROM notices WHERE code = 'BREAKER_FORCED_OPEN'")
    assert told == [(2,)]
    nursery.cancel_scope.cancel()


async def test_a_clock_that_was_set_back_makes_no_order_longer_than_it_was_to_be(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer")
    at = NOON + timedelta(days=3650)
    record = BreakerRecord("ofd", "FORCED_OPEN", at + timedelta(seconds=600), "works", "Petrov", at)
    await shop.ask(breaker_records.KeepBreaker(record, Level.P2, "it is shut"))
    await shop.open(nursery, "breaker")
    assert await state(shop) == "FORCED_OPEN"

    await trio.sleep(601)

    assert await state(shop) == "HALF_OPEN"
    nursery.cancel_scope.cancel()


async def test_an_order_that_ended_while_it_was_down_is_over(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer")
    record = BreakerRecord("ofd", "DISABLED", NOON, "works", "Petrov", NOON)
    await shop.ask(breaker_records.KeepBreaker(record, Level.P3, "it is off"))
    await trio.sleep(1)
    await shop.open(nursery, "breaker")

    assert await state(shop) == "CLOSED"
    nursery.cancel_scope.cancel()


async def test_without_its_past_it_is_half_open(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await shop.open(nursery, "status", "breaker")
    await trio.sleep(circuit_breaker.PATIENCE + 1)

    assert await state(shop) == "HALF_OPEN"
    nursery.cancel_scope.cancel()


async def test_every_change_is_an_event_with_its_reason_and_who_is_behind_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    for _ in range(2):
        await call(shop, Outcome.FAILURE)
    await order(shop, State.METRICS_ONLY, 5.0)
    await trio.sleep(10 + 2 * status.PULSE)

    events = shop.store.rows("SELECT code, message FROM notices WHERE source = 'link.ofd' ORDER BY number")
    assert [code for code, _ in events] == ["BREAKER_OPEN", "BREAKER_METRICS_ONLY", "BREAKER_CLOSED"]
    assert events[0][1] == "The breaker of ofd is OPEN: 2 failures in a row."
    assert "works at the operator" in events[1][1]
    assert shop.store.rows("SELECT state, author FROM breakers") == [("CLOSED", "gateway")]
    nursery.cancel_scope.cancel()


async def test_changes_that_find_the_buffer_down_are_kept_when_it_is_back(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await trio.sleep(1)
    shop.buffer_box.address.tell(object())  # type: ignore[arg-type]
    for _ in range(2):
        await call(shop, Outcome.FAILURE)

    await trio.sleep(3 * status.PULSE)

    assert shop.store.rows("SELECT code FROM notices") == [("BREAKER_OPEN",)]
    nursery.cancel_scope.cancel()


async def test_a_breaker_that_is_switched_off_stays_open_no_more_than_it_keeps_calls_back(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    for _ in range(2):
        await call(shop, Outcome.FAILURE)
    assert await state(shop) == "OPEN"

    shop.breaker_box.address.tell(Configure(None))

    assert await state(shop) == "CLOSED"
    shop.breaker_box.address.tell(Configure(RULES))
    assert isinstance(await acquire(shop), Permit)
    nursery.cancel_scope.cancel()


async def test_a_breaker_that_was_open_and_is_switched_off_now_is_closed(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer")
    record = BreakerRecord("ofd", "OPEN", None, "down", "gateway", NOON)
    await shop.ask(breaker_records.KeepBreaker(record, Level.P2, "it is open"))
    shop.has_breaker = False
    await shop.open(nursery, "breaker")

    assert await state(shop) == "CLOSED"
    nursery.cancel_scope.cancel()


async def test_other_figures_hold_at_once_and_what_was_counted_stays(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await call(shop, Outcome.FAILURE)
    shop.breaker_box.address.tell(Configure(RULES.model_copy(update={"failure_threshold": 3})))
    await call(shop, Outcome.FAILURE)
    assert await state(shop) == "CLOSED"
    await call(shop, Outcome.FAILURE)

    described = await shop.breaker_box.address.ask(Describe(), within=1)
    assert (described["state"], described["calls_in_window"], described["failure_rate"]) == ("OPEN", 3, 1.0)
    nursery.cancel_scope.cancel()


async def test_probes_that_fail_again_and_again_are_told_and_logged_but_fill_no_disk(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    for _ in range(2):
        await call(shop, Outcome.FAILURE)
    with structlog.testing.capture_logs() as logs:
        for _ in range(5):
            await trio.sleep(301)
            await call(shop, Outcome.FAILURE)
    await trio.sleep(301)
    await call(shop, Outcome.SUCCESS)
    await trio.sleep(2 * status.PULSE)

    assert [entry["event"] for entry in logs].count("breaker_changed") == 10
    assert shop.store.rows("SELECT code FROM notices ORDER BY number") == [("BREAKER_OPEN",), ("BREAKER_CLOSED",)]
    nursery.cancel_scope.cancel()
