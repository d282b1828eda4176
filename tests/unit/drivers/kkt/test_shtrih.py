"""The driver on an emulated register over real TCP: every command, and what is left of one whose answer was lost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from drivers.errors import LinkError, LinkLost
from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from protocols.fiscal import Baseline, CashCount, CashSlip, FiscalDocument, Shift, ShiftReport
from protocols.item import Item, Vat
from protocols.receipt import Correction, Kind, Method, Payment, Receipt
from protocols.shtrih import receipts
from protocols.shtrih.link import Wait
from protocols.till import TillWork, Work
from tests.emulated_register import Served, emulated

POS_ID = "POS-001"
OF_DAY = date(2026, 10, 31)
CASH_IN = TillWork(POS_ID, Work.CASH_IN, 50_000)
CASH_OUT = TillWork(POS_ID, Work.CASH_OUT, 20_000)
SALE = Receipt(POS_ID, Kind.SALE, (Item("Оправа", Decimal(1), 12_200, Vat.V22),), (Payment(Method.CASH, 20_000),))
Act = Callable[[ShtrihRegister], Awaitable[Any]]


def correction(*rates: Vat, ordered: bool = False, number: str | None = None) -> Receipt:
    """One thing for 110.00 at each rate, 10.00 of it all paid by card and the rest in cash, with change."""
    items = tuple(Item(f"Товар {rate}", Decimal(1), 11_000, rate) for rate in rates)
    payments = (Payment(Method.CARD, 1_000), Payment(Method.CASH, 11_000 * len(rates)))
    return Receipt(POS_ID, Kind.CORRECTION, items, payments, correction=Correction(OF_DAY, ordered, number))


ACTS: dict[str, tuple[int, Act]] = {
    "sale": (0xFF45, lambda register: register.print_receipt(SALE)),
    "correction": (0xFF4A, lambda register: register.print_receipt(correction(Vat.V10))),
    "close_shift": (0x41, lambda register: register.close_shift()),
    "cash_in": (0x50, lambda register: register.move_cash(CASH_IN)),
}
HASTY = 0.05
"""Seconds of `read_timeout` where the only command there is will not be answered."""
EVERY_ACT = pytest.mark.parametrize("name", ACTS)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with emulated(tmp_path / "drive.jsonl") as served:
        yield served


@pytest.fixture
async def register(served: Served) -> AsyncIterator[ShtrihRegister]:
    line = TcpLine("127.0.0.1", served.port, waits={Wait.BYTE: 1.0, Wait.CONFIRMATION: 1.0})
    register = ShtrihRegister(line, ZoneInfo("UTC"), read_timeout=1.0)
    await register.connect()
    yield register
    await register.close()


async def last(served: Served) -> dict[str, Any]:
    """The newest document of the journal."""
    return (await served.documents())[-1]


def moment(document: dict[str, Any]) -> datetime:
    """As the drive keeps it: to the minute."""
    return datetime.fromisoformat(document["at"]).astimezone(UTC).replace(second=0, microsecond=0)


async def refusal(attempt: Awaitable[Any]) -> RegisterRefused:
    with pytest.raises(RegisterRefused) as refused:
        await attempt
    return refused.value


async def test_a_shift_closed_and_opened_is_reported_as_the_drive_keeps_it(
    register: ShtrihRegister, served: Served
) -> None:
    reports = [await register.close_shift(), await register.open_shift()]

    kept = await served.documents()
    assert [document["kind"] for document in kept] == [5, 2]
    assert reports == [
        ShiftReport(document["fn"], document["fd"], document["fp"], moment(document), kind, document["rnm"], shift)
        for document, kind, shift in zip(kept, (Work.CLOSE_SHIFT, Work.OPEN_SHIFT), (1, 2), strict=True)
    ]


async def test_a_shift_that_is_as_asked_already_is_a_final_refusal(register: ShtrihRegister) -> None:
    opened = await refusal(register.open_shift())
    await register.close_shift()
    closed = await refusal(register.close_shift())

    assert (opened.code, opened.passing) == (0x3C, False)
    assert (closed.code, closed.passing) == (0x3D, False)


async def test_cash_is_moved_and_counted_each_way(register: ShtrihRegister, served: Served) -> None:
    slips = [await register.move_cash(work) for work in (CASH_IN, CASH_IN, CASH_OUT)]

    fn = (await served.state())["fn"]
    assert slips == [
        CashSlip(fn, Work.CASH_IN, 50_000, 1),
        CashSlip(fn, Work.CASH_IN, 50_000, 2),
        CashSlip(fn, Work.CASH_OUT, 20_000, 1),
    ]
    assert await register.cash_moved(Work.CASH_IN) == CashCount(2, 100_000)
    assert await register.cash_moved(Work.CASH_OUT) == CashCount(1, 20_000)


async def test_a_new_shift_counts_cash_from_nothing(register: ShtrihRegister) -> None:
    await register.move_cash(CASH_IN)
    await register.close_shift()
    await register.open_shift()

    assert await register.cash_moved(Work.CASH_IN) == CashCount(0, 0)
    assert (await register.move_cash(CASH_IN)).number == 1


async def test_more_cash_than_there_is_cannot_be_taken_out(register: ShtrihRegister) -> None:
    refused = await refusal(register.move_cash(CASH_OUT))

    assert (refused.code, refused.passing) == (0x46, False)
    assert await register.cash_moved(Work.CASH_OUT) == CashCount(0, 0)


async def test_a_correction_is_a_document_with_its_basis_its_payments_and_its_taxes(
    register: ShtrihRegister, served: Served
) -> None:
    rates = Vat.V22, Vat.V10, Vat.V0, Vat.NONE, Vat.C20, Vat.C10
    document = await register.print_receipt(correction(*rates, ordered=True, number="12-34"))

    kept = await last(served)
    fields = (document.kind, document.fd, document.fp, document.total_kopecks, document.receipt_number)
    assert fields == (Kind.CORRECTION, kept["fd"], kept["fp"], 66_000, 1)
    assert document.fiscal_datetime == moment(kept)
    assert (kept["kind"], kept["operation"], kept["payments"]) == (31, 1, {"1": 65_000, "2": 1_000})
    # 11000 × 22/122, 10/110, whole, whole, 20/120, 10/110
    taxes = {"20%": 1984, "10%": 1000, "0%": 11_000, "no_vat": 11_000, "20/120": 1833, "10/110": 1000}
    assert kept["taxes"] == taxes
    day = round(datetime(2026, 10, 31, tzinfo=UTC).timestamp()).to_bytes(4, "little").hex()
    assert kept["tags"] == {"1173": "01", "1174": "9a040400" + day + "9b040500" + b"12-34".hex()}


@pytest.mark.parametrize("rates", [(Vat.V5,), (Vat.V7,), (Vat.C5,), (Vat.C7,), (Vat.V10, Vat.V7), (Vat.V20, Vat.V22)])
async def test_rates_that_a_correction_cannot_hold_are_refused_before_anything_begins(
    register: ShtrihRegister, served: Served, rates: tuple[Vat, ...]
) -> None:
    refused = await refusal(register.print_receipt(correction(*rates)))

    assert "став" in refused.text
    assert not refused.passing
    assert (await served.state())["begun"] is None
    assert await served.documents() == []


async def test_documents_of_every_kind_are_found_again_as_they_were_told(
    register: ShtrihRegister, served: Served
) -> None:
    told: list[FiscalDocument | ShiftReport] = [
        await register.print_receipt(SALE),
        await register.print_receipt(correction(Vat.V20)),
        await register.close_shift(),
        await register.open_shift(),
    ]

    found = [await register.find(document.fd) for document in told]

    assert [_without_numbers_in_shift(document) for document in found] == [
        _without_numbers_in_shift(document) for document in told
    ]
    assert await register.find(5) is None


def _without_numbers_in_shift(document: Any) -> dict[str, Any]:
    """The archive keeps them of shift reports only."""
    of_shift = {"shift_number", "receipt_number"} if isinstance(document, FiscalDocument) else set()
    return {name: getattr(document, name) for name in document.__struct_fields__ if name not in of_shift}


async def test_a_correction_of_purchases_is_told_from_one_of_sales(register: ShtrihRegister, served: Served) -> None:
    await register.close()
    host = await served.connect()
    await host.ask(receipts.BeginCorrection(30))
    await host.ask(receipts.FormCorrection(30, 5_000, 3))
    await register.connect()

    found = await register.find(1)
    assert isinstance(found, FiscalDocument)
    assert (found.kind, found.corrects, found.sign) == (Kind.CORRECTION, Kind.PURCHASE, 3)


@EVERY_ACT
async def test_an_answer_that_is_lost_leaves_a_doubt_that_the_register_can_settle(
    register: ShtrihRegister, served: Served, name: str
) -> None:
    before = await register.status()
    await served.behave(lose_answer_next=1)

    await lose(ACTS[name][1], register, hasty=name in ("close_shift", "cash_in"))

    assert await was_done(register, name, before.last)


@EVERY_ACT
async def test_a_command_that_is_lost_is_known_to_be_not_done(
    register: ShtrihRegister, served: Served, name: str
) -> None:
    before = await register.status()
    await served.behave(lose_command_next=1)

    await lose(ACTS[name][1], register)

    assert not await was_done(register, name, before.last)


async def test_an_opening_whose_answer_was_lost_is_found(register: ShtrihRegister, served: Served) -> None:
    await register.close_shift()
    await served.behave(lose_answer_next=1)

    await lose(lambda register: register.open_shift(), register, hasty=True)

    found = await register.find(2)
    assert isinstance(found, ShiftReport)
    assert (found.kind, found.shift_number) == (Work.OPEN_SHIFT, 2)
    assert (await register.status()).shift is Shift.OPEN


async def lose(act: Act, register: ShtrihRegister, *, hasty: bool = False) -> None:
    """The link breaks over it, and a fresh one is made."""
    patience, register.read_timeout = register.read_timeout, HASTY if hasty else register.read_timeout
    with pytest.raises(LinkError):
        await act(register)
    register.read_timeout = patience
    await register.close()
    await register.connect()


async def was_done(register: ShtrihRegister, name: str, before: Baseline) -> bool:
    """By what recovery may ask, and it is asked in every way that must agree."""
    status, cash = await register.status(), await register.cash_moved(Work.CASH_IN)
    found = await register.find(before.fd + 1)
    assert (found is not None) == (status.last.fd == before.fd + 1)
    if name == "cash_in":
        assert found is None
        assert cash in (CashCount(0, 0), CashCount(1, CASH_IN.amount_kopecks))
        return bool(cash.count)
    assert isinstance(found, FiscalDocument | ShiftReport | None)
    assert found is None or found.kind == name
    return found is not None


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("sale", 0xFF0A),
        ("sale", 0xFF01),
        ("correction", 0xFF0A),
        ("close_shift", 0xFF01),
        ("close_shift", 0xFF0A),
        ("cash_in", 0xFF01),
        ("cash_in", 0x1A),
        ("cash_in", 0x1B),
    ],
)
async def test_what_was_done_and_will_not_be_told_of_is_a_doubt_and_no_refusal(
    register: ShtrihRegister, served: Served, name: str, asked: int
) -> None:
    before = await register.status()
    await served.behave(refuse_next={"code": 0x03, "command": asked})

    with pytest.raises(LinkLost):
        await ACTS[name][1](register)

    assert await was_done(register, name, before.last)


@EVERY_ACT
async def test_a_refused_command_is_a_refusal_and_nothing_was_done(
    register: ShtrihRegister, served: Served, name: str
) -> None:
    command, act = ACTS[name]
    before = await register.status()
    await served.behave(refuse_next={"code": 0x33, "command": command})

    assert (await refusal(act(register))).code == 0x33
    assert not await was_done(register, name, before.last)


async def test_a_correction_cut_in_the_middle_is_seen_and_cancelled(register: ShtrihRegister, served: Served) -> None:
    await served.behave(power_off_in_receipt=True)
    with pytest.raises(LinkError):
        await register.print_receipt(correction(Vat.V22))
    await served.behave(power="on")
    await register.connect()

    status = await register.status()
    assert (status.receipt_open, status.last.fd) == (True, 0)
    assert (await refusal(register.print_receipt(SALE))).code == 0x02
    await register.cancel_receipt()

    assert not (await register.status()).receipt_open
    assert (await register.print_receipt(SALE)).fd == 1


async def test_a_correction_left_by_a_host_that_went_is_cancelled(register: ShtrihRegister, served: Served) -> None:
    await register.close()
    await (await served.connect()).ask(receipts.BeginCorrection(30))
    await register.connect()
    assert (await register.status()).receipt_open

    await register.cancel_receipt()

    assert (await register.print_receipt(correction(Vat.NONE))).fd == 1


async def test_an_open_receipt_is_cancelled_and_where_none_is_nothing_happens(
    register: ShtrihRegister, served: Served
) -> None:
    await register.close()
    await (await served.connect()).ask(receipts.OpenReceipt(30, 0))
    await register.connect()
    assert (await register.status()).receipt_open

    await register.cancel_receipt()
    await register.cancel_receipt()

    assert not (await register.status()).receipt_open
    assert await served.documents() == []


@pytest.mark.parametrize(
    ("code", "passing"),
    [
        (0x6B, True),
        (0x4E, True),
        (0x3D, True),
        (0x2F, True),
        (0xC0, True),
        (0x71, True),
        (0x06, False),
        (0x33, False),
        (0x46, False),
        (0x5E, False),
    ],
)
async def test_what_time_or_the_till_mends_is_told_from_what_stays_refused(
    register: ShtrihRegister, served: Served, code: int, passing: bool
) -> None:
    await served.behave(refuse_next={"code": code, "command": 0x8D})

    refused = await refusal(register.print_receipt(SALE))

    assert (refused.code, refused.passing) == (code, passing)
    assert refused.text


@pytest.mark.parametrize("name", ["correction", "close_shift", "cash_in"])
async def test_paper_that_takes_its_time_is_waited_for(register: ShtrihRegister, served: Served, name: str) -> None:
    await served.behave(print_delay_ms=1200)

    assert await ACTS[name][1](register)
