"""Paper that is no document: between receipts, never in a doubt, and whoever lost the answer hears so."""

from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from actors.kkt.actor import GoOn, Print, PutOnPaper
from actors.kkt.paper import MayBePrinted, NotLast, Refused
from actors.kkt.trouble import NO_PAPER, NotReady
from drivers.kkt.port import RegisterRefused
from drivers.store.records import Known
from protocols.fiscal import Baseline, Paper
from protocols.life import State
from protocols.till import TillWork, Work
from protocols.unfiscal import Copy, Text, Unfiscal, XReport
from tests.fakes.shop import LONG, POS_ID, Shop
from tests.samples import FN

KINDS: list[Unfiscal] = [XReport(), Copy(Baseline(FN, 1)), Text(("Привет", ""))]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def put(shop: Shop, what: Unfiscal) -> Any:
    return await shop.kkt_box.address.ask(PutOnPaper(what), within=LONG)


async def test_all_of_it_is_printed_and_no_order_is_kept_of_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await shop.sell()

    assert [await put(shop, kind) for kind in KINDS] == [None, None, None]
    assert shop.register.unfiscal == [("x",), ("copy", "1"), ("Привет", "")]
    assert shop.states() == ["pending"]
    nursery.cancel_scope.cancel()


async def test_it_comes_between_receipts_in_the_order_it_was_asked_for(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 1.0
    await shop.open_till(nursery)
    orders: list[Print | PutOnPaper] = [shop.order(1), PutOnPaper(XReport()), shop.order(2)]
    for order in orders:
        shop.kkt_box.address.tell(order)
    await orders[-1].wait()

    names = [name for name, _ in shop.register.calls if name in {"print", "x_report"}]
    assert names == ["print", "x_report", "print"]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
async def test_a_lost_answer_is_told_and_nothing_is_printed_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, kind: Unfiscal
) -> None:
    await shop.open_till(nursery)
    await shop.sell()
    shop.register.losses.append("after")

    assert isinstance(await put(shop, kind), MayBePrinted)
    await trio.sleep(60)

    assert len(shop.register.unfiscal) == 1
    assert isinstance(await shop.sell(), Known)
    nursery.cancel_scope.cancel()


async def test_in_a_doubt_nothing_but_the_doubt_is_dealt_with(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.losses.append("before")
    await shop.sell(100)

    assert isinstance(await put(shop, XReport()), NotReady)
    await trio.sleep(5)
    assert isinstance(await put(shop, XReport()), NotReady)
    assert shop.register.unfiscal == []
    await trio.sleep(10)

    assert shop.states() == ["pending"]
    assert await put(shop, XReport()) is None
    nursery.cancel_scope.cancel()


async def test_only_the_registers_last_document_is_copied(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await shop.sell(100)
    shop.register.prints_stranger(700)
    await trio.sleep(2)

    assert await put(shop, Copy(Baseline(FN, 1))) == NotLast(Baseline(FN, 2))
    assert await put(shop, Copy(Baseline("9999078900009999", 2))) == NotLast(Baseline(FN, 2))
    assert shop.register.unfiscal == []
    nursery.cancel_scope.cancel()


async def test_a_refusal_is_told_in_the_registers_words_and_one_that_passes_as_such(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.refusals.extend(
        [RegisterRefused(0x73, "нет", advice="иначе"), RegisterRefused(0x6B, "", passing=True)]
    )

    assert await put(shop, XReport()) == Refused("73h", "нет", "иначе")
    again = await put(shop, XReport())

    assert isinstance(again, NotReady)
    assert isinstance(await shop.sell(), Known)
    nursery.cancel_scope.cancel()


async def test_what_nobody_waits_for_any_more_is_not_printed(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 5.0
    await shop.open_till(nursery)
    receipt, report = shop.order(), PutOnPaper(XReport())
    shop.kkt_box.address.tell(receipt)
    shop.kkt_box.address.tell(report)
    report.leave()
    await receipt.wait()
    await trio.sleep(10)

    assert shop.register.unfiscal == []
    nursery.cancel_scope.cancel()


async def test_after_new_paper_a_receipt_that_waits_is_printed_at_once_when_somebody_says_so(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.paper = Paper.OUT
    waits = await shop.sell(100)
    assert isinstance(waits, Known)
    assert waits.state is State.ACCEPTED
    assert await shop.kkt_box.address.ask(GoOn(), within=LONG) == NO_PAPER

    shop.register.paper = Paper.WAITS
    assert await shop.kkt_box.address.ask(GoOn(), within=LONG) is None

    assert shop.register.sold == [100]
    assert trio.current_time() < 1
    nursery.cancel_scope.cancel()


async def test_the_next_order_after_it_starts_from_a_fresh_look(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await put(shop, XReport())
    before = len(shop.register.times_of("status"))

    await shop.kkt_box.address.ask(shop.order(order=TillWork(POS_ID, Work.CLOSE_SHIFT)), within=LONG)

    assert len(shop.register.times_of("status")) > before
    nursery.cancel_scope.cancel()
