"""The emulated register's rules, command by command, as a host meets them: bytes in, bytes out."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.emulators.shtrih.execute import execute
from drivers.emulators.shtrih.faults import MOST_OFFSET
from drivers.emulators.shtrih.rules import RULES
from drivers.emulators.shtrih.tagged import tags_of
from protocols.ffd.tlv import Tlv, encode
from protocols.shtrih import drive, receipts, service
from protocols.shtrih.codes import CurrentDocument, Flags, Mode, Submode
from protocols.shtrih.commands import Command, code_bytes
from tests.shtrih_bench import NOON, OPEN, SHORT, TEA, Bench, paid

LOCAL_NOON = NOON.replace(tzinfo=None)
PAPER_WANTED: list[Command[Any]] = [
    OPEN,
    service.CashIn(1, 100),
    service.PrintLine(1, 2, "строка"),
    service.Cut(1),
    service.PrintXReport(30),
]


def test_a_receipt_is_a_document_when_its_close_is_answered(bench: Bench) -> None:
    bench.ask(OPEN)
    bench.ask(receipts.AddTlv(1, bytes.fromhex("F003 0500 6140622E72")))
    bench.ask(TEA)

    closed = bench.ask(paid(cash=50000))

    (document,) = bench.documents
    assert (closed.number, closed.sign, closed.change) == (1, int(document.fp), 19900)
    assert (document.operation, document.total_kopecks, document.payments) == (1, 30100, {1: 50000})
    assert (document.items[0].name, document.items[0].quantity, document.items[0].vat) == ("Чай", Decimal(2), "no_vat")
    assert document.tags == {1008: "a@b.r"}
    assert document.at == NOON


@pytest.mark.parametrize(
    ("kind", "line", "operation", "mode_byte"),
    [(0, 1, 1, 0x08), (1, 3, 3, 0x18), (2, 2, 2, 0x28), (3, 4, 4, 0x38)],
)
def test_each_kind_of_receipt_has_its_mode_and_its_operation(
    bench: Bench, kind: int, line: int, operation: int, mode_byte: int
) -> None:
    bench.ask(receipts.OpenReceipt(1, kind))
    item = receipts.Operation(password=1, kind=line, quantity=Decimal(1), price=100, vat=1)

    assert bench.ask(SHORT).mode_byte == mode_byte
    assert bench.sell(item, paid(100)).operation == operation


def test_a_line_of_another_kind_is_refused(bench: Bench) -> None:
    bench.ask(OPEN)

    assert bench.refuses(receipts.Operation(password=1, kind=2, quantity=Decimal(1), price=100, vat=1)) == 0x49


def test_the_first_line_opens_a_receipt(bench: Bench) -> None:
    bench.ask(TEA)

    assert bench.mode is Mode.RECEIPT_OPEN
    assert bench.ask(SHORT).operations == 1


@pytest.mark.parametrize(
    ("close", "code"),
    [
        (paid(cash=30099), 0x45),
        (paid(card=30099), 0x45),
        (paid(card=30101), 0x4D),
        (paid(cash=1, card=30101), 0x4D),
        (receipts.CloseReceipt(password=1, payments=(30100, *(0,) * 15), taxation=3), 0x33),
        (paid(30100, rounding=100), 0x33),
        (paid(cash=30100, password=2), 0x59),
    ],
)
def test_a_close_that_is_refused_leaves_the_receipt_open_and_the_drive_as_it_was(
    bench: Bench, close: receipts.CloseReceipt, code: int
) -> None:
    bench.ask(TEA)

    assert bench.refuses(close) == code
    assert bench.mode is Mode.RECEIPT_OPEN
    assert bench.documents == []


@pytest.mark.parametrize(("cash", "card", "change"), [(30100, 0, 0), (0, 30100, 0), (100, 30000, 0), (500, 30000, 400)])
def test_change_comes_out_of_the_cash(bench: Bench, cash: int, card: int, change: int) -> None:
    bench.ask(TEA)

    assert bench.ask(paid(cash, card)).change == change


def test_rounding_takes_kopecks_off_the_total(bench: Bench) -> None:
    bench.ask(receipts.Operation(password=1, kind=1, quantity=Decimal(1), price=10050, vat=1))

    assert bench.ask(paid(10000, rounding=50)).change == 0
    assert bench.documents[0].total_kopecks == 10000


def test_an_empty_receipt_is_not_closed(bench: Bench) -> None:
    bench.ask(OPEN)

    assert bench.refuses(paid(100)) == 0x8E


@pytest.mark.parametrize(
    ("quantity", "price", "given", "result"),
    [
        ("1.5", 333, None, 500),  # 499.5, half up
        ("1.5", 333, 499, 499),
        ("1.5", 333, 501, 501),
        ("0.333", 1000, None, 333),
        ("0.000001", 1, None, 0),
    ],
)
def test_a_line_costs_price_by_quantity_within_a_kopeck(
    bench: Bench, quantity: str, price: int, given: int | None, result: int
) -> None:
    bench.ask(receipts.Operation(password=1, kind=1, quantity=Decimal(quantity), price=price, total=given, vat=1))

    assert bench.ask(receipts.ReadSubtotal(1)).total == result


@pytest.mark.parametrize(
    ("quantity", "price", "given", "vat", "code"),
    [
        ("1.5", 333, 498, 1, 0x33),
        ("1.5", 333, 502, 1, 0x33),
        ("0", 333, None, 1, 0x62),
        ("1000000", 2**40 - 1, None, 1, 0x48),
        ("1", 100, None, 3, 0x33),
    ],
)
def test_a_line_that_does_not_add_up_is_refused_and_opens_nothing(  # noqa: PLR0917  a table's columns
    bench: Bench, quantity: str, price: int, given: int | None, vat: int, code: int
) -> None:
    line = receipts.Operation(password=1, kind=1, quantity=Decimal(quantity), price=price, total=given, vat=vat)

    assert bench.refuses(line) == code
    assert bench.mode is Mode.SHIFT_OPEN


def test_a_receipt_holds_so_many_lines_and_no_more(bench: Bench) -> None:
    for _ in range(1000):
        bench.ask(TEA)

    assert bench.refuses(TEA) == 0x94


def test_a_cancelled_receipt_leaves_no_document(bench: Bench) -> None:
    cancels: list[Command[Any]] = [receipts.CancelReceipt(1), receipts.CancelReceipt(30), drive.CancelDocument(30)]
    for cancel in cancels:
        bench.ask(TEA)
        bench.ask(cancel)

        assert bench.mode is Mode.SHIFT_OPEN
    assert bench.documents == []


def test_another_cashier_has_no_say_in_a_receipt(bench: Bench) -> None:
    bench.ask(TEA)

    assert bench.refuses(receipts.CancelReceipt(2)) == 0x59
    assert bench.mode is Mode.RECEIPT_OPEN


def test_the_old_commands_make_the_same_document(bench: Bench) -> None:
    document = bench.sell(
        receipts.OldSale(1, Decimal("1.5"), 10000, taxes=(1, 0, 0, 0), text="Сыр"),
        receipts.OldCloseReceipt(1, (20000, 0, 0, 0)),
    )

    assert (document.total_kopecks, document.change_kopecks, document.items[0].vat) == (15000, 5000, "20%")


@pytest.mark.parametrize(
    ("requests", "number", "state"),
    [
        ([], 1, True),
        ([service.PrintZReport(30)], 1, False),
        ([service.PrintZReport(30), service.OpenShift(1)], 2, True),
        ([drive.CloseShiftInDrive(30), drive.OpenShiftInDrive(30)], 2, True),
        (
            [drive.BeginCloseShift(30), service.PrintZReport(30), drive.BeginOpenShift(30), service.OpenShift(1)],
            2,
            True,
        ),
    ],
)
def test_shifts_open_and_close(bench: Bench, requests: list[Command[Any]], number: int, state: bool) -> None:
    for request in requests:
        bench.ask(request)

    parameters = bench.ask(drive.ReadShiftParameters(30))
    assert (parameters.open, parameters.shift) == (state, number)
    assert bench.mode is (Mode.SHIFT_OPEN if state else Mode.SHIFT_CLOSED)


def test_tags_given_between_begin_and_report_are_in_the_report(bench: Bench) -> None:
    cashier = bytes.fromhex("FD03 0400 88A2A0AD")  # 1021 "Иван"
    bench.ask(drive.BeginCloseShift(30))
    bench.ask(receipts.AddTlv(30, cashier))
    bench.ask(service.PrintZReport(30))

    assert [(each.kind, each.tags) for each in bench.documents] == [(5, {1021: "Иван"})]
    assert bench.ask(drive.ReadFiscalDriveStatus(30)).current_document == CurrentDocument.NONE


@pytest.mark.parametrize("tlv", ["F0", "F0030500", "F003050061", "F00301"])
def test_broken_tags_are_refused(bench: Bench, tlv: str) -> None:
    bench.ask(TEA)

    assert bench.refuses(receipts.AddTlv(1, bytes.fromhex(tlv))) == 0x09


@pytest.mark.parametrize("tlv", ["2304 0500 0101", "C804 0800 1304 0400 FF"])
def test_tags_that_the_ofd_would_not_understand_are_refused(bench: Bench, tlv: str) -> None:
    bench.ask(TEA)

    assert bench.refuses(receipts.AddTlvToOperation(1, bytes.fromhex(tlv))) == 0x09


def test_a_line_holds_so_many_tags_and_no_more(bench: Bench) -> None:
    bench.ask(TEA)
    note = encode([Tlv(1191, "x" * 64)])
    for _ in range(11):
        bench.ask(receipts.AddTlvToOperation(1, note))

    assert bench.refuses(receipts.AddTlvToOperation(1, note)) == 0x10
    assert bench.sell(paid(30100)).fd == 1


def test_a_name_in_letters_that_the_ofd_has_none_for_is_told_all_the_same(bench: Bench) -> None:
    tea = receipts.Operation(password=1, kind=1, quantity=Decimal(1), price=100, vat=1, name="«Чай» — ґречка")
    document = bench.sell(tea, paid(100))

    item = next(each for each in tags_of(document, bench.device.drive.passport) if each.tag == 1059)
    assert item.first(1030) == "?Чай? ? ?речка"


def test_tags_without_a_document_are_refused(bench: Bench) -> None:
    assert bench.refuses(receipts.AddTlv(1, b"")) == 0x02
    assert bench.refuses(drive.CancelDocument(30)) == 0x02


def test_tags_of_a_line_go_to_the_line(bench: Bench) -> None:
    document = bench.sell(TEA, receipts.AddTlvToOperation(1, bytes.fromhex("CE04 0100 01")), paid(30100))

    assert (document.items[0].tags, document.tags) == ({1230: "\x01"}, {})


@pytest.mark.parametrize(("hours", "mode"), [(24, Mode.SHIFT_OPEN), (24.01, Mode.SHIFT_OVER_24H)])
def test_after_24_hours_a_shift_can_only_be_closed(bench: Bench, hours: float, mode: Mode) -> None:
    bench.now += timedelta(hours=hours)

    assert bench.mode is mode
    assert mode is Mode.SHIFT_OPEN or (bench.refuses(OPEN), bench.refuses(TEA)) == (0x4E, 0x4E)
    assert bench.ask(service.PrintZReport(30)).operator == 30
    assert bench.mode is Mode.SHIFT_CLOSED


OUT_OF_PLACE: dict[str, tuple[list[Command[Any]], dict[Command[Any], int]]] = {
    "closed": ([service.PrintZReport(30)], {OPEN: 0x3D, TEA: 0x3D, paid(1): 0x73, service.PrintZReport(30): 0x3D}),
    "open": ([], {service.OpenShift(1): 0x3C, receipts.CancelReceipt(1): 0x73, drive.BeginOpenShift(1): 0x3C}),
    "in receipt": ([TEA], {OPEN: 0x4A, service.PrintZReport(30): 0x4A, service.CashIn(1, 1): 0x4A}),
}


@pytest.mark.parametrize("place", OUT_OF_PLACE)
def test_what_is_out_of_place_is_refused_with_the_reason(bench: Bench, place: str) -> None:
    before, refusals = OUT_OF_PLACE[place]
    for request in before:
        bench.ask(request)

    assert {request: bench.refuses(request) for request in refusals} == refusals


@pytest.mark.parametrize("request_", [SHORT, TEA, service.PrintZReport(30), drive.ReadFiscalDriveStatus(30)])
@pytest.mark.parametrize("password", [0, 31, 99999999])
def test_a_wrong_password_is_refused_by_every_command(bench: Bench, request_: Command[Any], password: int) -> None:
    body = request_.encode()
    at = 2 if body[0] == 0xFF else 1
    wrong = body[:at] + password.to_bytes(4, "little") + body[at + 4 :]

    assert execute(bench.device, wrong) == body[:at] + b"\x4f"


@pytest.mark.parametrize(
    "request_", [service.PrintZReport(28), service.PrintXReport(1), service.ReadTable(29, 18, 1, 1)]
)
def test_what_needs_a_chief_is_refused_to_a_cashier(bench: Bench, request_: Command[Any]) -> None:
    assert bench.refuses(request_) == 0x4F


@pytest.mark.parametrize("body", ["16", "2D01000000", "FF99", "FFFF", "00"])
def test_an_unknown_command_is_refused(bench: Bench, body: str) -> None:
    raw = bytes.fromhex(body)

    assert execute(bench.device, raw) == raw[: 2 if raw[0] == 0xFF else 1] + b"\x37"


@pytest.mark.parametrize("body", ["10", "10010000", "1001000000FF", "FF", "FF46", "FC00"])
def test_a_command_of_wrong_length_is_refused(bench: Bench, body: str) -> None:
    assert execute(bench.device, bytes.fromhex(body))[-1] == 0x7E


def test_without_paper_what_prints_is_refused_and_what_asks_is_answered(bench: Bench) -> None:
    bench.device.behave({"paper": "out"})

    status = bench.ask(SHORT)
    assert (status.submode, status.flags & (Flags.RECEIPT_ROLL | Flags.RECEIPT_PAPER)) == (Submode.NO_PAPER, 0)
    assert {bench.refuses(request) for request in PAPER_WANTED} == {0x6B}


def test_paper_put_back_before_anything_was_printed_lets_it_go_on(bench: Bench) -> None:
    bench.device.behave({"paper": "out"})
    bench.device.behave({"paper": "present"})

    assert bench.sell().fd == 1


def test_a_receipt_over_which_the_paper_ends_is_a_document_all_the_same(bench: Bench) -> None:
    bench.device.behave({"paper": "out_next"})

    assert bench.sell().fd == 1
    assert bench.ask(SHORT).submode == Submode.NO_PAPER_WHILE_PRINTING
    assert bench.refuses(OPEN) == 0x6B
    assert bench.refuses(service.ContinuePrinting(1)) == 0x6B


def test_after_new_paper_it_waits_to_be_told_to_go_on(bench: Bench) -> None:
    bench.device.behave({"paper": "out_next"})
    bench.sell()
    bench.device.behave({"paper": "present"})

    assert bench.ask(SHORT).submode == Submode.AWAITS_CONTINUE
    assert bench.refuses(OPEN) == 0x58
    bench.ask(service.ContinuePrinting(1))
    assert bench.ask(SHORT).submode == Submode.IDLE
    assert len(bench.documents) == 1


def test_nothing_to_go_on_with_is_a_refusal(bench: Bench) -> None:
    assert bench.refuses(service.ContinuePrinting(1)) == 0x72


def test_a_full_drive_takes_no_document(bench: Bench) -> None:
    bench.device.behave({"fn_left": 1})
    bench.sell()

    assert bench.refuses(OPEN) == 0x06
    assert bench.refuses(service.PrintZReport(30)) == 0x06
    assert bench.ask(drive.ReadFiscalDriveStatus(30)).warnings


def test_a_drive_full_in_the_middle_of_a_receipt_refuses_its_close(bench: Bench) -> None:
    bench.ask(TEA)
    bench.device.behave({"fn_left": 0})

    assert bench.refuses(paid(30100)) == 0x06
    assert bench.mode is Mode.RECEIPT_OPEN


def test_a_clock_behind_the_last_document_is_refused_by_the_drive(bench: Bench) -> None:
    bench.sell()
    bench.device.behave({"clock_offset_s": -61})

    assert bench.refuses(OPEN) == 0x07
    bench.device.behave({"clock_offset_s": 0})
    assert bench.sell().fd == 2


def test_an_ordered_refusal_hits_the_next_command_that_prints_once(bench: Bench) -> None:
    bench.device.behave({"refuse_next": {"code": 0x71}})

    assert bench.ask(SHORT).operator == 1
    assert bench.refuses(OPEN) == 0x71
    assert bench.sell().fd == 1


def test_an_ordered_refusal_can_name_its_command(bench: Bench) -> None:
    bench.device.behave({"refuse_next": {"code": 0x39, "command": receipts.CloseReceipt.CODE}})
    bench.ask(TEA)

    assert bench.refuses(paid(30100)) == 0x39
    assert bench.ask(paid(30100)).number == 1


def test_a_shift_can_pass_for_old_until_it_is_closed(bench: Bench) -> None:
    bench.device.behave({"shift_age_h": 25})
    assert bench.refuses(OPEN) == 0x4E

    bench.ask(service.PrintZReport(30))
    bench.ask(service.OpenShift(1))

    assert bench.mode is Mode.SHIFT_OPEN


def test_cash_goes_in_and_out_of_the_drawer(bench: Bench) -> None:
    assert bench.ask(service.CashIn(1, 100000)).through_document == 1
    bench.sell()
    assert bench.ask(service.CashOut(1, 50000)).through_document == 3

    assert bench.ask(service.ReadCashRegister(1, 241)).value == 80100
    assert operation_registers(bench, 144, 152, 153, 154, 155, 156) == [1, 3, 1, 1, 1, 1]
    assert bench.refuses(service.CashOut(1, 80101)) == 0x46


def test_cash_slips_count_anew_in_every_shift_and_are_numbered_for_good(bench: Bench) -> None:
    bench.ask(service.CashIn(1, 100))
    bench.ask(service.PrintZReport(30))
    bench.ask(service.OpenShift(1))
    bench.ask(service.CashIn(1, 100))

    assert operation_registers(bench, 153, 155) == [1, 2]
    assert bench.ask(service.ReadCashRegister(1, 242)).value == 100


def operation_registers(bench: Bench, *numbers: int) -> list[int]:
    return [bench.ask(service.ReadOperationRegister(1, number)).value for number in numbers]


def correct(**changed: int) -> receipts.FormCorrectionV2:
    fields = {"ordered": 0, "kind": 1, "total": 12200, "cash": 12200, "vat20": 2200, "taxation": 1}
    return receipts.FormCorrectionV2(password=30, **fields | changed)


def test_a_correction_is_a_document_that_can_be_found(bench: Bench) -> None:
    bench.ask(receipts.BeginCorrection(30))
    formed = bench.ask(correct())

    found = bench.ask(drive.FindDocument(30, formed.number))
    assert (found.type, found.sign, found.details) == (31, formed.sign, drive.ReceiptFormed(kind=1, total=12200))
    assert bench.ask(drive.ReadShiftParameters(30)).receipt == formed.receipt == 1
    assert operation_registers(bench, 144, 200) == [0, 1]
    assert bench.ask(service.ReadCashRegister(1, 241)).value == 12200


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": 2}, 0x5E),
        ({"kind": 4}, 0x5E),
        ({"cash": 12199}, 0x33),
        ({"total": 0, "cash": 0}, 0x33),
        ({"ordered": 2}, 0x33),
        ({"taxation": 3}, 0x33),
    ],
)
def test_a_correction_that_is_refused_stays_begun_and_leaves_no_document(
    bench: Bench, changed: dict[str, int], code: int
) -> None:
    bench.ask(receipts.BeginCorrection(30))

    assert bench.refuses(correct(**changed)) == code
    assert bench.documents == []
    assert bench.ask(drive.ReadFiscalDriveStatus(30)).current_document == CurrentDocument.CORRECTION


def test_a_correction_not_begun_is_refused(bench: Bench) -> None:
    assert bench.refuses(correct()) == 0x02


@pytest.mark.parametrize(
    "request_",
    [OPEN, TEA, service.PrintZReport(30), drive.BeginCloseShift(30), receipts.BeginCorrection(30)],
    ids=lambda request: request.NAME,
)
def test_a_correction_begun_stands_in_the_way_until_it_is_cancelled(bench: Bench, request_: Command[Any]) -> None:
    bench.ask(receipts.BeginCorrection(30))

    assert bench.refuses(request_) == 0x02
    bench.ask(drive.CancelDocument(30))
    bench.ask(request_)


def test_no_correction_begins_in_a_closed_shift(bench: Bench) -> None:
    bench.ask(service.PrintZReport(30))

    assert bench.refuses(receipts.BeginCorrection(30)) == 0x3D


def test_a_document_is_found_with_its_kind_and_sum(bench: Bench) -> None:
    document = bench.sell()
    bench.ask(service.PrintZReport(30))

    found = bench.ask(drive.FindDocument(30, 1))
    assert (found.type, found.number, found.sign, found.moment) == (
        3,
        1,
        int(document.fp),
        LOCAL_NOON,
    )
    assert found.details == drive.ReceiptFormed(kind=1, total=30100)
    assert bench.ask(drive.FindDocument(30, 2)).details == drive.ShiftTurned(1)


@pytest.mark.parametrize("number", [0, 1, 2**32 - 1])
def test_a_document_that_is_not_there_is_not_found(bench: Bench, number: int) -> None:
    assert bench.refuses(drive.FindDocument(30, number)) == 0x08


def test_the_drive_tells_its_last_document_and_what_it_is_at(bench: Bench) -> None:
    bench.sell()
    bench.ask(TEA)

    status = bench.ask(drive.ReadFiscalDriveStatus(30))
    assert (status.last_number, status.serial, status.current_document) == (
        1,
        bench.device.drive.passport.fn,
        CurrentDocument.RECEIPT,
    )


def test_documents_that_pass_for_unsent_are_the_newest(bench: Bench) -> None:
    for _ in range(3):
        bench.sell()
    assert bench.ask(drive.ReadUnconfirmedCount(30)).documents == 0

    bench.device.behave({"ofd_queue": 2})

    exchange = bench.ask(drive.ReadExchangeStatus(30))
    assert (exchange.waiting, exchange.first_number) == (2, 2)
    assert [bench.ask(drive.FindDocument(30, fd)).acknowledged for fd in (1, 2, 3)] == [True, False, False]


def test_the_long_status_says_who_and_when(bench: Bench) -> None:
    bench.sell()

    status = bench.ask(service.ReadLongStatus(1))
    assert (status.serial, status.inn, status.through_document) == (bench.device.drive.passport.serial, 7700000009, 1)
    assert (status.clock, status.last_closed_shift) == (LOCAL_NOON, 0)


def test_tables_tell_the_registration_and_guard_it(bench: Bench) -> None:
    passport = bench.device.drive.passport
    values = [bench.ask(service.ReadTable(30, 18, 1, field)).value.rstrip(b"\0") for field in (2, 3, 4)]

    assert values == [passport.inn.encode(), passport.rnm.encode(), passport.fn.encode()]
    assert bench.refuses(service.WriteTable(30, 18, 1, 3, b"1")) == 0x7A
    assert bench.refuses(service.ReadTable(30, 99, 1, 1)) == 0x5D


def test_answers_carry_the_time_of_a_document_when_the_table_says_so(bench: Bench) -> None:
    bench.ask(service.WriteTable(30, 17, 1, 36, b"\x01"))
    bench.ask(TEA)

    assert bench.ask(paid(30100)).moment == LOCAL_NOON


def test_a_date_is_taken_once_confirmed(bench: Bench) -> None:
    bench.ask(service.PrintZReport(30))
    bench.ask(service.SetTime(30, time(13, 30)))
    bench.ask(service.SetDate(30, date(2026, 11, 21)))
    assert bench.mode is Mode.AWAITS_DATE_CONFIRMATION
    assert bench.refuses(service.OpenShift(1)) == 0xC0
    assert bench.refuses(service.ConfirmDate(30, date(2026, 11, 22))) == 0x7C

    bench.ask(service.ConfirmDate(30, date(2026, 11, 21)))

    assert bench.ask(service.ReadLongStatus(1)).clock == LOCAL_NOON + timedelta(hours=25.5)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (service.ReadDeviceType(), service.DeviceType(model=250, name="ШТРИХ-М-01Ф")),
        (drive.ReadFiscalDriveVersion(30), drive.FiscalDriveVersion("emulator", serial_model=False)),
        (drive.ReadFiscalDriveExpiry(30), drive.FiscalDriveExpiry(date(2028, 2, 20), 30, 0)),
    ],
)
def test_what_never_changes_is_told(bench: Bench, request_: Command[Any], expected: object) -> None:
    assert bench.ask(request_) == expected


@pytest.mark.parametrize(
    "request_", [service.Beep(1), service.OpenDrawer(1), service.Feed(1, 2, 5), service.PrintXReport(30)]
)
def test_what_leaves_no_trace_is_done_and_leaves_none(bench: Bench, request_: Command[Any]) -> None:
    assert bench.ask(request_).operator in (1, 30)
    assert (bench.documents, bench.mode) == ([], Mode.SHIFT_OPEN)


def test_a_copy_wants_a_receipt(bench: Bench) -> None:
    assert bench.refuses(service.RepeatLastReceipt(1)) == 0x56
    bench.sell()
    assert bench.ask(service.RepeatLastReceipt(1)).operator == 1


def test_the_registration_is_told_without_a_document(bench: Bench) -> None:
    result = bench.ask(drive.ReadRegistrationResult(30))

    assert (result.inn, result.register_number) == (
        bench.device.drive.passport.inn,
        bench.device.drive.passport.rnm,
    )
    assert (result.number, result.ffd11) == (0, None)


def test_a_shift_with_more_receipts_than_two_bytes_hold_is_told_all_the_same(bench: Bench) -> None:
    bench.device.drive.counters.receipt_number = 100_000

    assert bench.ask(drive.ReadShiftParameters(30)).receipt == 0xFFFF


def test_a_date_too_far_off_is_refused(bench: Bench) -> None:
    bench.ask(service.PrintZReport(30))
    bench.ask(service.SetDate(30, date(2200, 1, 1)))

    assert bench.refuses(service.ConfirmDate(30, date(2200, 1, 1))) == 0x7D
    assert bench.mode is Mode.SHIFT_CLOSED


def test_the_old_close_takes_no_discount(bench: Bench) -> None:
    bench.ask(TEA)

    assert bench.refuses(receipts.OldCloseReceipt(1, (30100, 0, 0, 0), discount=100)) == 0x40


@pytest.mark.parametrize("unknown", [0x80, 4])
def test_a_kind_of_receipt_it_does_not_know_is_refused(bench: Bench, unknown: int) -> None:
    assert bench.refuses(receipts.OpenReceipt(1, unknown)) == 0x5E


BODIES = st.one_of(
    st.binary(min_size=1, max_size=255),
    st.builds(
        lambda command, password, rest: code_bytes(command.CODE) + password.to_bytes(4, "little") + rest,
        st.sampled_from(sorted(RULES, key=lambda command: command.CODE)),
        st.sampled_from([1, 2, 29, 30, 31]),
        st.one_of(st.binary(max_size=8), st.binary(max_size=180)),
    ),
)
ORDERS = st.sampled_from(
    [
        {"paper": "out"},
        {"paper": "out_next"},
        {"paper": "present"},
        {"fn_left": 1},
        {"fn_left": None},
        {"shift_age_h": 25},
        {"shift_age_h": None},
        {"clock_offset_s": MOST_OFFSET},
        {"clock_offset_s": -MOST_OFFSET},
        {"clock_offset_s": 0},
        {"ofd_queue": 3},
        {"ofd_unreachable": True},
        {"ofd_unreachable": False},
        {"fn_days_left": 3},
        {"fn_days_left": None},
        {"fn_silent": True},
        {"fn_silent": False},
        {"cover_open": True},
        {"cover_open": False},
        {"power": "off"},
        {"power": "on"},
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(BODIES, ORDERS), max_size=30))
def test_whatever_comes_in_whatever_state_it_answers_to_that_command(
    tmp_path_factory: pytest.TempPathFactory, script: list[bytes | dict[str, object]]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("drive") / "drive.jsonl")
    for each in script:
        if isinstance(each, dict):
            bench.device.behave(each)
            continue
        answer = execute(bench.device, each)
        assert 2 <= len(answer) <= 255
        assert answer[0] == each[0]
    assert bench.ask(SHORT).operator == 1
    assert len(bench.paper()) == len(list(bench.device.roll))
    for document in bench.documents:
        encode(tags_of(document, bench.device.drive.passport))
    bench.device.drive.close()
