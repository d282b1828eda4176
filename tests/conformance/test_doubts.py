"""A link that breaks over a command that prints: a doubt, which the register itself settles when it is asked again."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import trio

from drivers.errors import LinkError
from drivers.kkt.port import Register
from protocols.fiscal import CashCount, FiscalDocument, ShiftReport
from protocols.item import Marking, Subject
from protocols.receipt import Kind
from protocols.till import CASH, TillWork, Work
from tests.conformance.rig import Rig
from tests.conformance.samples import MARK, POS_ID, SALE, correction, item, receipt

CASH_IN = TillWork(POS_ID, Work.CASH_IN, 50_000)
CASH_OUT = TillWork(POS_ID, Work.CASH_OUT, 20_000)
MARKED = "marked sale"
SHOES = item(name="Ботинки", marking=Marking(MARK), subject=Subject.COMMODITY_WITH_MARKING)
AMOUNTS: dict[str, int] = {work.kind: work.amount_kopecks for work in (CASH_IN, CASH_OUT)}


@dataclass(frozen=True)
class Act:
    """Something that prints for good. `first`: what has to be so before it."""

    do: Callable[[Register], Awaitable[Any]]
    first: tuple[Callable[[Register], Awaitable[Any]], ...] = ()
    kind: str = ""  # of the document, where it is not the act's name


FILLED = (lambda register: register.move_cash(CASH_IN),)  # money that is paid out is in the drawer
ACTS: dict[str, Act] = {
    Kind.SALE: Act(lambda register: register.print_receipt(SALE)),
    MARKED: Act(lambda register: register.print_receipt(receipt(item(), SHOES)), kind=Kind.SALE),
    Kind.REFUND: Act(lambda register: register.print_receipt(receipt(kind=Kind.REFUND)), FILLED),
    Kind.PURCHASE: Act(lambda register: register.print_receipt(receipt(kind=Kind.PURCHASE)), FILLED),
    Kind.PURCHASE_REFUND: Act(lambda register: register.print_receipt(receipt(kind=Kind.PURCHASE_REFUND))),
    Kind.CORRECTION: Act(lambda register: register.print_receipt(correction())),
    Work.CLOSE_SHIFT: Act(lambda register: register.close_shift()),
    Work.OPEN_SHIFT: Act(lambda register: register.open_shift(), (lambda register: register.close_shift(),)),
    Work.CASH_IN: Act(lambda register: register.move_cash(CASH_IN)),
    Work.CASH_OUT: Act(lambda register: register.move_cash(CASH_OUT), FILLED),
}
EVERY_ACT = pytest.mark.parametrize("name", ACTS)
LINK, POWER = {"down": True}, {"power": "off"}
"""What goes away in the middle of it."""
BACK = {"down": False, "power": "on", "lose_answer_next": 0, "lose_command_next": 0, "power_off_in_receipt": False}


@dataclass(frozen=True)
class Before:
    """How things stood."""

    fd: int
    entries: int
    cash: CashCount


async def prepared(rig: Rig, name: str) -> Before:
    for act in ACTS[name].first:
        await act(rig.register)
    moved = name if name in CASH else Work.CASH_IN
    cash = await rig.register.cash_moved(Work(moved))
    return Before((await rig.register.status()).last.fd, await rig.entries(), cash)


async def cut(rig: Rig, name: str, gone: dict[str, Any], **fault: Any) -> Any:
    """Link or power goes when the fault has come to pass, and comes back.

    What the act ended in all the same: some drivers learn it by themselves.
    """
    ended = None
    await rig.behave(**fault)
    async with trio.open_nursery() as nursery:

        async def go_and_come_back() -> None:
            for each in fault:
                await rig.until_spent(each)
            await rig.behave(**gone)
            await rig.behave(**BACK)

        nursery.start_soon(go_and_come_back)
        with suppress(LinkError):
            ended = await ACTS[name].do(rig.register)
    await rig.reconnect()
    return ended


async def was_done(rig: Rig, name: str, before: Before) -> bool:
    """By what recovery may ask, in every way that must agree, also with the journal."""
    entries = await rig.entries() - before.entries
    last, found = (await rig.register.status()).last.fd, await rig.register.find(before.fd + 1)
    if name in CASH:
        cash = await rig.register.cash_moved(Work(name))
        assert (last, found) == (before.fd, None)
        assert cash.count - before.cash.count == entries
        assert cash.sum_kopecks - before.cash.sum_kopecks == entries * AMOUNTS[name]
    else:
        assert last - before.fd == entries
        assert isinstance(found, FiscalDocument | ShiftReport) == bool(entries)
        kind = ACTS[name].kind or name
        assert found is None or (isinstance(found, FiscalDocument | ShiftReport) and found.kind == kind)
    assert entries in (0, 1)
    return bool(entries)


@pytest.mark.parametrize("gone", [LINK, POWER], ids=["link", "power"])
@EVERY_ACT
async def test_an_answer_that_is_lost_leaves_a_doubt_that_the_register_can_settle(
    rig: Rig, name: str, gone: dict[str, Any]
) -> None:
    before = await prepared(rig, name)

    await cut(rig, name, gone, lose_answer_next=1)

    assert await was_done(rig, name, before)


@EVERY_ACT
async def test_a_command_that_is_lost_is_known_to_be_not_done(rig: Rig, name: str) -> None:
    before = await prepared(rig, name)

    ended = await cut(rig, name, LINK, lose_command_next=1)

    assert await was_done(rig, name, before) == (ended is not None)


@EVERY_ACT
async def test_an_answer_that_is_too_late_is_not_taken_for_another_one(rig: Rig, name: str) -> None:
    before = await prepared(rig, name)
    await rig.behave(print_delay_ms=200)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ACTS[name].do, rig.register)
        await rig.until_kept(before.entries + 1)
        nursery.cancel_scope.cancel()
    await rig.reconnect()

    assert await was_done(rig, name, before)


@pytest.mark.parametrize("name", [Kind.SALE, MARKED, Kind.PURCHASE, Kind.CORRECTION])
async def test_a_receipt_whose_power_went_before_its_close_is_no_document(rig: Rig, name: str) -> None:
    before = await prepared(rig, name)

    assert await cut(rig, name, POWER, power_off_in_receipt=True) is None

    assert not await was_done(rig, name, before)
    if (await rig.register.status()).receipt_open:
        await rig.register.cancel_receipt()
    assert not (await rig.register.status()).receipt_open
    assert (await rig.register.print_receipt(SALE)).fd == before.fd + 1


async def test_a_marking_code_of_a_receipt_that_was_given_up_is_in_nobodys_way(rig: Rig) -> None:
    before = await prepared(rig, MARKED)
    printed = await cut(rig, MARKED, LINK, lose_command_next=1) is not None
    if (await rig.register.status()).receipt_open:
        await rig.register.cancel_receipt()

    sold = [(await rig.register.print_receipt(each)).fd for each in (SALE, receipt(SHOES), SALE)]

    first = before.fd + printed + 1
    assert sold == [first, first + 1, first + 2]
