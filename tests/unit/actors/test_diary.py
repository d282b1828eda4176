"""Alarms on disk: one row a transition, over restarts, a full mailbox, a dead buffer and a full disk; no sale waits."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from actors import buffer, notices
from actors.kkt.upkeep import LOOK
from actors.kkt.watching import EVERY
from actors.mailbox import Busy, Mailbox
from drivers.kkt.port import RegisterRefused
from drivers.store.writer import Done, Failed
from protocols.fiscal import Condition, Paper
from tests.fakes.shop import Shop
from tests.samples import FN

LOOKED = EVERY + 6.0  # seconds in which an idle register is surely inspected and its alarms told
ROWS = "SELECT code, change FROM notices ORDER BY number"
WELL, FEW_LEFT = Condition(FN, documents_left=5000), Condition(FN, documents_left=50)
BEGAN, ENDED = ("DRIVE_NEARLY_FULL", "began"), ("DRIVE_NEARLY_FULL", "ended")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    shop.register.condition = FEW_LEFT
    return shop


def fill_up(box: Mailbox[buffer.Message]) -> None:
    with suppress(Busy):
        while True:
            box.address.tell(buffer.Recall("", ""))


async def one_life(shop: Shop, condition: Condition) -> list[tuple[str, str]]:
    """A process on the same disk and register, from its start to its end, and what its disk holds then."""
    again = Shop(shop.data, register=shop.register)
    again.register.condition = condition
    async with trio.open_nursery() as nursery:
        await again.open_till(nursery)
        await trio.sleep(LOOKED)
        rows = again.store.rows(ROWS)
        nursery.cancel_scope.cancel()
    return [(code, change) for code, change in rows]


async def test_an_alarm_is_on_disk_from_the_first_inspection_to_the_one_that_finds_it_gone(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await trio.sleep(1)
    assert shop.store.rows(ROWS) == [BEGAN]

    await trio.sleep(3 * LOOKED)
    shop.register.condition = WELL
    await trio.sleep(LOOKED)

    assert shop.store.rows(ROWS) == [BEGAN, ENDED]
    nursery.cancel_scope.cancel()


async def test_paper_that_runs_out_and_is_put_in_is_on_disk_too(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.condition = WELL
    await shop.open_till(nursery)
    for paper in (Paper.OUT, Paper.OUT, Paper.PRESENT):
        shop.register.paper = paper
        await trio.sleep(LOOK + 1)

    assert shop.store.rows(ROWS) == [("PAPER_OUT", "began"), ("PAPER_OUT", "ended")]
    nursery.cancel_scope.cancel()


async def test_looks_between_two_transitions_write_nothing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer", "kkt")
    await trio.sleep(LOOKED)
    before = len(shop.store.transactions)

    await trio.sleep(300)
    there = len(shop.store.transactions) - before

    assert there <= 300 / 10 + 2  # the buffer's own pulse
    nursery.cancel_scope.cancel()


async def test_an_alarm_that_stands_over_a_restart_is_not_begun_again(shop: Shop, autojump_clock: MockClock) -> None:
    lives = [await one_life(shop, FEW_LEFT) for _ in range(2)]

    assert lives == [[BEGAN], [BEGAN]]


async def test_an_alarm_that_ended_while_nothing_ran_is_ended_at_the_next_start(
    shop: Shop, autojump_clock: MockClock
) -> None:
    await one_life(shop, FEW_LEFT)

    assert await one_life(shop, WELL) == [BEGAN, ENDED]


async def test_a_register_that_will_not_be_inspected_ends_no_alarm(
    shop: Shop, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse() -> Condition:
        await trio.lowlevel.checkpoint()
        raise RegisterRefused(0x37, "Команда не поддерживается")

    await one_life(shop, FEW_LEFT)
    monkeypatch.setattr(shop.register, "inspect", refuse)

    assert await one_life(shop, WELL) == [BEGAN]


async def test_an_alarm_that_met_a_full_mailbox_is_told_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await trio.sleep(1)
    shop.store.takes = 60.0  # the buffer is busy for as long as an inspection comes round
    shop.register.condition = WELL
    await trio.sleep(EVERY - 5)
    fill_up(shop.buffer_box)
    await trio.sleep(10)
    assert shop.buffer_box.depth == 1024

    shop.store.takes = 0.0
    await trio.sleep(2 * LOOKED)

    assert shop.store.rows(ROWS) == [BEGAN, ENDED]
    nursery.cancel_scope.cancel()


async def test_an_alarm_that_a_buffer_died_with_is_told_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    died: list[float] = []
    transact = shop.store.transact

    async def dies_of_the_first(pieces: Any) -> list[Done | Failed]:
        await trio.lowlevel.checkpoint()
        if not died and any(isinstance(each, partial) and isinstance(each.args[0], notices.Keep) for each in pieces):
            died.append(trio.current_time())
            raise OSError("a bug in front of the commit")
        return await transact(pieces)

    monkeypatch.setattr(shop.store, "transact", dies_of_the_first)
    await shop.open(nursery, "buffer", "kkt")
    await trio.sleep(30)

    assert (len(died), shop.crashes()) == (1, ["buffer"])
    assert shop.store.rows(ROWS) == [BEGAN]
    nursery.cancel_scope.cancel()


async def test_an_alarm_takes_no_room_of_a_receipt_and_is_written_once_there_is_more(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.store.reserve.stands = False
    await shop.open_till(nursery)
    await trio.sleep(LOOKED)
    assert (shop.store.rows(ROWS), shop.store.reserve.spent) == ([], 0)

    shop.store.reserve.stands = True
    await trio.sleep(LOOKED)

    assert shop.store.rows(ROWS) == [BEGAN]
    nursery.cancel_scope.cancel()


async def test_a_register_is_looked_after_while_its_alarm_waits_for_a_slow_disk_and_tells_it_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await trio.sleep(1)
    shop.store.takes = 600.0
    shop.register.condition = WELL
    await trio.sleep(LOOKED)
    before = len(shop.register.times_of("status"))

    await trio.sleep(60)

    assert len(shop.register.times_of("status")) - before >= 60 / LOOK - 1
    assert shop.buffer_box.depth == 1
    nursery.cancel_scope.cancel()
