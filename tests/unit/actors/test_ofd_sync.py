"""Delivery: in order, for as long as it takes, and never at the cost of a receipt that is not to blame."""

from datetime import timedelta
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from actors import buffer, circuit_breaker, deliveries, ofd_sync
from actors.ofd_sync import PATIENCE, PAUSE, Begun, NoWay, Policy, Sync, Wake
from actors.status import PULSE
from drivers.store.records import View
from protocols import breaker
from protocols.jsontext import loads
from protocols.life import State
from protocols.link_policy import BreakerPolicy
from tests.fakes.shop import Shop
from tests.samples import NOON, document, intent, sale

HOUR = 3600.0
OPENS = BreakerPolicy(failure_threshold=5, recovery_timeout=60.0, success_threshold=3, recovery_jitter=0)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, rules=OPENS)


async def open_all(shop: Shop, nursery: trio.Nursery) -> None:
    await shop.open(nursery, "status", "buffer", "breaker", "sync")


async def print_receipts(shop: Shop, *fds: int, pos_id: str = "POS-001") -> list[str]:
    """Puts printed receipts into the buffer and wakes the sender; their ids."""
    ids = []
    for fd in fds:
        claim = intent(sale(pos_id=pos_id), fd=fd - 1)
        await shop.ask(buffer.Claim(claim))
        await shop.ask(buffer.Printed(claim.receipt_id, document(fd, fn=f"FN of {pos_id}")))
        ids.append(claim.receipt_id)
    shop.sync_box.address.tell(Wake())
    return ids


async def look(shop: Shop, receipt_id: str) -> View:
    view = await shop.ask(buffer.Look(receipt_id))
    assert isinstance(view, View)
    return view


async def test_receipts_are_delivered_in_the_order_of_their_documents(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_all(shop, nursery)

    await print_receipts(shop, *range(1, 21))
    await trio.sleep(1)

    assert shop.ofd.accepted == [("POS-001", fd) for fd in range(1, 21)]
    assert set(shop.states()) == {"synced"}
    nursery.cancel_scope.cancel()


async def test_what_waited_before_the_start_is_delivered_without_a_wake(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    await print_receipts(shop, 1)
    await shop.open(nursery, "sync")

    await trio.sleep(1)

    assert shop.ofd.accepted == [("POS-001", 1)]
    nursery.cancel_scope.cancel()


async def test_a_receipt_that_nobody_told_of_is_found_at_the_next_look(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.delivery = Policy(look_every=120.0)
    await open_all(shop, nursery)
    await trio.sleep(1)
    claim = intent()
    await shop.ask(buffer.Claim(claim))
    await shop.ask(buffer.Printed(claim.receipt_id, document()))

    await trio.sleep(120)

    assert shop.ofd.calls == [("POS-001", 1, 120.0)]
    nursery.cancel_scope.cancel()


async def test_a_refused_receipt_holds_up_its_own_register_and_no_other(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.refuses.add("POS-001")
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2)

    await print_receipts(shop, 1, 2, pos_id="POS-002")
    await trio.sleep(1)

    assert shop.ofd.accepted == [("POS-002", 1), ("POS-002", 2)]
    assert shop.states() == ["pending", "pending", "synced", "synced"]
    nursery.cancel_scope.cancel()


async def test_the_pauses_after_a_refusal_double_up_to_the_longest(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.refuses.add("POS-001")
    await open_all(shop, nursery)
    await print_receipts(shop, 1)

    await trio.sleep(1200)

    times = [at for _, _, at in shop.ofd.calls]
    assert times == [0, 5, 15, 35, 75, 155, 315, 615, 915]
    nursery.cancel_scope.cancel()


async def test_twenty_refusals_kill_a_receipt_and_those_behind_it_go_on(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.refuses.add("POS-001")
    await open_all(shop, nursery)
    (first, _) = await print_receipts(shop, 1, 2)

    await trio.sleep(4300)
    shop.ofd.refuses.clear()
    await trio.sleep(300)

    assert len([fd for _, fd, _ in shop.ofd.calls if fd == 1]) == 20
    assert shop.states() == ["dead", "synced"]
    assert (await look(shop, first)).last_error == "no such register here"
    nursery.cancel_scope.cancel()


async def test_a_dead_letter_that_is_refused_again_holds_up_nobody(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    """Else a person's word would stop a register's deliveries for hours, and a full buffer its sales."""
    shop.delivery = Policy(max_attempts=2)
    shop.ofd.refuses_documents = {("POS-001", 1), ("POS-001", 2)}
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2)
    await trio.sleep(60)
    assert shop.states() == ["dead", "dead"]

    await shop.ask(deliveries.RetryAll("Иванова", 0, 100))
    await print_receipts(shop, 3, 4)
    await trio.sleep(1)
    assert shop.states() == ["pending", "pending", "synced", "synced"]
    await trio.sleep(60)

    assert shop.states() == ["dead", "dead", "synced", "synced"]
    assert [fd for _, fd, _ in shop.ofd.calls] == [1, 1, 2, 2, 1, 2, 3, 4, 1, 2]
    nursery.cancel_scope.cancel()


async def test_a_job_is_not_done_while_a_dead_letter_that_was_sent_again_is_refused(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.delivery = Policy(max_attempts=2)
    shop.ofd.refuses.add("POS-001")
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(60)
    await shop.ask(deliveries.RetryAll("Иванова", 0, 100))
    shop.sync_box.address.tell(Wake())
    await trio.sleep(1)
    shop.ofd.refuses.clear()

    await sync(shop, force=True)
    await trio.sleep(1)

    assert shop.states() == ["synced"]
    nursery.cancel_scope.cancel()


async def test_an_outage_of_hours_costs_no_receipt_an_attempt(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    (receipt_id,) = await print_receipts(shop, 1)
    await trio.sleep(4 * HOUR)

    assert (await look(shop, receipt_id)).attempts == 0
    shop.ofd.down = False
    await trio.sleep(300)

    assert shop.states() == ["synced"]
    nursery.cancel_scope.cancel()


async def test_while_the_ofd_is_down_the_breaker_lets_a_probe_through_now_and_then(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, 1)

    await trio.sleep(HOUR)

    times = [at for _, _, at in shop.ofd.calls]
    assert times[:5] == [0, PAUSE, 2 * PAUSE, 3 * PAUSE, 4 * PAUSE]
    assert times[5:10] == [64.0, 184.0, 424.0, 724.0, 1024.0]  # 60 seconds, twice as long each time, 300 at most
    nursery.cancel_scope.cancel()


async def test_the_way_is_told_to_be_shut_and_open_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(30)
    assert await answer_status(shop, 2) == "buffered"
    assert (await shop.world())["ofd"]["status"] == "offline"
    shop.ofd.down = False

    await trio.sleep(120)

    assert await answer_status(shop, 3) == "printed"
    assert (await shop.world())["ofd"]["status"] == "online"
    nursery.cancel_scope.cancel()


async def test_an_hours_pause_that_the_ofd_asks_for_is_kept_and_shown(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down, shop.ofd.pause = True, HOUR
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(60)
    shop.ofd.down = False

    told = (await shop.world())["ofd"]
    assert (told["status"], told["retry_at"]) == ("offline", NOON + timedelta(seconds=HOUR))
    assert await answer_status(shop, 2) == "buffered"
    await trio.sleep(HOUR)
    assert [at for _, _, at in shop.ofd.calls] == [0, HOUR, HOUR]
    nursery.cancel_scope.cancel()


async def test_a_short_pause_that_the_ofd_asks_for_shuts_no_way(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down, shop.ofd.pause = True, 30.0
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(1)
    shop.ofd.down = False

    assert (await shop.world())["ofd"]["status"] == "online"
    await trio.sleep(30)
    assert [at for _, _, at in shop.ofd.calls] == [0, 30]
    nursery.cancel_scope.cancel()


async def test_a_forced_delivery_does_not_wait_for_the_end_of_an_hours_pause(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down, shop.ofd.pause = True, HOUR
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2)
    await trio.sleep(60)
    shop.ofd.down = False
    polite = await shop.sync_box.address.ask(Sync("polite", force=False, who="Petrov"), within=1)

    forced = await shop.sync_box.address.ask(Sync("forced", force=True, who="Petrov"), within=1)
    await trio.sleep(1)

    assert polite == NoWay(HOUR - 60)
    assert isinstance(forced, Begun)
    assert shop.ofd.accepted == [("POS-001", 1), ("POS-001", 2)]
    nursery.cancel_scope.cancel()


async def test_a_forced_delivery_ends_when_the_ofd_asks_for_a_pause_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down, shop.ofd.pause = True, HOUR
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(60)

    await shop.sync_box.address.ask(Sync("forced", force=True, who="Petrov"), within=1)
    await trio.sleep(10)

    job = (await shop.world())["ofd"]["job"]
    assert (job["state"], job["delivered"]) == ("stopped", 0)
    assert [at for _, _, at in shop.ofd.calls] == [0, 60]
    nursery.cancel_scope.cancel()


async def test_a_job_that_a_refused_receipt_holds_up_is_not_done(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.refuses.add("POS-001")
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2, 3)
    await trio.sleep(1)

    await sync(shop, force=True)
    await trio.sleep(1)

    job = (await shop.world())["ofd"]["job"]
    assert (job["state"], job["total"], job["delivered"], job["refused"]) == ("stopped", 3, 0, 1)
    assert "POS-001" in job["reason"]
    nursery.cancel_scope.cancel()


async def test_a_job_counts_only_what_goes_this_way_and_is_on_paper(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.elsewhere = ["POS-002"]
    shop.ofd.takes = 1.0
    await open_all(shop, nursery)
    await print_receipts(shop, 1, pos_id="POS-002")
    await shop.ask(buffer.Claim(intent(sale(pos_id="POS-003"))))
    await print_receipts(shop, 1, 2)

    await sync(shop)
    await trio.sleep(10)

    job = (await shop.world())["ofd"]["job"]
    assert (job["state"], job["total"], job["delivered"], job["percent"]) == ("done", 2, 2, 100)
    nursery.cancel_scope.cancel()


async def test_a_refusal_too_shows_that_the_way_is_open(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(30)
    shop.ofd.down = False
    shop.ofd.refuses.add("POS-001")

    await trio.sleep(120)

    assert await answer_status(shop, 2) == "printed"
    nursery.cancel_scope.cancel()


async def test_a_restart_sends_what_was_under_way_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.takes = 5.0
    await open_all(shop, nursery)
    shop.ofd.crash_next.append(ZeroDivisionError("a bug"))
    await print_receipts(shop, 1)
    await trio.sleep(1)
    assert shop.states() == ["syncing"]

    await trio.sleep(20)

    assert shop.crashes() == ["sync"]
    assert shop.states() == ["synced"]
    nursery.cancel_scope.cancel()


async def test_a_receipt_that_crashes_every_sender_is_parked_and_the_next_one_goes_on(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.delivery = Policy(max_attempts=3)
    shop.ofd.crash_next.extend(ZeroDivisionError("a bug") for _ in range(3))
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2)

    await trio.sleep(60)

    assert shop.crashes() == ["sync"] * 3
    assert shop.states() == ["dead", "synced"]
    nursery.cancel_scope.cancel()


async def test_a_stop_in_the_middle_of_a_call_costs_no_attempt(shop: Shop, autojump_clock: MockClock) -> None:
    shop.ofd.takes = 1000.0
    async with trio.open_nursery() as nursery:
        await open_all(shop, nursery)
        await print_receipts(shop, 1)
        await trio.sleep(1)
        shop.top.stop()

    async with shop.store:
        assert shop.store.rows("SELECT state, attempts FROM receipts") == [("pending", 0)]


async def test_a_buffer_that_crashes_under_the_sender_neither_loses_nor_reorders(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.takes = 0.05
    await open_all(shop, nursery)
    await print_receipts(shop, *range(1, 11))
    for _ in range(3):
        await trio.sleep(0.12)
        shop.buffer_box.address.tell(object())  # type: ignore[arg-type]

    await trio.sleep(60)

    assert shop.ofd.accepted == [("POS-001", fd) for fd in range(1, 11)]
    assert set(shop.states()) == {"synced"}
    assert "sync" not in shop.crashes()
    nursery.cancel_scope.cancel()


async def test_a_buffer_too_slow_for_its_sender_costs_no_receipt_an_attempt(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer", "breaker")
    (receipt_id,) = await print_receipts(shop, 1)
    await shop.open(nursery, "sync")
    shop.store.takes = 2 * ofd_sync.PATIENCE
    await trio.sleep(HOUR)
    shop.store.takes = 0.0
    await trio.sleep(60)

    view = await look(shop, receipt_id)
    assert view.state is State.SYNCED
    assert view.attempts == 1
    nursery.cancel_scope.cancel()


async def test_a_buffer_that_was_restarted_learns_before_long_that_the_way_is_shut(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(30)
    shop.buffer_box.address.tell(object())  # type: ignore[arg-type]

    await trio.sleep(PULSE + 1)

    assert await answer_status(shop, 2) == "buffered"
    nursery.cancel_scope.cancel()


async def test_a_buffer_that_was_restarted_learns_it_also_in_a_shop_that_sells_all_the_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(10)
    shop.buffer_box.address.tell(object())  # type: ignore[arg-type]
    await trio.sleep(1)

    for fd in range(2, 6):
        (last,) = await print_receipts(shop, fd)
        await trio.sleep(PULSE / 2)

    assert loads(shop.store.rows(f"SELECT answer FROM receipts WHERE id = '{last}'")[0][0])["status"] == "buffered"
    nursery.cancel_scope.cancel()


async def test_a_breaker_that_crashes_does_not_stop_delivery(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_all(shop, nursery)
    shop.breaker_box.address.tell(object())  # type: ignore[arg-type]
    await print_receipts(shop, 1)

    await trio.sleep(30)

    assert shop.states() == ["synced"]
    assert shop.crashes() == ["breaker"]
    nursery.cancel_scope.cancel()


async def test_a_stop_ends_it_after_the_receipt_in_hand(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.takes = 2.0
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2)
    await trio.sleep(1)

    shop.sync_box.close()
    await trio.sleep(10)

    assert shop.states() == ["synced", "pending"]
    nursery.cancel_scope.cancel()


async def test_what_is_no_message_is_a_crash(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await open_all(shop, nursery)

    shop.sync_box.address.tell(object())  # type: ignore[arg-type]
    await trio.sleep(10)

    assert shop.crashes() == ["sync"]
    nursery.cancel_scope.cancel()


async def test_its_state_is_told_though_nothing_happens(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(60)

    state = (await shop.world())["ofd"]

    assert (state["status"], state["delivered"], state["last_error"]) == ("online", 1, None)
    assert state["last_successful_sync"] is not None
    nursery.cancel_scope.cancel()


def test_the_twentieth_pause_is_not_longer_than_the_longest() -> None:
    assert [Policy().backoff(attempt) for attempt in (1, 2, 7, 20, 10_000)] == [5.0, 10.0, 300.0, 300.0, 300.0]
    assert ofd_sync.Policy().max_attempts == 20


async def answer_status(shop: Shop, fd: int) -> str:
    claim = intent(fd=fd - 1)
    await shop.ask(buffer.Claim(claim))
    answer: dict[str, str] = loads(await shop.ask(buffer.Printed(claim.receipt_id, document(fd))))
    return answer["status"]


async def test_an_hour_without_the_ofd_costs_it_the_probes_and_brings_two_hundred_in_order_and_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    shop.capacity = 1000
    await open_all(shop, nursery)
    for fd in range(1, 101):
        await print_receipts(shop, fd)
        await print_receipts(shop, fd, pos_id="POS-002")
    await trio.sleep(HOUR)

    probes = HOUR / OPENS.max_recovery_timeout + 3  # the first three open times are shorter
    assert 5 < len(shop.ofd.calls) <= 5 + probes
    assert shop.ofd.accepted == []
    shop.ofd.down = False
    shop.ofd.takes = 0.05
    await trio.sleep(OPENS.max_recovery_timeout + 30)

    for pos_id in ("POS-001", "POS-002"):
        assert [fd for pos, fd in shop.ofd.accepted if pos == pos_id] == list(range(1, 101))
    assert len(shop.ofd.calls) - len(shop.ofd.accepted) <= 5 + probes  # nothing was sent twice after its answer
    assert set(shop.states()) == {"synced"}
    nursery.cancel_scope.cancel()


async def test_registers_are_served_side_by_side_and_each_in_its_own_order(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.takes = 1.0
    await open_all(shop, nursery)
    for number in range(1, 5):
        await print_receipts(shop, *range(1, 6), pos_id=f"POS-00{number}")

    await trio.sleep(5.5)

    assert len(shop.ofd.accepted) == 20
    for number in range(1, 5):
        calls = [(fd, round(at)) for pos_id, fd, at in shop.ofd.calls if pos_id == f"POS-00{number}"]
        assert calls == [(fd, fd - 1) for fd in range(1, 6)]
    nursery.cancel_scope.cancel()


async def test_an_ofd_that_takes_them_in_any_order_gets_several_of_a_register_at_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.delivery = Policy(at_once=4)
    shop.ofd.takes = 1.0
    await open_all(shop, nursery)
    await print_receipts(shop, *range(1, 9))

    await trio.sleep(2.5)

    assert sorted(fd for _, fd in shop.ofd.accepted) == list(range(1, 9))
    nursery.cancel_scope.cancel()


async def sync(shop: Shop, *, force: bool = False, key: str = "a key") -> object:
    return await shop.sync_box.address.ask(ofd_sync.Sync(key, force, "Petrov"), within=PATIENCE)


async def test_a_forced_delivery_ends_the_pauses_and_is_told_as_it_goes(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, *range(1, 11))
    await trio.sleep(30)
    shop.ofd.down, shop.ofd.takes = False, 1.0
    refused = await sync(shop)
    assert isinstance(refused, ofd_sync.NoWay)
    assert refused.retry_after == pytest.approx(34.0, abs=0.5)

    begun = await sync(shop, force=True, key="another")
    await trio.sleep(5.5)
    half = (await shop.world())["ofd"]["job"]
    other = await sync(shop, key="a third")
    await trio.sleep(10)
    done = (await shop.world())["ofd"]["job"]

    assert isinstance(begun, ofd_sync.Begun)
    assert other == ofd_sync.Running(begun.job_id)
    assert (half["state"], half["total"], half["delivered"], half["percent"]) == ("running", 10, 5, 50)
    assert (done["state"], done["delivered"], done["percent"]) == ("done", 10, 100)
    again = await sync(shop, key="another")
    assert isinstance(again, ofd_sync.Begun)
    assert again.job_id == begun.job_id
    assert again.seconds == pytest.approx(10.0, abs=1.0)
    nursery.cancel_scope.cancel()


async def test_a_forced_delivery_that_finds_no_way_says_so_and_leaves_the_rest_to_be_delivered_later(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2)
    await trio.sleep(30)

    await sync(shop, force=True)
    await trio.sleep(1)
    job = (await shop.world())["ofd"]["job"]
    shop.ofd.down = False
    await trio.sleep(300)

    assert (job["state"], job["delivered"]) == ("stopped", 0)
    assert "keeps calls back" in job["reason"]
    assert shop.states() == ["synced", "synced"]
    nursery.cancel_scope.cancel()


async def test_a_forced_delivery_does_not_go_against_an_operators_order(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await open_all(shop, nursery)
    order = circuit_breaker.Order(breaker.State.FORCED_OPEN, "works at the OFD", "Ivanov", 600.0)
    await shop.breaker_box.address.ask(order, within=PATIENCE)
    await print_receipts(shop, 1)
    await trio.sleep(1)

    assert isinstance(await sync(shop, force=True), ofd_sync.NoWay)
    assert shop.ofd.calls == []
    nursery.cancel_scope.cancel()


async def test_a_breaker_that_a_person_closes_is_noticed_within_seconds(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.down = True
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await trio.sleep(30)
    shop.ofd.down = False
    await shop.breaker_box.address.ask(circuit_breaker.Order(breaker.State.CLOSED, "it is back", "Ivanov"), within=1)

    await trio.sleep(ofd_sync.ASK_AGAIN + 1)

    assert shop.states() == ["synced"]
    nursery.cancel_scope.cancel()


async def test_registers_whose_documents_go_another_way_are_passed_over(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.elsewhere = ["POS-002"]
    await open_all(shop, nursery)
    await print_receipts(shop, 1)
    await print_receipts(shop, 1, pos_id="POS-002")

    await trio.sleep(600)

    assert shop.states() == ["synced", "pending"]
    nursery.cancel_scope.cancel()


async def test_a_delivery_that_ends_while_the_next_is_looked_for_does_not_end_the_job(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.ofd.takes = 0.05
    await open_all(shop, nursery)
    await print_receipts(shop, *range(1, 11))
    shop.store.takes = 0.1  # so that the look in vain for another register's receipt is answered after the call is over
    await sync(shop)

    await trio.sleep(30)

    job = (await shop.world())["ofd"]["job"]
    assert (job["state"], job["delivered"]) == ("done", job["total"])
    nursery.cancel_scope.cancel()


async def test_receipts_of_a_register_that_is_known_no_more_go_between_those_of_another(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.registers = ["POS-001"]
    shop.ofd.takes = 1.0
    await open_all(shop, nursery)
    await print_receipts(shop, 1, 2)
    await print_receipts(shop, 1, pos_id="POS-009")
    await print_receipts(shop, 3, 4)

    await trio.sleep(4.5)

    calls = [(pos_id, fd) for pos_id, fd, _ in shop.ofd.calls]
    assert calls == [("POS-001", 1), ("POS-001", 2), ("POS-009", 1), ("POS-001", 3), ("POS-001", 4)]
    nursery.cancel_scope.cancel()
