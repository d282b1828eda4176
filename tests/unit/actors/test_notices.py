"""Notices of any part of the gateway, told to BufferActor: on disk when it answers, or refused whole."""

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from actors.breaker_records import KeepBreaker, RecallBreaker
from actors.diary import Diary
from actors.notices import Keep, Note
from drivers.store.records import BreakerRecord, DiskFull
from protocols.alarm import Alarm, Level
from tests.fakes.shop import Shop
from tests.samples import NOON

ROWS = "SELECT source, code, change FROM notices ORDER BY number"
FULL = Alarm("BUFFER_NEARLY_FULL", Level.P2, "The buffer is 80 % full.")


def note() -> Note:
    return Note("link.ofd", "BREAKER_FORCED_OPEN", Level.P2, "Shut by Иванова: the OFD asked for it.")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def test_what_stands_and_what_happened_once_is_on_disk_when_it_is_answered(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")

    answers = [await shop.ask(told) for told in (Keep("gateway", (FULL,)), note(), Keep("gateway", ()))]

    assert answers == [None, None, None]
    assert shop.store.rows(ROWS) == [
        ("gateway", "BUFFER_NEARLY_FULL", "began"),
        ("link.ofd", "BREAKER_FORCED_OPEN", "noted"),
        ("gateway", "BUFFER_NEARLY_FULL", "ended"),
    ]
    nursery.cancel_scope.cancel()


async def test_on_a_full_disk_they_take_no_room_of_a_receipt_and_their_teller_hears_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.store.reserve.stands = False
    await shop.open(nursery, "buffer")

    assert [await shop.ask(told) for told in (Keep("gateway", (FULL,)), note())] == [DiskFull(), DiskFull()]

    assert (shop.store.rows(ROWS), shop.store.reserve.spent) == ([], 0)
    nursery.cancel_scope.cancel()


async def test_a_diary_keeps_the_alarms_of_any_source(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")
    diary = Diary("gateway", shop.buffer_box.address)

    for standing in ((FULL,), (FULL,), ()):
        diary.note(standing)
        await trio.sleep(1)

    assert [change for *_, change in shop.store.rows(ROWS)] == ["began", "ended"]
    nursery.cancel_scope.cancel()


async def test_a_breaker_stands_after_a_restart_as_it_was_kept(tmp_path: Path, autojump_clock: MockClock) -> None:
    record = BreakerRecord("ofd", "open", NOON, "5 failures in a row", "link", NOON)
    found = []
    for _ in range(2):
        shop = Shop(tmp_path)
        async with trio.open_nursery() as nursery:
            await shop.open(nursery, "buffer")
            found.append(await shop.ask(RecallBreaker("ofd")))
            assert await shop.ask(KeepBreaker(record, Level.P2, "shut")) is None
            nursery.cancel_scope.cancel()

    assert found == [None, record]


async def test_a_breaker_that_finds_no_room_is_not_kept_and_can_still_be_asked_for(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.store.reserve.stands = False
    await shop.open(nursery, "buffer")
    record = BreakerRecord("ofd", "open", None, "5 failures in a row", "link", NOON)

    assert await shop.ask(KeepBreaker(record, Level.P2, "shut")) == DiskFull()

    assert await shop.ask(RecallBreaker("ofd")) is None
    assert shop.store.rows(ROWS) == []
    nursery.cancel_scope.cancel()
