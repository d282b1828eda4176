"""A register is looked after between sales, never instead of one, and an alarm is said once each way."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from actors.kkt.upkeep import LOOK
from actors.kkt.watching import AGAIN, EVERY
from drivers.kkt.port import RegisterRefused
from drivers.store.records import Known
from protocols.fiscal import Condition, DriveWarning, Paper
from tests.fakes.shop import POS_ID, Shop
from tests.samples import FN, NOON


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def state(shop: Shop) -> Any:
    return (await shop.world())[f"kkt.{POS_ID}"]


async def test_it_is_inspected_at_the_first_quiet_moment_and_then_once_a_minute(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await trio.sleep(5 * EVERY + 1)

    times = shop.register.times_of("inspect")

    assert times[0] == 0
    assert all(EVERY <= later - at < EVERY + LOOK for at, later in pairwise(times))
    assert len(times) >= 5
    nursery.cancel_scope.cancel()


async def test_a_sale_that_waits_at_the_start_comes_before_the_inspection(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    order = shop.order()
    shop.kkt_box.address.tell(order)
    await shop.open_till(nursery)

    assert isinstance(await order.wait(), Known)
    await trio.sleep(LOOK)
    called = [name for name, _ in shop.register.calls]
    assert called.index("print") < called.index("inspect")
    nursery.cancel_scope.cancel()


async def test_a_look_in_front_of_a_sale_inspects_nothing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    before = len(shop.register.times_of("inspect"))
    for _ in range(100):
        await trio.sleep(2)  # the last look is not believed any more, and the next not due
        await shop.sell()

    assert len(shop.register.times_of("inspect")) == before
    nursery.cancel_scope.cancel()


async def test_its_state_tells_all_that_was_seen(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    shop.register.condition = Condition(
        FN,
        expires=(NOON + timedelta(days=400)).date(),
        documents_left=5000,
        warnings=frozenset({DriveWarning.OFD_OVERDUE}),
        unsent=7,
        oldest_unsent=NOON - timedelta(hours=10),
        ffd="1.2",
        firmware="С.2",
        cover_open=False,
        temperature_celsius=31.26,
        supply_volts=24.04,
    )
    shop.register.clock_ahead = timedelta(seconds=90)
    await shop.open_till(nursery)

    told = await state(shop)

    assert (told["driver"], told["ffd"], told["clock_drift_s"]) == ("shtrih", "1.2", 90)
    assert told["drive"] == {
        "fn": FN,
        "expires": (NOON + timedelta(days=400)).date(),
        "days_left": 400,
        "documents_left": 5000,
        "warnings": ["ofd_overdue"],
    }
    assert told["ofd_queue"]["unsent"] == 7
    assert told["ofd_queue"]["oldest_age_s"] == 36_090
    assert told["ofd_queue"]["days_left"] == 29
    assert (told["temperature_c"], told["supply_v"], told["battery_v"]) == (31.3, 24.0, None)
    assert [alarm["code"] for alarm in told["alarms"]] == ["OFD_QUEUE_OLD"]
    nursery.cancel_scope.cancel()


async def test_an_alarm_is_said_when_it_begins_when_it_grows_and_when_it_ends(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    with capture_logs() as logs:
        await shop.open_till(nursery)
        for days in (40, 29, 29, 2, 2, 2, 40, 40):
            shop.register.condition = Condition(FN, expires=(NOON + timedelta(days=days)).date())
            await trio.sleep(EVERY + LOOK)

    said = [(entry["event"], entry.get("alert"), entry["log_level"]) for entry in logs if "code" in entry]
    assert said == [
        ("register_alarm", "P2", "warning"),
        ("register_alarm", "P1", "critical"),
        ("register_alarm_ended", None, "info"),
    ]
    nursery.cancel_scope.cancel()


async def test_an_open_cover_is_looked_at_more_often(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.condition = Condition(FN, cover_open=True)
    await shop.open_till(nursery)
    assert [alarm["code"] for alarm in (await state(shop))["alarms"]] == ["COVER_OPEN"]

    shop.register.condition = Condition(FN, cover_open=False)
    await trio.sleep(AGAIN + 1)

    assert (await state(shop))["alarms"] == []
    nursery.cancel_scope.cancel()


async def test_a_register_that_will_not_be_inspected_sells(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse() -> Condition:
        await trio.lowlevel.checkpoint()
        raise RegisterRefused(0x37, "Команда не поддерживается")

    monkeypatch.setattr(shop.register, "inspect", refuse)
    await shop.open_till(nursery)
    await trio.sleep(EVERY)

    assert isinstance(await shop.sell(), Known)
    assert "drive" not in await state(shop)
    assert len(shop.register.times_of("connect")) == 1
    nursery.cancel_scope.cancel()


async def test_a_link_that_breaks_in_an_inspection_is_made_anew_and_what_was_seen_is_kept(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.register.condition = Condition(FN, documents_left=50)
    await shop.open_till(nursery)
    shop.register.away = True
    await trio.sleep(EVERY)
    told = await state(shop)
    assert told["trouble"]["code"] == "KKT_UNAVAILABLE"
    assert [alarm["code"] for alarm in told["alarms"]] == ["DRIVE_NEARLY_FULL"]

    shop.register.away = False
    shop.register.condition = Condition(FN, documents_left=50_000)
    await trio.sleep(EVERY)

    told = await state(shop)
    assert (told["ready"], told["alarms"]) == (True, [])
    nursery.cancel_scope.cancel()


async def test_a_register_that_waits_for_a_persons_decision_is_watched_all_the_same(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.losses.append("after")
    await shop.sell(100)
    shop.register.unreadable.add(1)
    await trio.sleep(EVERY)
    assert (await state(shop))["trouble"]["code"] == "KKT_HALTED"
    before = len(shop.register.times_of("inspect"))

    await trio.sleep(2 * EVERY)

    assert len(shop.register.times_of("inspect")) > before
    nursery.cancel_scope.cancel()


async def test_its_state_tells_how_long_receipts_take_from_the_tills_request_to_paper(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    assert (await state(shop))["receipt_latency_p95_s"] is None
    shop.register.print_time = 2.0
    for order in (waiting := [shop.order() for _ in range(3)]):
        shop.kkt_box.address.tell(order)

    for order in waiting:
        await order.wait()
    await trio.sleep(LOOK)

    assert (await state(shop))["receipt_latency_p95_s"] == 6.0  # the third waited for two others
    nursery.cancel_scope.cancel()


async def test_a_receipt_that_had_to_wait_for_paper_took_all_that_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.refusals.append(RegisterRefused(0x6B, "Нет чековой ленты", passing=True))
    await shop.sell()
    shop.register.paper = Paper.OUT
    await trio.sleep(90)
    shop.register.paper = Paper.PRESENT
    await trio.sleep(2 * LOOK)

    assert len(shop.register.journal) == 1
    assert 90 <= (await state(shop))["receipt_latency_p95_s"] <= 90 + 2 * LOOK
    nursery.cancel_scope.cancel()
