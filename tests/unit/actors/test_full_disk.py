"""A full disk: sales are refused before the print, what has happened is written all the same, and it heals."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from actors import buffer, deliveries, handovers
from actors.buffer import CLEAN_EVERY, SETTLE
from drivers.store.records import Claimed, DiskFull, Known
from drivers.store.writer import Done, Failed, NoRoom
from protocols.errors import FailStop
from protocols.life import State
from tests.fakes.shop import WEEK, Shop
from tests.samples import document, intent


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def fill_up(shop: Shop, monkeypatch: pytest.MonkeyPatch, *, room_after: int | None = 1) -> None:
    """The disk takes nothing until the reserve was spent so often; never if None."""
    transact = shop.store.transact

    async def on_full_disk(pieces: Any) -> list[Done | Failed]:
        if room_after is not None and shop.store.reserve.spent >= room_after:
            return await transact(pieces)
        await trio.lowlevel.checkpoint()
        return [Failed(NoRoom()) for _ in pieces]

    monkeypatch.setattr(shop.store, "transact", on_full_disk)


async def test_without_a_reserve_nothing_is_printed_and_the_key_stays_free(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.store.reserve.stands = False

    outcome = await shop.sell(key="K")

    assert getattr(outcome, "code", None) == "DISK_FULL"
    assert (shop.register.journal, shop.states()) == ([], [])

    shop.store.reserve.stands = True
    assert isinstance(await shop.sell(key="K"), Known)
    nursery.cancel_scope.cancel()


async def test_without_a_reserve_a_repeat_still_gets_its_answer(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    first = await shop.sell(key="K")
    shop.store.reserve.stands = False

    again = await shop.sell(key="K")

    assert isinstance(first, Known)
    assert isinstance(again, Known)
    assert again.answer == first.answer
    nursery.cancel_scope.cancel()


async def test_a_claim_that_finds_the_disk_full_is_refused_without_touching_the_reserve(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open(nursery, "status", "buffer")
    fill_up(shop, monkeypatch)

    assert await shop.ask(buffer.Claim(intent())) == DiskFull()
    assert shop.store.reserve.spent == 0
    nursery.cancel_scope.cancel()


async def test_what_was_printed_is_written_in_the_place_of_the_reserve(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = intent()
    await shop.open(nursery, "status", "buffer")
    assert isinstance(await shop.ask(buffer.Claim(claim)), Claimed)
    fill_up(shop, monkeypatch)

    assert await shop.ask(buffer.Printed(claim.receipt_id, document(1)))
    assert shop.store.reserve.spent == 1
    assert shop.states() == ["pending"]
    nursery.cancel_scope.cancel()


def contains(kind: type[Exception]) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, kind)


async def test_what_was_printed_and_cannot_be_written_at_all_stops_the_process(
    shop: Shop, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        claim = intent()
        async with trio.open_nursery() as nursery:
            await shop.open(nursery, "status", "buffer")
            await shop.ask(buffer.Claim(claim))
            fill_up(shop, monkeypatch, room_after=None)
            shop.buffer_box.address.tell(buffer.Printed(claim.receipt_id, document(1)))

    with pytest.raises(ExceptionGroup) as stopped:
        await run()

    assert stopped.value.subgroup(contains(FailStop)) is not None


async def test_the_status_says_that_the_disk_is_full(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer")
    await trio.sleep(1)
    assert (await shop.world())["buffer"]["disk"] == "ok"

    shop.store.reserve.stands = False
    await trio.sleep(11)

    assert (await shop.world())["buffer"]["disk"] == "full"
    nursery.cancel_scope.cancel()


async def test_what_is_old_is_cleaned_up_by_itself(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.retention = replace(WEEK, rows=60.0, keys=10 * CLEAN_EVERY)
    await shop.open(nursery, "status", "buffer", "breaker", "sync", "kkt")
    for kopecks in range(1, 121):
        await shop.sell_until_known(kopecks)
    await trio.sleep(CLEAN_EVERY + 10 * SETTLE)

    assert shop.states() == []
    assert shop.store.rows("SELECT count(*) FROM tombstones") == [(120,)]
    nursery.cancel_scope.cancel()


async def test_a_repeat_of_a_cleaned_up_sale_gets_its_answer_and_prints_nothing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.retention = replace(WEEK, rows=60.0, keys=10 * CLEAN_EVERY)
    await shop.open(nursery, "status", "buffer", "breaker", "sync", "kkt")
    first = await shop.sell_until_known(500, "K")
    await trio.sleep(CLEAN_EVERY + 1)
    assert shop.states() == []

    again = await shop.sell(500, "K")

    assert isinstance(again, Known)
    assert (again.state, again.answer) == (State.SYNCED, first.answer)
    assert shop.register.sold == [500]
    nursery.cancel_scope.cancel()


async def test_a_hand_over_that_finds_no_room_is_refused_and_costs_no_reserve(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open(nursery, "buffer")
    fill_up(shop, monkeypatch)

    words = [handovers.Begin("POS-001", "POS-002", "Иванова", "не печатает"), handovers.End("POS-001", "Иванова")]
    assert [await shop.ask(each) for each in words] == [DiskFull(), DiskFull()]
    assert shop.store.reserve.spent == 0
    nursery.cancel_scope.cancel()


async def test_a_delivery_that_cannot_be_noted_is_not_begun_and_takes_no_room_of_a_receipt(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.open(nursery, "buffer")
    claim = intent()
    await shop.ask(buffer.Claim(claim))
    await shop.ask(buffer.Printed(claim.receipt_id, document()))
    fill_up(shop, monkeypatch, room_after=None)

    assert await shop.ask(deliveries.Take()) == DiskFull()
    assert shop.store.reserve.spent == 0
    nursery.cancel_scope.cancel()
