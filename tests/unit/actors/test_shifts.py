"""The shift as it was configured: opened and closed by itself or by a person, and no receipt is lost in between."""

from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from actors.kkt.policy import Policy, policy_of
from actors.kkt.trouble import NotReady
from actors.kkt.upkeep import LOOK
from drivers.store.records import Known
from protocols.fiscal import Paper, Shift
from protocols.life import State
from protocols.order import Order
from protocols.register_settings import RegisterSettings
from protocols.till import TillWork, Work
from tests.fakes.shop import LONG, POS_ID, Shop

OPEN, CLOSE = TillWork(POS_ID, Work.OPEN_SHIFT), TillWork(POS_ID, Work.CLOSE_SHIFT)
HOUR = 3600.0
MANUAL = Policy(auto_open_shift=False, reopen_expired_shift=False)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, policy=MANUAL)


def code(outcome: object) -> str:
    assert isinstance(outcome, NotReady), outcome
    return outcome.code


async def alarms(shop: Shop) -> list[str]:
    return [alarm["code"] for alarm in (await shop.world())[f"kkt.{POS_ID}"]["alarms"]]


async def place(shop: Shop, order: Order) -> object:
    return await shop.kkt_box.address.ask(shop.order(order=order), within=LONG)


@pytest.mark.parametrize(
    ("shift", "remedies"),
    [(Shift.CLOSED, [OPEN]), (Shift.EXPIRED, [CLOSE, OPEN])],
)
async def test_a_receipt_waits_for_the_person_who_turns_the_shift(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, shift: Shift, remedies: list[TillWork]
) -> None:
    shop.register.shift = shift
    await shop.open_till(nursery)

    assert code(await shop.sell()) == f"KKT_SHIFT_{shift.name}"
    assert shop.states() == []
    for remedy in remedies:
        assert isinstance(await place(shop, remedy), Known)
    assert isinstance(await shop.sell(), Known)
    assert len(shop.register.sold) == 1
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("turns", [[CLOSE, OPEN], []], ids=["by a person", "on the register's keys"])
async def test_a_receipt_that_is_taken_already_waits_behind_an_expired_shift_and_is_printed_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, turns: list[TillWork]
) -> None:
    await shop.open_till(nursery)
    shop.register.shift = Shift.EXPIRED  # as it happens, within the second in which the last look is believed
    waits = await shop.sell(300)
    assert isinstance(waits, Known)
    await trio.sleep(2 * LOOK)

    assert shop.states() == ["accepted"]
    assert code(await shop.sell(400)) == "KKT_SHIFT_EXPIRED"
    for order in turns:
        done = await place(shop, order)
        assert isinstance(done, Known)
        assert done.state is State.DONE
    if not turns:
        shop.register.turns_shift(Work.CLOSE_SHIFT)
        shop.register.turns_shift(Work.OPEN_SHIFT)
    await trio.sleep(2 * LOOK)

    assert shop.register.turned == [Work.CLOSE_SHIFT, Work.OPEN_SHIFT]
    assert shop.register.sold == [300]
    nursery.cancel_scope.cancel()


async def test_work_on_the_shift_that_waits_behind_such_a_receipt_is_done_before_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.shift = Shift.EXPIRED
    await shop.sell(300)
    await trio.sleep(LOOK)
    await place(shop, CLOSE)
    await trio.sleep(0.1)  # so that the register is believed when the paper ends
    shop.register.paper = Paper.OUT
    waits = await place(shop, OPEN)
    assert isinstance(waits, Known)
    assert waits.state is State.ACCEPTED

    shop.register.paper = Paper.PRESENT
    await trio.sleep(2 * LOOK)

    assert shop.register.turned == [Work.CLOSE_SHIFT, Work.OPEN_SHIFT]
    assert shop.register.sold == [300]
    nursery.cancel_scope.cancel()


async def test_cash_does_not_pass_a_receipt_that_waits_for_a_shift(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.shift = Shift.EXPIRED
    await shop.sell(300)
    await trio.sleep(LOOK)

    assert code(await place(shop, TillWork(POS_ID, Work.CASH_IN, 100))) == "KKT_SHIFT_EXPIRED"
    nursery.cancel_scope.cancel()


async def test_an_expired_shift_is_reopened_even_where_shifts_are_opened_by_hand(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.policy = Policy(auto_open_shift=False)
    shop.register.shift = Shift.EXPIRED
    await shop.open_till(nursery)

    await shop.sell(100)

    assert shop.register.turned == [Work.CLOSE_SHIFT, Work.OPEN_SHIFT]
    assert shop.register.sold == [100]
    nursery.cancel_scope.cancel()


# the age of the shift


async def test_a_shift_is_as_old_as_the_report_that_opened_it_whoever_restarts(
    shop: Shop, autojump_clock: MockClock, tmp_path: Path
) -> None:
    shop.policy = Policy()
    shop.register.shift = Shift.CLOSED
    async with trio.open_nursery() as first:
        await shop.open_till(first)
        await shop.sell(100)
        first.cancel_scope.cancel()
    opened_at = shop.register.now
    await trio.sleep(5 * HOUR)
    again = Shop(tmp_path, shop.register)
    async with trio.open_nursery() as second:
        await again.open_till(second)
        told = (await again.world())[f"kkt.{POS_ID}"]["shift_opened_at"]
        second.cancel_scope.cancel()

    assert abs(told - opened_at) < timedelta(seconds=1)


async def test_a_warning_is_said_once_at_23_hours_and_once_when_the_shift_is_closed(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    with capture_logs() as logs:
        await shop.open_till(nursery)
        await shop.until(hours=22, minutes=59)
        assert not [entry for entry in logs if entry.get("code") == "SHIFT_OLD"]
        await shop.until(hours=23, minutes=1)
        assert "SHIFT_OLD" in await alarms(shop)
        await shop.until(hours=23, minutes=30)
        await place(shop, CLOSE)
        await trio.sleep(LOOK)

    said = [entry["event"] for entry in logs if entry.get("code") == "SHIFT_OLD"]
    assert said == ["register_alarm", "register_alarm_ended"]
    assert "SHIFT_OLD" not in await alarms(shop)
    nursery.cancel_scope.cancel()


async def test_a_shift_that_something_else_opened_counts_from_when_it_was_first_seen(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await trio.sleep(HOUR)

    told = (await shop.world())[f"kkt.{POS_ID}"]

    assert abs(shop.register.now - told["shift_opened_at"] - timedelta(hours=1)) < timedelta(seconds=1)
    nursery.cancel_scope.cancel()


def test_the_policy_is_what_was_configured() -> None:
    register = RegisterSettings(
        pos_id="POS-1",
        device_path="tcp://10.0.0.1:7778",
        timezone="Asia/Omsk",
        linger=3,
        auto_open_shift=False,
        reopen_expired_shift=False,
        close_shift_at=time(23, 30),
    )

    assert policy_of(register) == Policy(3, 0.5, 30, False, False, time(23, 30), ZoneInfo("Asia/Omsk"))
