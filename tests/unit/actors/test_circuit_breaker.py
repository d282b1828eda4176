"""The breaker as an actor: it answers, and tells its state."""

from pathlib import Path

import pytest
import structlog
import trio
from trio.testing import MockClock

from actors import status
from actors.circuit_breaker import Acquire, GiveBack
from protocols.breaker import Outcome, Permit, Settings, Shut
from tests.fakes.shop import Shop

RULES = Settings(failure_threshold=2, recovery_timeout=60.0, success_threshold=1, probe_timeout=30.0)


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
    await shop.open(nursery, "status", "breaker")
    await trio.sleep(7)
    for _ in range(2):
        await call(shop, Outcome.FAILURE)

    assert await acquire(shop) == Shut(67.0)
    nursery.cancel_scope.cancel()


async def test_every_change_of_its_state_is_told_at_once_and_logged_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "breaker")
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
    await shop.open(nursery, "status", "breaker")
    shop.status_box.address.tell(object())  # type: ignore[arg-type]

    await trio.sleep(status.PULSE + 1)

    assert await state(shop) == "CLOSED"
    assert shop.crashes() == ["status"]
    nursery.cancel_scope.cancel()


async def test_what_is_no_message_is_a_crash(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await shop.open(nursery, "breaker")
    shop.breaker_box.address.tell(object())  # type: ignore[arg-type]

    assert isinstance(await acquire(shop), Permit)
    assert shop.crashes() == ["breaker"]
    nursery.cancel_scope.cancel()
