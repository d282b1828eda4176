"""Lost answers: each row of the table of recovery, and crashes at every step of it. The journal is the witness."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
import trio
from trio.testing import MockClock

from actors import buffer
from actors.kkt.policy import Policy
from actors.kkt.trouble import NotReady
from actors.mailbox import ActorDied
from drivers.kkt.port import RegisterRefused
from drivers.store.records import Known
from protocols.fiscal import FiscalDocument, OtherDocument, Paper, ShiftReport
from protocols.life import State
from protocols.receipt import Receipt
from tests.fakes import FakeRegister
from tests.fakes.register import Loss
from tests.fakes.shop import Shop
from tests.samples import intent, sale

LINGER = 10.0
STRAIGHT = ["accepted", "printing", "pending"]
TWICE = ["accepted", "printing", "accepted", "printing", "pending"]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def lose(shop: Shop, loss: Loss, kopecks: int = 10_000) -> tuple[str, str]:
    """Sells one receipt whose answer is lost; its key and its id."""
    shop.register.losses.append(loss)
    key = str(uuid4())
    outcome = await shop.sell(kopecks, key)
    assert isinstance(outcome, Known)
    assert (outcome.state, outcome.answer) == (State.PRINTING, None)
    return key, outcome.receipt_id


def code(outcome: object) -> str:
    assert isinstance(outcome, NotReady)
    return outcome.code


@pytest.mark.parametrize(
    ("loss", "life"), [("after", STRAIGHT), ("before", TWICE), ("late", STRAIGHT), ("halfway", TWICE)]
)
async def test_a_receipt_whose_answer_was_lost_is_printed_once_whatever_had_become_of_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, loss: Loss, life: list[str]
) -> None:
    shop.register.late_by = LINGER - 0.5
    await shop.open_till(nursery)
    key, receipt_id = await lose(shop, loss)

    outcome = await shop.sell_until_known(key=key)

    assert shop.register.sold == [10_000]
    assert outcome.receipt_id == receipt_id
    assert shop.life(receipt_id) == life
    assert shop.crashes() == []
    nursery.cancel_scope.cancel()


async def test_a_lost_receipt_is_settled_without_the_help_of_its_pos(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "before")

    await trio.sleep(LINGER + 1)

    assert shop.states() == ["pending"]
    nursery.cancel_scope.cancel()


async def test_the_register_is_asked_only_when_nothing_can_be_under_way_any_more(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "after")
    lost_at = trio.current_time()

    await trio.sleep(60)

    assert shop.register.times_of("find") == [lost_at + LINGER]
    nursery.cancel_scope.cancel()


async def test_a_link_on_which_nothing_lingers_is_asked_within_the_first_pause(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.policy = Policy(linger=0)
    await shop.open_till(nursery)
    await lose(shop, "after")
    lost_at = trio.current_time()

    await trio.sleep(60)

    assert shop.register.times_of("find")[0] - lost_at <= 0.5
    nursery.cancel_scope.cancel()


async def test_a_register_that_stays_away_does_not_make_the_wait_longer(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "after")
    shop.register.away = True
    await trio.sleep(300)
    shop.register.away = False

    await trio.sleep(30)

    assert shop.states() == ["pending"]
    back_at = shop.register.times_of("connect")[-1]
    assert shop.register.times_of("find") == [back_at]
    nursery.cancel_scope.cancel()


async def test_while_the_register_is_silent_nothing_is_printed_and_the_receipt_stays_printing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "before")
    shop.register.away = True

    await trio.sleep(3600)

    assert shop.states() == ["printing"]
    assert code(await shop.sell(5)) == "KKT_UNAVAILABLE"
    assert len(shop.register.times_of("print")) == 1
    nursery.cancel_scope.cancel()


async def test_nobody_else_is_served_before_the_doubt_is_settled(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "before")
    await trio.sleep(1)

    assert code(await shop.sell(5)) == "KKT_SETTLING"
    assert shop.register.sold == []
    nursery.cancel_scope.cancel()


async def test_documents_of_others_are_not_taken_for_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "before", 100)
    shop.register.prints_stranger(999)
    shop.register.prints_report()

    await trio.sleep(60)

    assert shop.register.sold == [999, 100]
    assert shop.store.rows("SELECT fd FROM receipts") == [(3,)]
    nursery.cancel_scope.cancel()


async def test_it_is_found_among_documents_of_others(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "after", 100)
    shop.register.prints_stranger(999)

    await trio.sleep(60)

    assert shop.store.rows("SELECT fd FROM receipts") == [(1,)]
    assert shop.register.sold == [100, 999]
    nursery.cancel_scope.cancel()


def a_stranger_sells_the_same(register: FakeRegister) -> None:
    register.prints_stranger(10_000)


def a_document_is_unreadable(register: FakeRegister) -> None:
    register.unreadable.add(len(register.journal))


def the_drive_is_new(register: FakeRegister) -> None:
    register.gets_new_drive("9999078900009999")


def documents_are_missing(register: FakeRegister) -> None:
    register.journal.clear()


def a_receipt_stays_open(register: FakeRegister) -> None:
    register.receipt_open = register.keeps_receipt = True


BLOWS = [
    a_stranger_sells_the_same,
    a_document_is_unreadable,
    the_drive_is_new,
    documents_are_missing,
    a_receipt_stays_open,
]


@pytest.mark.parametrize("blow", BLOWS)
async def test_what_the_register_cannot_tell_is_unknown_and_it_prints_no_more(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, blow: Callable[[FakeRegister], None]
) -> None:
    shop.register.prints_stranger(1)
    await shop.open_till(nursery)
    key, _ = await lose(shop, "after")
    blow(shop.register)
    prints = len(shop.register.times_of("print"))

    await trio.sleep(600)

    assert shop.states() == ["unknown"]
    assert code(await shop.sell(5)) == "KKT_HALTED"
    assert code(await shop.sell(key=key)) == "KKT_HALTED"
    assert len(shop.register.times_of("print")) == prints
    nursery.cancel_scope.cancel()


async def test_an_unknown_receipt_still_stops_its_register_after_a_restart(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "after")
    shop.register.prints_stranger(10_000)
    await trio.sleep(60)
    shop.kkt_box.address.tell(object())  # type: ignore[arg-type]

    await trio.sleep(60)

    assert shop.crashes() == ["kkt"]
    assert code(await shop.sell(5)) == "KKT_HALTED"
    nursery.cancel_scope.cancel()


async def test_a_drive_that_counts_anew_under_its_old_number_stops_its_register_and_crashes_nobody(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await shop.sell(1)
    shop.register.journal.clear()
    await trio.sleep(60)
    outcome = await shop.sell(2)

    await trio.sleep(60)

    assert isinstance(outcome, Known)
    assert shop.states() == ["pending", "unknown"]
    assert code(await shop.sell(3)) == "KKT_HALTED"
    assert shop.crashes() == []
    nursery.cancel_scope.cancel()


async def test_an_open_receipt_without_paper_is_waited_for_and_not_called_unknown(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    key, _ = await lose(shop, "halfway")
    shop.register.paper = Paper.OUT
    await trio.sleep(600)
    assert shop.states() == ["printing"]
    shop.register.paper = Paper.WAITS

    await shop.sell_until_known(key=key)

    assert shop.register.sold == [10_000]
    nursery.cancel_scope.cancel()


async def test_a_register_that_still_prints_is_waited_for(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    await lose(shop, "after")
    shop.register.busy = True
    await trio.sleep(60)
    assert shop.register.times_of("find") == []
    shop.register.busy = False

    await trio.sleep(2)

    assert shop.states() == ["pending"]
    nursery.cancel_scope.cancel()


async def test_what_is_accepted_is_printed_at_the_start_before_anything_else(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")
    claim = intent(sale(7))
    await shop.ask(buffer.Claim(claim))
    await shop.ask(buffer.NotPrinted(claim.receipt_id))
    order = shop.order(8)
    shop.kkt_box.address.tell(order)

    await shop.open(nursery, "kkt")
    await trio.sleep(1)
    await shop.sell_until_known(8, order.key)

    assert shop.register.sold == [7, 8]
    nursery.cancel_scope.cancel()


async def test_what_is_accepted_waits_for_paper_and_is_not_rejected(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.paper = Paper.OUT
    await shop.open(nursery, "buffer")
    claim = intent(sale(7))
    await shop.ask(buffer.Claim(claim))
    await shop.ask(buffer.NotPrinted(claim.receipt_id))
    await shop.open(nursery, "kkt")
    await trio.sleep(60)

    assert code(await shop.sell(8)) == "KKT_NO_PAPER"
    assert shop.states() == ["accepted"]
    shop.register.paper = Paper.PRESENT
    await trio.sleep(10)

    assert shop.register.sold == [7]
    nursery.cancel_scope.cancel()


async def test_a_receipt_that_is_refused_when_printed_again_is_rejected(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    key, _ = await lose(shop, "before")
    shop.register.refusals.append(RegisterRefused(0x33, "нет"))

    outcome = await shop.sell_until_known(key=key)

    assert outcome.state is State.REJECTED
    assert isinstance(await shop.sell(5), Known)
    nursery.cancel_scope.cancel()


class LetsNobodyIn(FakeRegister):
    """While it `refuses`; then it refuses to show documents, `shy` times."""

    refuses = False
    shy = 0

    async def connect(self) -> None:
        await super().connect()
        if self.refuses:
            raise RegisterRefused(401, "не тот пароль")

    async def find(self, fd: int) -> FiscalDocument | ShiftReport | OtherDocument | None:
        if self.shy:
            self.shy -= 1
            raise RegisterRefused(0x4E, "занят")
        return await super().find(fd)


async def test_refusals_of_a_link_are_not_taken_for_refusals_to_show_a_document(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    register = shop.register = LetsNobodyIn()
    await shop.open_till(nursery)
    key, _ = await lose(shop, "after")
    register.refuses, register.shy = True, 2
    await trio.sleep(600)
    register.refuses = False

    outcome = await shop.sell_until_known(key=key)

    assert (outcome.state, register.sold) == (State.PENDING, [10_000])
    nursery.cancel_scope.cancel()


class SaysNoAfterwards(FakeRegister):
    """Prints the first receipt and then refuses to tell its document."""

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        document = await super().print_receipt(receipt)
        if len(self.sold) == 1:
            raise RegisterRefused(0x08, "ФН: время ресурса КС исчерпано")
        return document


async def test_a_refusal_is_not_believed_while_the_register_shows_a_new_document(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register = SaysNoAfterwards()
    await shop.open_till(nursery)
    key = str(uuid4())

    outcome = await shop.sell_until_known(key=key)

    assert outcome.state is State.PENDING
    assert shop.register.sold == [10_000]
    nursery.cancel_scope.cancel()


async def test_answers_lost_again_and_again_are_asked_about_with_a_pause_each_time(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.policy = Policy(linger=0)
    shop.register.losses.extend(["before"] * 10)
    await shop.open_till(nursery)
    key = str(uuid4())

    with trio.fail_after(600):
        await shop.sell_until_known(key=key)

    assert shop.register.sold == [10_000]
    assert all(later - at >= 0.2 for at, later in pairwise(shop.register.times_of("print")))
    nursery.cancel_scope.cancel()


async def test_a_buffer_too_slow_for_the_result_does_not_make_it_print_twice(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.print_time = 1.0
    await shop.open_till(nursery)
    key = str(uuid4())
    order = shop.order(key=key)
    shop.kkt_box.address.tell(order)
    await trio.sleep(0.5)
    shop.store.takes = 30.0
    await order.wait()
    await trio.sleep(300)
    shop.store.takes = 0.0

    await shop.sell_until_known(key=key)

    assert shop.register.sold == [10_000]
    assert shop.crashes() == []
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("loss", [None, "before", "after", "late", "halfway"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(8))
async def test_a_buffer_that_crashes_at_any_transaction_loses_and_doubles_nothing(
    shop: Shop, autojump_clock: MockClock, loss: Loss | None, when: Literal["before", "after"], at: int
) -> None:
    shop.register.late_by = 5.0
    async with trio.open_nursery() as nursery:
        await shop.open_till(nursery)
        shop.register.losses.append(loss)
        shop.store.crashes.extend([None] * at + [(when, OSError("a bug"))])
        key = str(uuid4())
        answers = set[bytes | None]()

        with trio.fail_after(600):
            while len(answers) < 1 or shop.store.crashes:
                answers.add(await answer_to(shop, key))

        assert shop.register.sold == [10_000]
        assert answers == {await answer_to(shop, key)}
        nursery.cancel_scope.cancel()


async def answer_to(shop: Shop, key: str) -> bytes | None:
    """As a POS gets it that repeats until it knows."""
    while True:
        try:
            return (await shop.sell_until_known(key=key)).answer
        except ActorDied:
            await trio.sleep(0.5)
