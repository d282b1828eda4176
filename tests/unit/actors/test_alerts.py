"""The mode and the alerts of a whole shop: told in the status, kept on disk, told outside; each once each way."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
import structlog
import trio
from trio.testing import MockClock

from actors import buffer, status
from actors.alerts import APART
from actors.herald import LONGEST_PAUSE, MOST, PAUSE
from actors.ofd_sync import Wake
from actors.status import announce
from protocols.fiscal import Condition
from protocols.health import network_status
from protocols.mode import Mode
from tests.fakes.shop import POS_ID, Shop
from tests.samples import FN, NOON, document, intent

ROWS = "SELECT source, code, change FROM notices ORDER BY number"
CLOSED, OPEN, HALF_OPEN = ({"state": state} for state in ("CLOSED", "OPEN", "HALF_OPEN"))
DOWN = {"pos_id": POS_ID, "trouble": {"code": "KKT_HALTED", "message": "…"}}
FIVE_MINUTES = 300.0
DAY = 86_400.0


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def open_shop(shop: Shop, nursery: trio.Nursery) -> None:
    await shop.open(nursery, "status", "buffer", "alerts")
    await trio.sleep(2 * APART)


def tell(shop: Shop, component: str, state: Any) -> None:
    announce(shop.status_box.address, component, state)


async def told(shop: Shop) -> Any:
    return (await shop.world())["alerts"]


async def codes(shop: Shop) -> list[str]:
    return [alert["code"] for alert in (await told(shop))["standing"]]


async def another_life(shop: Shop, breaker: dict[str, str]) -> Shop:
    """A process on the same disk, from its start until all is judged."""
    again = Shop(shop.data)
    async with trio.open_nursery() as nursery:
        await again.open(nursery, "status", "buffer")
        tell(again, "breaker.ofd", breaker)
        await again.open(nursery, "alerts")
        await trio.sleep(FIVE_MINUTES + 5)
        nursery.cancel_scope.cancel()
    return again


async def a_life_of_the_till(shop: Shop, condition: Condition) -> Shop:
    again = Shop(shop.data)
    again.register.condition = condition
    async with trio.open_nursery() as nursery:
        await again.open(nursery, "status", "buffer", "kkt", "alerts")
        await trio.sleep(100)
        nursery.cancel_scope.cancel()
    return again


async def test_the_mode_gets_worse_within_a_second_and_better_after_its_dwell_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_shop(shop, nursery)
    assert ((await told(shop))["mode"], (await told(shop))["mode_since"]) == ("online", NOON)

    tell(shop, "breaker.ofd", OPEN)
    await trio.sleep(0.01)
    assert (await told(shop))["mode"] == "offline"

    await trio.sleep(60)
    tell(shop, "breaker.ofd", CLOSED)
    await trio.sleep(shop.limits.dwell - 0.01)
    assert (await told(shop))["mode"] == "offline"
    await trio.sleep(APART)
    assert (await told(shop))["mode"] == "online"
    assert (await told(shop))["mode_since"] == NOON + timedelta(seconds=2 * APART + 60.01 + shop.limits.dwell)
    nursery.cancel_scope.cancel()


async def test_an_alert_begins_at_its_time_though_nothing_else_happens_and_is_told_everywhere(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_shop(shop, nursery)
    opened = trio.current_time()
    tell(shop, "breaker.ofd", OPEN)
    await trio.sleep(FIVE_MINUTES - 0.01)
    assert await codes(shop) == []

    await trio.sleep(0.02)

    (alert,) = (await told(shop))["standing"]
    assert (alert["code"], alert["level"], alert["pos_id"]) == ("OFD_LOST", "P2", None)
    assert alert["since"] == NOON + timedelta(seconds=opened + FIVE_MINUTES)
    assert shop.webhook.heard == [{**alert, "event": "began", "at": alert["since"], "gateway": "shop"}]
    assert shop.store.rows(ROWS) == [("gateway", "OFD_LOST", "began")]

    tell(shop, "breaker.ofd", CLOSED)
    await trio.sleep(2)
    assert shop.webhook.news() == [("began", "OFD_LOST"), ("ended", "OFD_LOST")]
    nursery.cancel_scope.cancel()


async def test_a_registers_alert_names_it_and_does_not_end_the_registers_own_alarms_on_disk(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_shop(shop, nursery)
    tell(shop, f"kkt.{POS_ID}", DOWN)
    await trio.sleep(2)
    tell(shop, f"kkt.{POS_ID}", DOWN | {"trouble": None})
    await trio.sleep(2)

    assert shop.store.rows(ROWS) == [(f"gateway.{POS_ID}", "REGISTER_HALTED", change) for change in ("began", "ended")]
    assert [event["pos_id"] for event in shop.webhook.heard] == [POS_ID, POS_ID]
    nursery.cancel_scope.cancel()


async def test_what_stood_before_a_restart_is_not_begun_again_and_keeps_its_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    first = await another_life(shop, OPEN)
    began = first.webhook.heard[0]["since"]

    second = await another_life(shop, OPEN)
    third = await another_life(shop, CLOSED)

    assert (first.webhook.news(), second.webhook.news()) == ([("began", "OFD_LOST")], [])
    assert third.webhook.news() == [("ended", "OFD_LOST")]
    assert abs(third.webhook.heard[0]["since"] - began) < timedelta(seconds=1)
    await shop.open(nursery, "buffer")
    assert shop.store.rows(ROWS) == [("gateway", "OFD_LOST", "began"), ("gateway", "OFD_LOST", "ended")]
    nursery.cancel_scope.cancel()


async def test_a_status_that_is_started_anew_ends_nothing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_shop(shop, nursery)
    tell(shop, f"kkt.{POS_ID}", DOWN)
    await trio.sleep(2)
    shop.status_box.address.tell("what kills it")  # type: ignore[arg-type]
    await trio.sleep(30)

    assert shop.crashes() == ["status"]
    assert await codes(shop) == ["REGISTER_HALTED"]
    assert shop.webhook.news() == [("began", "REGISTER_HALTED")]
    nursery.cancel_scope.cancel()


async def test_a_crash_of_its_own_is_seen_and_begins_nothing_twice(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_shop(shop, nursery)
    tell(shop, f"kkt.{POS_ID}", DOWN)
    await trio.sleep(2)
    shop.alerts_box.address.tell("what kills it")
    await trio.sleep(0.01)
    assert await told(shop) == {}

    await trio.sleep(5)

    assert (shop.crashes(), await codes(shop)) == (["alerts"], ["REGISTER_HALTED"])
    assert shop.webhook.news() == [("began", "REGISTER_HALTED")]
    nursery.cancel_scope.cancel()


async def test_without_it_for_good_the_mode_is_judged_by_the_moment(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer")
    async with trio.open_nursery() as outside:
        await outside.start(shop._alerts().run)
        tell(shop, "breaker.ofd", OPEN)
        await trio.sleep(2)
        tell(shop, "breaker.ofd", CLOSED)
        await trio.sleep(2)
        assert network_status(await shop.world()) is Mode.OFFLINE
        outside.cancel_scope.cancel()
    await trio.sleep(0.01)

    assert network_status(await shop.world()) is Mode.ONLINE
    nursery.cancel_scope.cancel()


async def test_a_closed_mailbox_ends_it(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await shop.open(nursery, "status", "buffer")
    async with trio.open_nursery() as outside:
        await outside.start(shop._alerts().run)
        shop.alerts_box.close()
        await trio.sleep(1)
        assert not outside.child_tasks
    nursery.cancel_scope.cancel()


async def test_a_disk_that_does_not_answer_does_not_make_it_blind(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.store.takes = 3600.0
    await shop.open(nursery, "status", "buffer", "alerts")
    tell(shop, "breaker.ofd", OPEN)
    await trio.sleep(30)

    assert (await told(shop))["mode"] == "offline"
    nursery.cancel_scope.cancel()


async def test_sales_a_hundred_times_a_second_are_looked_at_once_a_second(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    await open_shop(shop, nursery)
    monkeypatch.setattr("actors.alerts.describe", lambda _: looks.append(trio.current_time()))
    tell(shop, f"kkt.{POS_ID}", DOWN)
    await trio.sleep(0.01)
    for number in range(1000):
        tell(shop, f"kkt.{POS_ID}", DOWN | {"last_fd": number})
        await trio.sleep(0.01)

    at_times = sorted(set(looks))
    assert 9 <= len(at_times) <= 11
    assert all(later - at >= APART for at, later in pairwise(at_times))
    nursery.cancel_scope.cancel()


# who is told outside


async def test_a_receiver_that_is_away_hears_all_of_it_later_in_order_and_each_under_one_id(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.webhook.down = True
    await open_shop(shop, nursery)
    with structlog.testing.capture_logs() as logs:
        for state in (DOWN, DOWN | {"trouble": None}, DOWN):
            tell(shop, f"kkt.{POS_ID}", state)
            await trio.sleep(2)
        await trio.sleep(3600)
        shop.webhook.down = False
        await trio.sleep(LONGEST_PAUSE)

    assert shop.webhook.news() == [(event, "REGISTER_HALTED") for event in ("began", "ended", "began")]
    assert len({event_id for event_id, _ in shop.webhook.called}) == 3
    pauses = [later - at for (_, at), (_, later) in pairwise(shop.webhook.called)][:10]
    assert all(PAUSE / 2 <= pause <= LONGEST_PAUSE for pause in pauses)
    assert pauses[-1] >= LONGEST_PAUSE / 2
    said = [entry["event"] for entry in logs if entry["event"].startswith("webhook")]
    assert said == ["webhook_lost", "webhook_regained"]
    nursery.cancel_scope.cancel()


async def test_a_registers_own_alarms_are_told_outside_too_and_not_again_after_a_restart(
    shop: Shop, autojump_clock: MockClock
) -> None:
    few = Condition(FN, documents_left=50)
    lives = [await a_life_of_the_till(shop, condition) for condition in (few, few, Condition(FN))]

    assert [life.webhook.news() for life in lives] == [
        [("began", "DRIVE_NEARLY_FULL")],
        [],
        [("ended", "DRIVE_NEARLY_FULL")],
    ]
    (began,), (ended,) = lives[0].webhook.heard, lives[2].webhook.heard
    assert (began["pos_id"], began["level"]) == (POS_ID, "P1")
    assert abs(began["since"] - ended["since"]) <= timedelta(seconds=1)
    assert began["message"] == f"Register {POS_ID}: The fiscal drive has room for 50 more documents."
    assert began["message_ru"].startswith(f"Касса {POS_ID}: ")


async def test_what_is_refused_holds_up_nothing(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    shop.webhook.refuses = True
    await open_shop(shop, nursery)
    tell(shop, f"kkt.{POS_ID}", DOWN)
    await trio.sleep(2)
    shop.webhook.refuses = False
    tell(shop, f"kkt.{POS_ID}", DOWN | {"trouble": None})
    await trio.sleep(2)

    assert shop.webhook.news() == [("ended", "REGISTER_HALTED")]
    nursery.cancel_scope.cancel()


async def test_a_slow_receiver_holds_up_neither_the_mode_nor_what_is_kept_on_disk(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.webhook.takes = 3600.0
    await open_shop(shop, nursery)
    tell(shop, f"kkt.{POS_ID}", DOWN)
    await trio.sleep(2)
    tell(shop, "breaker.ofd", OPEN)
    await trio.sleep(0.01)

    assert (await told(shop))["mode"] == "offline"
    assert [code for _, code, _ in shop.store.rows(ROWS)] == ["REGISTER_HALTED"]
    nursery.cancel_scope.cancel()


async def test_while_a_receiver_is_away_for_long_the_oldest_events_are_dropped(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.webhook.down = True
    await open_shop(shop, nursery)
    with structlog.testing.capture_logs() as logs:
        for number in range(MOST + 10):
            tell(shop, f"kkt.{POS_ID}", DOWN if number % 2 == 0 else DOWN | {"trouble": None})
            await trio.sleep(2)
    shop.webhook.down = False
    await trio.sleep(2 * LONGEST_PAUSE)

    assert len(shop.webhook.heard) == MOST
    assert shop.webhook.heard[-1]["event"] == "ended"
    assert len([entry for entry in logs if entry["event"] == "alert_event_dropped"]) == 10
    nursery.cancel_scope.cancel()


async def test_an_event_that_was_pushed_out_while_it_was_being_told_takes_no_other_with_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.webhook.takes = 3 * MOST
    await open_shop(shop, nursery)
    for number in range(MOST + 2):
        tell(shop, f"kkt.{POS_ID}", DOWN if number % 2 == 0 else DOWN | {"trouble": None})
        await trio.sleep(2)
    shop.webhook.takes = 0
    await trio.sleep(3 * MOST)

    # the first was under way, the second is the one that was dropped
    assert [event["event"] for event in shop.webhook.heard] == ["began", *["began", "ended"] * (MOST // 2)]
    nursery.cancel_scope.cancel()


# a day of bad weather


@pytest.mark.parametrize("seed", range(2))
async def test_in_a_day_of_a_flapping_network_modes_are_few_and_every_alert_begins_and_ends_in_turn(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, seed: int
) -> None:
    """For up to half an hour the breaker opens, tries and closes every few seconds; often Odoo is lost too."""
    random, modes, spells, flaps = Random(seed), list[str](), 0, 0
    await open_shop(shop, nursery)
    nursery.start_soon(_watch_modes, shop, modes)
    while trio.current_time() < DAY:
        tell(shop, "odoo", odoo(0, random.uniform(-2, 2)))
        tell(shop, "breaker.ofd", CLOSED)
        await trio.sleep(random.uniform(600, 3600))
        spells += 1
        tell(shop, "odoo", odoo(random.randrange(4), random.uniform(-2, 2)))
        tell(shop, "breaker.ofd", OPEN)
        await trio.sleep(random.uniform(0, 2 * FIVE_MINUTES))
        ends = trio.current_time() + random.uniform(60, 1800)
        while trio.current_time() < ends:
            for state, most in ((OPEN, 60), (HALF_OPEN, 5), (CLOSED, shop.limits.dwell - APART)):
                flaps += 1
                tell(shop, "breaker.ofd", state)
                await trio.sleep(random.uniform(0.5, most))
    tell(shop, "odoo", odoo(0, 0.0))
    tell(shop, "breaker.ofd", CLOSED)
    await trio.sleep(60)

    assert all(later != mode for mode, later in pairwise(modes))
    assert spells < len(modes) <= 1 + 3 * spells < flaps / 5
    assert await codes(shop) == []
    heard = [(event["code"], event["event"]) for event in shop.webhook.heard]
    for code in dict(heard):
        events = [event for each, event in heard if each == code]
        assert events == ["began", "ended"] * (len(events) // 2)
    assert {"OFD_LOST", "ODOO_LOST"} <= dict(heard).keys()
    assert [(code, change) for _, code, change in shop.store.rows(ROWS)] == heard
    nursery.cancel_scope.cancel()


def odoo(missed: int, drift: float) -> dict[str, Any]:
    return {"status": "lost" if missed == 3 else "online", "missed_in_a_row": missed, "clock_drift_seconds": drift}


async def _watch_modes(shop: Shop, modes: list[str]) -> None:
    feed = await shop.status_box.address.ask(status.Follow(), within=1)
    while True:
        for change in await feed.changes():
            if change.component == "alerts" and [change.state["mode"]] != modes[-1:]:
                modes.append(change.state["mode"])


async def test_an_outage_that_one_receipt_waited_out_is_over_when_that_receipt_is_there(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await shop.open(nursery, "status", "buffer", "breaker", "sync", "alerts")
    claim = intent()
    await shop.ask(buffer.Claim(claim))
    await shop.ask(buffer.Printed(claim.receipt_id, document()))
    shop.sync_box.address.tell(Wake())
    await trio.sleep(2 * FIVE_MINUTES)
    assert (await told(shop))["mode"] == "offline"
    assert await codes(shop) == ["OFD_LOST"]

    shop.ofd.down = False
    await trio.sleep(2 * FIVE_MINUTES)

    assert shop.states() == ["synced"]
    assert ((await told(shop))["mode"], await codes(shop)) == ("online", [])
    nursery.cancel_scope.cancel()
