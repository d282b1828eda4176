"""A "no" of the register is a RegisterRefused in Russian: nothing was printed, and nothing stays open."""

import re

import pytest

from drivers.errors import LinkError
from drivers.kkt.port import RegisterRefused
from protocols.fiscal import Paper
from protocols.receipt import Kind, Method, Payment, Receipt
from tests.conformance.rig import Rig
from tests.conformance.samples import SALE, correction, item, receipt

RUSSIAN = re.compile("[а-яё]{3}", re.IGNORECASE)
WRONG = {
    "paid too little": receipt(payments=(Payment(Method.CASH, 12_100),)),
    "more by card than it costs": receipt(payments=(Payment(Method.CARD, 12_300),)),
    "a line of nothing": receipt(item(quantity=item().quantity * 0)),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_receipt_that_is_wrong_is_refused_and_nothing_is_left_of_it(rig: Rig, name: str) -> None:
    refused = await refusal(rig, WRONG[name])

    assert not refused.passing
    assert await rig.documents() == []
    assert (await rig.register.print_receipt(SALE)).fd == 1


async def test_a_receipt_refused_in_the_middle_leaves_nothing_open_once_cancelled(rig: Rig) -> None:
    await rig.behave(refuse_next=rig.refuse_inside)

    await refusal(rig, SALE)

    assert (await rig.register.print_receipt(SALE)).fd == 1


async def test_nothing_open_is_cancelled_without_complaint(rig: Rig) -> None:
    await rig.register.cancel_receipt()
    await rig.register.cancel_receipt()

    assert (await rig.register.print_receipt(SALE)).fd == 1


async def refusal(rig: Rig, asked: Receipt) -> RegisterRefused:
    """What the receipt is refused with; then it is cancelled."""
    with pytest.raises(RegisterRefused) as refused:
        await rig.register.print_receipt(asked)
    await rig.register.cancel_receipt()
    assert not (await rig.register.status()).receipt_open
    assert RUSSIAN.search(refused.value.text)
    return refused.value


async def print_on(rig: Rig) -> None:
    """What a register wants once its roll is back."""
    if (await rig.register.status()).paper is Paper.WAITS:
        await rig.register.continue_printing()


@pytest.mark.parametrize("asked", [SALE, receipt(kind=Kind.REFUND), correction()], ids=["sale", "refund", "correction"])
async def test_without_paper_nothing_is_printed_until_the_roll_is_back(rig: Rig, asked: Receipt) -> None:
    await rig.fill_drawer()
    await rig.behave(paper="out")
    assert (await rig.register.status()).paper is Paper.OUT

    with pytest.raises((RegisterRefused, LinkError)) as ended:
        await rig.register.print_receipt(asked)
    assert isinstance(ended.value, LinkError) or getattr(ended.value, "passing", False)
    await rig.behave(paper="present")
    await rig.reconnect()
    if (await rig.register.status()).receipt_open:
        await rig.register.cancel_receipt()
    await print_on(rig)

    assert await rig.documents() == []
    assert (await rig.register.status()).paper is Paper.PRESENT
    assert (await rig.register.print_receipt(asked)).fd == 1


async def test_a_receipt_whose_roll_ended_is_a_document_and_is_printed_on(rig: Rig) -> None:
    await rig.behave(paper="out_next")
    told, _ = await rig.sell(SALE)
    assert (await rig.register.status()).paper is Paper.OUT

    await rig.behave(paper="present")
    await print_on(rig)

    assert told.fd == 1
    assert (await rig.register.status()).paper is Paper.PRESENT
    assert (await rig.register.print_receipt(SALE)).fd == 2


async def test_a_roll_that_ends_between_receipts_is_told_and_mended(rig: Rig) -> None:
    await rig.sell(SALE)
    await rig.behave(paper="out")
    out = (await rig.register.status()).paper
    await rig.behave(paper="present")

    assert (out, (await rig.register.status()).paper) == (Paper.OUT, Paper.PRESENT)
    assert (await rig.register.print_receipt(SALE)).fd == 2
