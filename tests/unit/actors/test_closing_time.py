"""A shift that is to be closed at a set time: once a day, when nobody sells, and as surely as any order."""

from datetime import time, timedelta, timezone
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from actors.kkt.policy import Policy
from actors.kkt.shifts import QUIET, REFUSED
from actors.kkt.upkeep import LOOK
from drivers.kkt.port import RegisterRefused
from protocols.fiscal import Shift
from protocols.till import Work
from tests.fakes.shop import Shop

HOUR = 3600.0
AT_ONE = Policy(close_shift_at=time(13, 0))  # the shop's virtual day begins at noon


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, policy=AT_ONE)


async def test_the_shift_is_closed_at_the_set_time_once_a_day(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await shop.until(minutes=59)
    assert shop.register.turned == []
    await shop.until(minutes=62)
    assert shop.register.turned == [Work.CLOSE_SHIFT]

    await shop.sell(100)  # opens the next one
    await shop.until(hours=24, minutes=59)
    assert shop.register.turned == [Work.CLOSE_SHIFT, Work.OPEN_SHIFT]
    await shop.until(hours=25, minutes=2)

    assert shop.register.turned == [Work.CLOSE_SHIFT, Work.OPEN_SHIFT, Work.CLOSE_SHIFT]
    assert shop.states() == ["done", "done", "pending", "done"]
    nursery.cancel_scope.cancel()


async def test_it_waits_until_nobody_has_sold_for_two_minutes(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await trio.sleep(HOUR - 60)
    for _ in range(10):
        await shop.sell()
        await trio.sleep(QUIET - LOOK)
    assert shop.register.turned == []

    await trio.sleep(3 * LOOK)

    assert shop.register.turned == [Work.CLOSE_SHIFT]
    nursery.cancel_scope.cancel()


async def test_the_time_is_that_of_the_registers_clock_in_its_zone(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    east = timezone(timedelta(hours=3))
    shop.policy = Policy(close_shift_at=time(16, 0), zone=east)  # an hour after the shop's noon
    shop.register.clock_ahead = timedelta(minutes=10)
    await shop.open_till(nursery)

    await trio.sleep(50 * 60 - LOOK)
    assert shop.register.turned == []
    await trio.sleep(3 * LOOK)

    assert shop.register.turned == [Work.CLOSE_SHIFT]
    nursery.cancel_scope.cancel()


async def test_a_shift_of_yesterday_that_we_opened_is_closed_after_a_night_switched_off(
    shop: Shop, autojump_clock: MockClock, tmp_path: Path
) -> None:
    shop.policy = Policy(close_shift_at=time(23, 0))
    shop.register.shift = Shift.CLOSED
    async with trio.open_nursery() as first:
        await shop.open_till(first)
        await shop.sell(100)
        first.cancel_scope.cancel()
    await trio.sleep(20 * HOUR)
    again = Shop(tmp_path, shop.register, policy=shop.policy)
    async with trio.open_nursery() as second:
        await again.open_till(second)
        await trio.sleep(QUIET + 2 * LOOK)
        second.cancel_scope.cancel()

    assert shop.register.turned == [Work.OPEN_SHIFT, Work.CLOSE_SHIFT]


async def test_a_closing_whose_answer_is_lost_is_done_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.late_by = 9.5
    await shop.open_till(nursery)
    shop.register.losses.append("late")

    await trio.sleep(3 * HOUR)

    assert shop.register.turned == [Work.CLOSE_SHIFT]
    assert shop.states() == ["done"]
    nursery.cancel_scope.cancel()


async def test_a_register_that_refuses_to_close_is_asked_again_only_after_a_while(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.refusals.append(RegisterRefused(0x33, "нет"))
    await trio.sleep(HOUR + REFUSED - LOOK)
    assert shop.register.turned == []

    await trio.sleep(3 * LOOK)

    assert len(shop.register.times_of("close_shift")) == 2
    assert shop.register.turned == [Work.CLOSE_SHIFT]
    nursery.cancel_scope.cancel()


async def test_nothing_is_closed_that_nobody_asked_to_close(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.policy = Policy()
    await shop.open_till(nursery)

    await shop.until(hours=22)

    assert shop.register.turned == []
    nursery.cancel_scope.cancel()
