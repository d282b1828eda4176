"""What the emulated register makes of the formats of fiscal data: kinds of receipts, rates, codes, corrections."""

from decimal import Decimal
from typing import Any

import pytest

from protocols.shtrih import drive, marking, receipts, service
from protocols.shtrih.codes import VAT_BYTES, CurrentDocument, Mode
from tests.shtrih_bench import Bench, paid

FFD_11, FFD_12 = b"\x03", b"\x04"
MARKED_GOODS = 33
CODE = b"0104601234567893215abcdef\x1d93dGVz"
REASON = bytes.fromhex("9504 0100 00 9604 0800 9A04 0400 00000000")  # 1173, and 1174 with 1178


def register_for(bench: Bench, ffd: bytes) -> None:
    """As at a registration: with the shift closed."""
    bench.ask(service.PrintZReport(30))
    bench.ask(service.WriteTable(30, 17, 1, 17, ffd))
    bench.ask(service.OpenShift(1))


def line(**changed: Any) -> receipts.Operation:
    fields: dict[str, Any] = {"kind": 1, "quantity": Decimal(1), "price": 12200, "vat": VAT_BYTES["22%"]}
    return receipts.Operation(password=1, **fields | changed)


def test_the_format_is_chosen_while_the_shift_is_closed(bench: Bench) -> None:
    assert bench.refuses(service.WriteTable(30, 17, 1, 17, FFD_12)) == 0xC7

    register_for(bench, FFD_12)

    assert bench.ask(service.ReadTable(30, 17, 1, 17)).value == FFD_12
    assert bench.sell().ffd == 4
    bench.ask(service.PrintZReport(30))
    assert bench.refuses(service.WriteTable(30, 17, 1, 17, b"\x05")) == 0x33


@pytest.mark.parametrize(
    ("rate", "tax"),
    [
        ("22%", 2200),
        ("22/122", 2200),
        ("20%", 2033),
        ("20/120", 2033),
        ("10%", 1109),
        ("10/110", 1109),
        ("7%", 798),
        ("7/107", 798),
        ("5%", 581),
        ("5/105", 581),
        ("0%", 12200),
        ("no_vat", 12200),
    ],
)
def test_the_register_works_the_tax_out_of_the_sum(bench: Bench, rate: str, tax: int) -> None:
    document = bench.sell(line(vat=VAT_BYTES[rate]), paid(12200))

    assert document.taxes == {rate: tax}


def test_taxes_are_added_up_by_rate_before_they_are_rounded(bench: Bench) -> None:
    two_kopecks = line(price=2, vat=VAT_BYTES["20%"])

    assert bench.sell(two_kopecks, two_kopecks, paid(4)).taxes == {"20%": 1}


def test_a_host_may_work_the_taxes_out_where_the_table_says_so(bench: Bench) -> None:
    bench.ask(service.WriteTable(30, 1, 1, 14, b"\x01"))
    bench.ask(line(vat=VAT_BYTES["20%"]))
    close = receipts.CloseReceipt(password=1, payments=(12200, *(0,) * 15), vat20=2034, taxation=1)

    assert bench.sell(close).taxes == {"20%": 2034}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"payment_method": 0}, 0x33),
        ({"payment_method": 8}, 0x33),
        ({"subject": 0}, 0x33),
        ({"subject": 34}, 0x33),
        ({"subject": MARKED_GOODS}, 0x33),
        ({"department": 17}, 0x63),
        ({"vat": 0x03}, 0x33),
    ],
)
def test_a_line_that_the_format_does_not_know_is_refused(bench: Bench, changed: dict[str, int], code: int) -> None:
    assert bench.refuses(line(**changed)) == code
    assert bench.mode is Mode.SHIFT_OPEN


@pytest.mark.parametrize(("kind", "operation"), [(0x80, 1), (0x81, 3), (0x82, 2), (0x83, 4)])
@pytest.mark.parametrize("ffd", [FFD_11, FFD_12])
def test_later_formats_correct_by_a_receipt_with_items(bench: Bench, ffd: bytes, kind: int, operation: int) -> None:
    register_for(bench, ffd)
    bench.ask(receipts.OpenReceipt(1, kind))
    assert bench.ask(drive.ReadFiscalDriveStatus(30)).current_document == CurrentDocument.CORRECTION
    bench.ask(receipts.AddTlv(1, REASON))

    document = bench.sell(line(kind=operation), paid(12200))

    assert (document.kind, document.operation, len(document.items)) == (31, operation, 1)
    assert document.tags[1173] == "00"
    found = bench.ask(drive.FindDocument(30, document.fd))
    assert (found.type, found.details) == (31, drive.ReceiptFormed(operation, 12200))


def test_a_correction_without_its_reason_is_refused_and_stays_open(bench: Bench) -> None:
    register_for(bench, FFD_12)
    bench.ask(receipts.OpenReceipt(1, 0x80))
    bench.ask(line())

    assert bench.refuses(paid(12200)) == 0xA4
    assert bench.mode is Mode.RECEIPT_OPEN


def test_each_format_corrects_in_its_own_way(bench: Bench) -> None:
    assert bench.refuses(receipts.OpenReceipt(1, 0x80)) == 0x5E

    register_for(bench, FFD_12)

    assert bench.refuses(receipts.BeginCorrection(30)) == 0x37


def check(bench: Bench, code: bytes, *, verdict: int = marking.Verdict.ACCEPT) -> int | None:
    """What the check found (tag 2106)."""
    found = bench.ask(marking.CheckMarkingCode(1, 1, 0, (code, b"")))
    assert bench.ask(marking.AcceptMarkingCode(1, verdict)).result == found.result
    return found.result


def test_a_marked_piece_is_sold_with_its_code(bench: Bench) -> None:
    register_for(bench, FFD_12)
    assert check(bench, CODE) == 15

    bench.ask(line(subject=MARKED_GOODS))
    bench.ask(marking.BindMarkingCode(1, (CODE,)))

    assert bench.sell(paid(12200)).items[0].code == CODE.hex()


def test_a_code_may_come_before_its_line(bench: Bench) -> None:
    register_for(bench, FFD_12)
    check(bench, CODE)
    bench.ask(receipts.OpenReceipt(1, 0))

    bench.ask(marking.BindMarkingCode(1, (CODE,)))

    assert bench.sell(line(subject=MARKED_GOODS), paid(12200)).items[0].code == CODE.hex()


@pytest.mark.parametrize(("ending", "result"), [(b"~BAD", 5), (b"~SOLD", 7), (b"~OFFLINE", 3)])
def test_how_a_code_ends_decides_what_the_check_finds(bench: Bench, ending: bytes, result: int) -> None:
    register_for(bench, FFD_12)

    assert check(bench, CODE + ending) == result


@pytest.mark.parametrize(("ending", "code"), [(b"~FALSE", 0xD4), (b"~GONE", 0xD3)])
def test_some_codes_are_refused_outright(bench: Bench, ending: bytes, code: int) -> None:
    register_for(bench, FFD_12)

    assert bench.refuses(marking.CheckMarkingCode(1, 1, 0, (CODE + ending, b""))) == code


def test_a_code_that_was_not_accepted_is_not_bound_and_the_goods_are_not_sold(bench: Bench) -> None:
    register_for(bench, FFD_12)
    check(bench, CODE, verdict=marking.Verdict.REJECT)
    bench.ask(line(subject=MARKED_GOODS))

    assert bench.refuses(marking.BindMarkingCode(1, (CODE,))) == 0xA5
    assert bench.refuses(paid(12200)) == 0xA4
    assert bench.refuses(marking.AcceptMarkingCode(1, marking.Verdict.ACCEPT)) == 0xA1


def test_marking_is_a_matter_of_format_1_2(bench: Bench) -> None:
    assert bench.refuses(marking.CheckMarkingCode(1, 1, 0, (CODE, b""))) == 0xA0


def test_a_drive_keeps_so_many_codes(bench: Bench) -> None:
    register_for(bench, FFD_12)
    for number in range(128):
        check(bench, CODE + bytes([number]))

    assert bench.refuses(marking.CheckMarkingCode(1, 1, 0, (CODE, b""))) == 0xA3
    bench.ask(marking.AcceptMarkingCode(1, marking.Verdict.CLEAR))
    assert check(bench, CODE) == 15


@pytest.mark.parametrize(
    ("old", "operation"),
    [(receipts.OldSale, 1), (receipts.OldSaleReturn, 2), (receipts.OldBuy, 3), (receipts.OldBuyReturn, 4)],
)
def test_the_old_commands_make_every_kind_of_receipt(bench: Bench, old: type[receipts.OldSale], operation: int) -> None:
    close = receipts.CloseReceiptExtended(1, (100, *(0,) * 12, 100, 100, 700))

    document = bench.sell(old(1, Decimal(1), 1000, text="Сыр"), close)

    assert (document.operation, document.payments) == (operation, {1: 100, 14: 100, 15: 100, 16: 700})
