"""Shifts, cash and the paper that is no document."""

import pytest

from drivers.kkt.port import RegisterRefused
from protocols.fiscal import CashCount, CashSlip, FiscalDocument, OtherDocument, Shift, ShiftReport
from protocols.item import Vat
from protocols.receipt import Kind, Receipt
from protocols.till import TillWork, Work
from tests.conformance.agreement import moment
from tests.conformance.rig import Rig
from tests.conformance.samples import POS_ID, SALE, correction, receipt

CASH_IN = TillWork(POS_ID, Work.CASH_IN, 50_000)
CASH_OUT = TillWork(POS_ID, Work.CASH_OUT, 20_000)
KINDS = {Work.OPEN_SHIFT: 2, Work.CLOSE_SHIFT: 5}


async def test_a_shift_closed_and_opened_is_reported_as_the_drive_keeps_it(rig: Rig) -> None:
    reports = [await rig.register.close_shift(), await rig.register.open_shift()]

    kept = [await rig.document(report.fd) for report in reports]
    assert [document["kind"] for document in kept] == [KINDS[report.kind] for report in reports]
    assert reports == [
        ShiftReport(document["fn"], document["fd"], document["fp"], moment(document), kind, document["rnm"], shift)
        for document, kind, shift in zip(kept, (Work.CLOSE_SHIFT, Work.OPEN_SHIFT), (1, 2), strict=True)
    ]


async def test_the_status_follows_the_shift(rig: Rig) -> None:
    await rig.register.close_shift()
    closed = await rig.register.status()
    await rig.register.open_shift()
    opened = await rig.register.status()

    assert (closed.shift, opened.shift, opened.shift_number) == (Shift.CLOSED, Shift.OPEN, 2)


async def test_a_shift_that_is_as_asked_already_is_refused_for_good(rig: Rig) -> None:
    with pytest.raises(RegisterRefused) as opened:
        await rig.register.open_shift()
    await rig.register.close_shift()
    with pytest.raises(RegisterRefused) as closed:
        await rig.register.close_shift()

    assert (opened.value.passing, closed.value.passing) == (False, False)
    assert len(await rig.documents()) == 1


@pytest.mark.parametrize("asked", [SALE, correction()], ids=["sale", "correction"])
async def test_nothing_is_sold_in_a_closed_shift_and_no_shift_opens_by_itself(rig: Rig, asked: Receipt) -> None:
    await rig.register.close_shift()

    with pytest.raises(RegisterRefused) as refused:
        await rig.register.print_receipt(asked)
    await rig.register.cancel_receipt()

    assert refused.value.passing
    assert len(await rig.documents()) == 1
    assert not (await rig.register.status()).receipt_open


async def test_a_shift_over_24_hours_sells_only_after_it_was_closed_and_opened(rig: Rig) -> None:
    await rig.sell(SALE)
    await rig.behave(shift_age_h=25)

    assert (await rig.register.status()).shift is Shift.EXPIRED
    with pytest.raises(RegisterRefused) as refused:
        await rig.register.print_receipt(SALE)
    await rig.register.cancel_receipt()
    await rig.register.close_shift()
    await rig.register.open_shift()
    told, kept = await rig.sell(SALE)

    assert refused.value.passing
    assert (told.fd, kept["shift_number"], kept["receipt_number"]) == (4, 2, 1)


async def test_cash_is_moved_and_counted_each_way(rig: Rig) -> None:
    slips = [await rig.register.move_cash(work) for work in (CASH_IN, CASH_IN, CASH_OUT)]

    fn = (await rig.register.status()).last.fn
    assert slips == [
        CashSlip(fn, Work.CASH_IN, 50_000, 1),
        CashSlip(fn, Work.CASH_IN, 50_000, 2),
        CashSlip(fn, Work.CASH_OUT, 20_000, 1),
    ]
    assert await rig.register.cash_moved(Work.CASH_IN) == CashCount(2, 100_000)
    assert await rig.register.cash_moved(Work.CASH_OUT) == CashCount(1, 20_000)
    assert [slip["amount_kopecks"] for slip in await rig.slips()] == [50_000, 50_000, -20_000]


async def test_a_new_shift_counts_cash_from_nothing(rig: Rig) -> None:
    await rig.register.move_cash(CASH_IN)
    await rig.register.close_shift()
    await rig.register.open_shift()

    assert await rig.register.cash_moved(Work.CASH_IN) == CashCount(0, 0)
    assert (await rig.register.move_cash(CASH_IN)).number == 1


async def test_cash_sales_fill_the_drawer_and_more_than_that_cannot_be_taken_out(rig: Rig) -> None:
    await rig.sell(SALE)
    all_of_it = TillWork(POS_ID, Work.CASH_OUT, SALE.total_kopecks)
    too_much = TillWork(POS_ID, Work.CASH_OUT, SALE.total_kopecks + 1)

    with pytest.raises(RegisterRefused) as refused:
        await rig.register.move_cash(too_much)
    await rig.register.move_cash(all_of_it)

    assert not refused.value.passing
    assert [slip["amount_kopecks"] for slip in await rig.slips()] == [-SALE.total_kopecks]


async def test_documents_of_every_kind_are_found_again_as_they_were_told(rig: Rig) -> None:
    told: list[FiscalDocument | ShiftReport] = [
        await rig.register.print_receipt(SALE),
        await rig.register.print_receipt(receipt(kind=Kind.REFUND)),
        await rig.register.print_receipt(correction(vat=Vat.V20)),
        await rig.register.close_shift(),
        await rig.register.open_shift(),
    ]
    await rig.reconnect()

    found = [await rig.register.find(document.fd) for document in told]

    assert [_lasting(document) for document in found] == [_lasting(document) for document in told]


async def test_a_document_of_another_program_is_found_and_what_is_not_there_is_none(rig: Rig) -> None:
    await rig.register.close()
    stranger = rig.make(rig.patience)
    await stranger.connect()
    told = await stranger.print_receipt(SALE)
    await stranger.close()
    await rig.register.connect()

    found = await rig.register.find(told.fd)

    assert _lasting(found) == _lasting(told)
    for fd in (told.fd + 1, told.fd + 1000):
        assert await rig.register.find(fd) is None


async def test_paper_that_is_no_document_leaves_the_drive_alone(rig: Rig) -> None:
    await rig.sell(SALE)

    await rig.register.print_x_report()
    await rig.register.print_copy()
    await rig.register.print_text(["Акция!", "", "Вторая пара в подарок " * 5])

    assert await rig.entries() == 1
    assert (await rig.register.print_receipt(SALE)).fd == 2


async def test_a_copy_of_nothing_is_refused(rig: Rig) -> None:
    with pytest.raises(RegisterRefused):
        await rig.register.print_copy()
    assert await rig.entries() == 0


def _lasting(document: FiscalDocument | ShiftReport | OtherDocument | None) -> dict[str, object]:
    """Without the numbers within the shift: archives of drives keep none."""
    assert isinstance(document, FiscalDocument | ShiftReport), document
    lost = {"shift_number", "receipt_number"} if isinstance(document, FiscalDocument) else set()
    return {name: getattr(document, name) for name in document.__struct_fields__ if name not in lost}
