"""Shifts, cash and corrections: each has its intent, is asked for when its answer is lost, and is done once."""

from pathlib import Path
from uuid import uuid4

import pytest
import trio
from trio.testing import MockClock

from drivers.kkt.port import RegisterRefused
from drivers.store.records import Known
from protocols.fiscal import Paper, Shift
from protocols.jsontext import loads
from protocols.life import State
from protocols.order import Order
from protocols.receipt import Kind
from protocols.till import TillWork, Work
from tests.fakes.register import Loss
from tests.fakes.shop import LONG, POS_ID, Shop
from tests.samples import sale

CASH_IN = TillWork(POS_ID, Work.CASH_IN, 50_000)
CLOSE = TillWork(POS_ID, Work.CLOSE_SHIFT)
OPEN = TillWork(POS_ID, Work.OPEN_SHIFT)
CORRECTION = sale(kind=Kind.CORRECTION)
ORDERS = [CASH_IN, TillWork(POS_ID, Work.CASH_OUT, 50_000), CLOSE, OPEN, CORRECTION]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def place(shop: Shop, order: Order, key: str | None = None) -> Known:
    outcome = await shop.kkt_box.address.ask(shop.order(key=key, order=order), within=LONG)
    assert isinstance(outcome, Known), outcome
    return outcome


def prints(shop: Shop) -> int:
    """How much the register put on paper."""
    return len(shop.register.journal) + len(shop.register.slips)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: str(order.kind))
async def test_an_order_of_any_kind_is_done_once_and_its_key_keeps_the_answer(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, order: Order
) -> None:
    shop.register.shift = Shift.CLOSED if order is OPEN else Shift.OPEN
    await shop.open_till(nursery)
    key = str(uuid4())

    first, again = await place(shop, order, key), await place(shop, order, key)

    assert first.state is (State.PENDING if order is CORRECTION else State.DONE)
    assert again.answer == first.answer
    assert loads(first.answer or b"")["status"] == ("printed" if order is CORRECTION else "done")
    assert prints(shop) == 1
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("loss", ["before", "after", "late", "halfway"])
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: str(order.kind))
async def test_an_order_whose_answer_was_lost_is_done_once_whatever_had_become_of_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, order: Order, loss: Loss
) -> None:
    shop.register.shift = Shift.CLOSED if order is OPEN else Shift.OPEN
    shop.register.late_by = 9.5
    await shop.open_till(nursery)
    shop.register.losses.append(loss)
    key = str(uuid4())

    lost = await place(shop, order, key)
    assert (lost.state, lost.answer) == (State.PRINTING, None)
    await trio.sleep(30)
    known = await place(shop, order, key)

    assert known.answer is not None
    assert prints(shop) == 1
    nursery.cancel_scope.cancel()


async def test_a_strangers_slip_in_between_is_not_taken_for_ours(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.losses.append("before")
    key = str(uuid4())

    await place(shop, CASH_IN, key)
    shop.register.moves_cash(Work.CASH_IN, 700)
    await trio.sleep(30)

    assert (await place(shop, CASH_IN, key)).state is State.DONE
    assert [slip.amount_kopecks for slip in shop.register.slips] == [700, 50_000]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("between", ["two slips", "a new shift"])
async def test_cash_that_the_register_cannot_tell_of_waits_for_a_person(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, between: str
) -> None:
    await shop.open_till(nursery)
    shop.register.losses.append("after")
    key = str(uuid4())

    await place(shop, CASH_IN, key)
    if between == "two slips":
        shop.register.moves_cash(Work.CASH_IN, 700)
    else:
        shop.register.turns_shift(Work.CLOSE_SHIFT)
        shop.register.turns_shift(Work.OPEN_SHIFT)
    await trio.sleep(30)

    assert shop.states() == ["unknown"]
    nursery.cancel_scope.cancel()


async def test_a_lost_report_before_a_receipt_is_waited_for_so_that_no_second_one_comes(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.shift = Shift.EXPIRED
    shop.register.late_by = 9.5
    await shop.open_till(nursery)
    shop.register.losses.append("late")

    await shop.sell_until_known(300)

    assert shop.register.turned == [Work.CLOSE_SHIFT, Work.OPEN_SHIFT]
    assert shop.register.sold == [300]
    nursery.cancel_scope.cancel()


async def test_a_shift_is_closed_behind_a_full_buffer(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.capacity = 1
    await shop.open_till(nursery)
    await shop.sell()

    assert (await place(shop, CLOSE)).state is State.DONE
    nursery.cancel_scope.cancel()


async def test_a_refused_report_is_refused_for_good_and_one_without_paper_waits_for_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.refusals.append(RegisterRefused(0x3D, "Смена не открыта", passing=True))

    assert (await place(shop, CLOSE)).state is State.REJECTED

    shop.register.paper = Paper.OUT
    assert (await place(shop, CLOSE)).state is State.ACCEPTED
    shop.register.paper = Paper.PRESENT
    await trio.sleep(10)
    assert shop.states() == ["rejected", "done"]
    nursery.cancel_scope.cancel()


async def test_the_next_receipt_sees_the_shift_that_was_closed_and_opens_a_new_one(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await place(shop, CLOSE)

    await shop.sell(100)

    assert shop.register.turned == [Work.CLOSE_SHIFT, Work.OPEN_SHIFT]
    assert shop.register.sold == [100]
    nursery.cancel_scope.cancel()


async def test_a_register_that_refuses_to_show_a_document_is_asked_again_and_then_a_person_is(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(fd: int) -> None:
        await trio.lowlevel.checkpoint()
        shop.register.calls.append(("refused find", trio.current_time()))
        raise RegisterRefused(0x05, "Исчерпан ресурс ФН")

    await shop.open_till(nursery)
    shop.register.losses.append("after")
    monkeypatch.setattr(shop.register, "find", refuse)

    await place(shop, sale(100))
    await trio.sleep(60)

    assert shop.states() == ["unknown"]
    assert len(shop.register.times_of("refused find")) > 3
    nursery.cancel_scope.cancel()
