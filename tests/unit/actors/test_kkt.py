"""KKTActor on a register that behaves, refuses, has no paper or is away."""

from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from actors.kkt.trouble import NotReady
from actors.kkt.upkeep import LOOK
from actors.mailbox import ActorDied
from drivers.kkt.port import RegisterRefused
from drivers.store.records import BufferFull, KeyReused, Known
from protocols.fiscal import OtherDocument, Paper, Shift
from protocols.jsontext import loads
from protocols.life import State
from tests.fakes.shop import POS_ID, Shop

REFUSAL = RegisterRefused(0x33, "Некорректные параметры в команде")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def code(outcome: object) -> str:
    assert isinstance(outcome, NotReady)
    return outcome.code


async def test_a_receipt_is_printed_and_its_document_is_the_answer(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)

    outcome = await shop.sell(12_345)

    assert isinstance(outcome, Known)
    assert outcome.state is State.PENDING
    assert loads(outcome.answer or b"")["fiscal_doc"]["fd"] == "1"
    assert shop.register.sold == [12_345]
    assert shop.life(outcome.receipt_id) == ["accepted", "printing", "pending"]
    nursery.cancel_scope.cancel()


async def test_the_intent_is_on_disk_while_the_register_works(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 2.0
    await shop.open_till(nursery)
    nursery.start_soon(shop.sell)
    await trio.sleep(1)

    assert shop.states() == ["printing"]
    assert shop.register.journal == []
    nursery.cancel_scope.cancel()


async def test_the_pos_hears_of_a_document_only_once_it_is_on_disk(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.store.takes = 3.0
    order = shop.order()
    shop.kkt_box.address.tell(order)
    await trio.sleep(4)
    with trio.move_on_after(0.1) as waited:
        await order.wait()

    assert shop.register.sold
    assert waited.cancelled_caught
    assert shop.states() == ["printing"]
    assert isinstance(await order.wait(), Known)
    assert shop.states() == ["pending"]
    nursery.cancel_scope.cancel()


async def test_receipts_are_printed_in_the_order_they_came(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 0.1
    await shop.open_till(nursery)
    orders = [shop.order(kopecks) for kopecks in range(1, 21)]
    for order in orders:
        shop.kkt_box.address.tell(order)

    for order in orders:
        await order.wait()

    assert shop.register.sold == list(range(1, 21))
    nursery.cancel_scope.cancel()


async def test_a_result_and_the_next_intent_share_a_transaction(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    before = len(shop.store.transactions)
    orders = [shop.order(kopecks) for kopecks in range(1, 11)]
    for order in orders:
        shop.kkt_box.address.tell(order)

    for order in orders:
        await order.wait()

    assert shop.store.transactions[before:] == [1, *[2] * 9, 1]
    nursery.cancel_scope.cancel()


async def test_the_same_key_and_body_is_printed_once_and_answered_with_the_same_bytes(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    key = str(uuid4())

    first, second = await shop.sell(key=key), await shop.sell(key=key)

    assert first == second
    assert len(shop.register.sold) == 1
    nursery.cancel_scope.cancel()


async def test_a_repeat_while_the_first_is_printing_waits_for_the_same_answer(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 2.0
    await shop.open_till(nursery)
    key = str(uuid4())
    first, second = shop.order(key=key), shop.order(key=key)
    shop.kkt_box.address.tell(first)
    await trio.sleep(1)
    shop.kkt_box.address.tell(second)

    assert await first.wait() == await second.wait()
    assert len(shop.register.sold) == 1
    nursery.cancel_scope.cancel()


async def test_the_same_key_with_another_body_prints_nothing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    key = str(uuid4())
    first = await shop.sell(100, key)

    outcome = await shop.sell(200, key)

    assert isinstance(first, Known)
    assert outcome == KeyReused(first.receipt_id)
    assert shop.register.sold == [100]
    nursery.cancel_scope.cancel()


async def test_an_order_whose_pos_has_gone_is_not_begun_and_its_key_is_free(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 5.0
    await shop.open_till(nursery)
    nursery.start_soon(shop.sell, 1)
    await wait_all_tasks_blocked()
    order = shop.order(2)
    shop.kkt_box.address.tell(order)
    order.leave()

    await shop.sell(3, order.key)

    assert shop.register.sold == [1, 3]
    nursery.cancel_scope.cancel()


async def test_a_receipt_whose_pos_goes_while_it_prints_is_kept_all_the_same(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 5.0
    await shop.open_till(nursery)
    order = shop.order(1)
    with pytest.raises(trio.TooSlowError):
        await shop.kkt_box.address.ask(order, within=1)

    outcome = await shop.sell(1, order.key)

    assert isinstance(outcome, Known)
    assert outcome.receipt_id == order.receipt_id
    assert shop.register.sold == [1]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("shift", "reports"), [(Shift.CLOSED, ["open_shift"]), (Shift.EXPIRED, ["close_shift", "open_shift"])]
)
async def test_a_shift_is_opened_first_where_none_is(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, shift: Shift, reports: list[str]
) -> None:
    shop.register.shift = shift
    await shop.open_till(nursery)

    await shop.sell()

    done = [name for name, _ in shop.register.calls if name in ("open_shift", "close_shift", "print")]
    assert done == [*reports, "print"]
    assert shop.store.rows("SELECT baseline_fd FROM receipts WHERE kind = 'sale'") == [(len(reports),)]
    nursery.cancel_scope.cancel()


async def test_a_shift_that_cannot_be_opened_now_leaves_the_receipts_key_free_and_is_opened_with_new_paper(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.shift = Shift.CLOSED
    await shop.open_till(nursery)
    shop.register.paper = Paper.OUT  # since the last look

    assert code(await shop.sell()) == "KKT_NO_PAPER"
    assert shop.store.rows("SELECT kind, state FROM receipts") == [("open_shift", "accepted")]

    shop.register.paper = Paper.PRESENT
    await trio.sleep(10)

    assert shop.store.rows("SELECT kind, state FROM receipts") == [("open_shift", "done")]
    nursery.cancel_scope.cancel()


async def test_a_refusal_is_final_for_its_key_and_the_next_receipt_is_printed(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.refusals.append(REFUSAL)
    await shop.open_till(nursery)
    key = str(uuid4())

    refused, again, other = await shop.sell(1, key), await shop.sell(1, key), await shop.sell(2)

    assert isinstance(refused, Known)
    assert isinstance(other, Known)
    assert (refused.state, refused) == (State.REJECTED, again)
    assert loads(refused.answer or b"")["details"]["register_code"] == "33h"
    assert not shop.register.receipt_open
    assert shop.register.sold == [2]
    nursery.cancel_scope.cancel()


async def test_a_refusal_for_the_registers_own_state_postpones_the_receipt_until_it_prints(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.refusals.extend([RegisterRefused(0x4E, "Смена превысила 24 часа", passing=True)] * 5)
    await shop.open_till(nursery)

    first = await shop.sell(1)
    await trio.sleep(5 * LOOK + 1)

    assert isinstance(first, Known)
    assert (first.state, first.answer) == (State.ACCEPTED, None)
    assert shop.register.sold == [1]
    nursery.cancel_scope.cancel()


async def test_a_postponed_receipt_is_printed_before_those_that_come_later(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.refusals.extend([RegisterRefused(0x4E, "Смена превысила 24 часа", passing=True)] * 2)
    await shop.open_till(nursery)
    await shop.sell(1)

    await shop.sell_until_known(2)

    assert shop.register.sold == [1, 2]
    nursery.cancel_scope.cancel()


async def test_without_paper_nothing_is_begun_and_the_pos_hears_why(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.paper = Paper.OUT
    await shop.open_till(nursery)

    assert code(await shop.sell()) == "KKT_NO_PAPER"
    assert shop.states() == []
    nursery.cancel_scope.cancel()


async def test_paper_that_ends_in_the_middle_costs_no_receipt(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.paper = Paper.OUT  # since the last look

    first, second = await shop.sell(1), await shop.sell(2)

    assert isinstance(first, Known)
    assert first.state is State.ACCEPTED
    assert code(second) == "KKT_NO_PAPER"
    shop.register.paper = Paper.WAITS
    await trio.sleep(LOOK + 1)
    assert shop.register.sold == [1]
    nursery.cancel_scope.cancel()


async def test_after_new_paper_the_register_goes_on_by_itself(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.paper = Paper.OUT
    await shop.open_till(nursery)
    shop.register.paper = Paper.WAITS

    await trio.sleep(LOOK)

    assert isinstance(await shop.sell(), Known)
    assert len(shop.register.times_of("continue")) == 1
    nursery.cancel_scope.cancel()


async def test_a_busy_register_is_waited_for_without_letting_its_link_go(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.busy = True
    await trio.sleep(LOOK)

    assert code(await shop.sell()) == "KKT_BUSY"
    shop.register.busy = False
    await trio.sleep(LOOK)

    assert isinstance(await shop.sell(), Known)
    assert len(shop.register.times_of("connect")) == 1
    nursery.cancel_scope.cancel()


async def test_a_receipt_that_somebody_left_open_is_cancelled(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.receipt_open = True

    await trio.sleep(LOOK)

    assert not shop.register.receipt_open
    assert isinstance(await shop.sell(), Known)
    nursery.cancel_scope.cancel()


async def test_a_register_that_is_away_at_the_start_is_a_state_and_no_crash(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.away = True
    await shop.open_till(nursery)

    assert code(await shop.sell()) == "KKT_UNAVAILABLE"
    await trio.sleep(3600)

    assert shop.crashes() == []
    assert (await shop.world())[f"kkt.{POS_ID}"]["ready"] is False
    nursery.cancel_scope.cancel()


async def test_the_pauses_between_attempts_to_reach_it_double_up_to_the_longest(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.away = True
    await shop.open_till(nursery)

    await trio.sleep(600)

    tries = shop.register.times_of("connect")
    pauses = [later - at for at, later in pairwise(tries)]
    for number, pause in enumerate(pauses):
        longest = min(30.0, 0.5 * 2**number)
        assert longest / 2 <= pause <= longest
    nursery.cancel_scope.cancel()


async def test_a_register_that_comes_back_prints_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.away = True
    await trio.sleep(300)
    shop.register.away = False

    await trio.sleep(30)

    assert isinstance(await shop.sell(), Known)
    nursery.cancel_scope.cancel()


async def test_a_register_whose_cable_is_pulled_between_receipts_costs_no_receipt(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await trio.sleep(2)  # so that the register is asked before it is believed
    shop.register.away = True

    assert code(await shop.sell()) == "KKT_UNAVAILABLE"
    assert shop.states() == []
    nursery.cancel_scope.cancel()


async def test_a_full_buffer_prints_nothing(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    shop.capacity = 1
    await shop.open_till(nursery)

    outcomes = [await shop.sell(1), await shop.sell(2)]

    assert outcomes[1] == BufferFull(1)
    assert shop.register.sold == [1]
    nursery.cancel_scope.cancel()


async def test_the_register_is_looked_at_also_while_orders_never_cease(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time, shop.capacity = 0.5, 1000
    await shop.open_till(nursery)
    orders = [shop.order(kopecks) for kopecks in range(1, 121)]
    for order in orders:
        shop.kkt_box.address.tell(order)
    before = len(shop.register.times_of("status"))

    await orders[-1].wait()

    assert len(shop.register.times_of("status")) - before >= 10
    nursery.cancel_scope.cancel()


async def test_a_driver_that_crashes_costs_no_receipt_and_its_pos_hears_at_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    key = str(uuid4())
    shop.register.crash_next = ZeroDivisionError("a bug of the driver")

    with pytest.raises(ActorDied):
        await shop.sell(5, key)
    outcome = await shop.sell_until_known(5, key)

    assert outcome.state is State.PENDING
    assert shop.register.sold == [5]
    assert shop.crashes() == ["kkt"]
    nursery.cancel_scope.cancel()


async def test_an_unknown_message_between_two_orders_costs_neither(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    first, second = shop.order(1), shop.order(2)
    for message in (first, object(), second):
        shop.kkt_box.address.tell(message)  # type: ignore[arg-type]

    await trio.sleep(30)

    for order, kopecks in ((first, 1), (second, 2)):
        await shop.sell_until_known(kopecks, order.key)
    assert sorted(shop.register.sold) == [1, 2]
    assert shop.crashes() == ["kkt"]
    nursery.cancel_scope.cancel()


async def test_a_stop_finishes_what_was_begun_and_begins_nothing_new(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 1.0
    await shop.open_till(nursery)
    orders = [shop.order(kopecks) for kopecks in (1, 2)]
    for order in orders:
        shop.kkt_box.address.tell(order)
    await trio.sleep(0.5)

    shop.kkt_box.close()

    assert isinstance(await orders[0].wait(), Known)
    assert code(await orders[1].wait()) == "STOPPING"
    assert shop.register.sold == [1]
    nursery.cancel_scope.cancel()


async def test_a_stop_lets_the_link_go(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await shop.open_till(nursery)
    assert shop.register.connected

    shop.kkt_box.close()
    await trio.sleep(0.1)

    assert not shop.register.connected
    nursery.cancel_scope.cancel()


async def test_its_state_says_what_a_person_wants_to_know(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.journal.append(OtherDocument(1))
    await shop.open_till(nursery)

    state = (await shop.world())[f"kkt.{POS_ID}"]

    assert state["ready"] is True
    assert (state["fn"], state["last_fd"], state["shift"], state["paper"]) == (shop.register.fn, 1, "open", "present")
    nursery.cancel_scope.cancel()
