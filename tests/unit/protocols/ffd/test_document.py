"""What a host adds to a document, and whole documents as the drive keeps them."""

from dataclasses import replace as dataclass_replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from protocols.ffd.document import cashier_tags, document_tags, international, settlement_of
from protocols.ffd.electronic import (
    Record,
    ShiftCount,
    correction_document,
    printed_sign,
    receipt_document,
    shift_close_document,
    shift_open_document,
)
from protocols.ffd.tlv import Tlv, decode, encode, first
from protocols.item import Item, Vat
from protocols.receipt import Buyer, Correction, Kind, Method, Payment, Receipt
from tests.unit.protocols.ffd.receipts import CORRECTION, FULL, INN, MARKED_ITEM, PERSON_INN, receipt

NOON = datetime(2026, 3, 1, 12, 0)  # noqa: DTZ001 - the register's own clock
RECORD = Record("9999078900001234", 87, 123_456_789, "0000000005008570", INN, NOON, 14, "1.2")
FORMATS = ["1.05", "1.1", "1.2"]

COMMON = (
    Tlv(1021, "Иванова И. И."),
    Tlv(1203, PERSON_INN),
    Tlv(1008, "buyer@example.ru"),
    Tlv(1192, "1234567890"),
    Tlv(1084, (Tlv(1085, "Заказ"), Tlv(1086, "17"))),
    Tlv(1187, "https://shop.example.ru"),
    Tlv(1125, 1),
)
BUYER = (Tlv(1227, "ООО Ромашка"), Tlv(1228, INN))


def test_a_receipt_that_says_nothing_more_has_no_tags_of_the_host() -> None:
    assert document_tags(receipt(MARKED_ITEM), "1.2") == ()


def test_in_1_2_the_buyer_is_a_structure() -> None:
    assert document_tags(FULL, "1.2") == (*COMMON, Tlv(1256, BUYER))


@pytest.mark.parametrize("ffd", ["1.05", "1.1"])
def test_before_1_2_the_buyer_stands_in_the_document_itself(ffd: str) -> None:
    assert document_tags(FULL, ffd) == (*COMMON, *BUYER)


def test_half_of_a_buyer_is_said_alone() -> None:
    assert document_tags(receipt(MARKED_ITEM, buyer=Buyer(inn=INN)), "1.2") == (Tlv(1256, (Tlv(1228, INN),)),)


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        ("89161234567", "+79161234567"),
        ("79161234567", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("+79161234567", "+79161234567"),
        ("+84901234567", "+84901234567"),
        ("375291234567", "+375291234567"),
        ("12025550123", "+12025550123"),
    ],
)
def test_a_phone_is_a_plus_and_digits(phone: str, said: str) -> None:
    assert international(phone) == said
    assert document_tags(receipt(MARKED_ITEM, customer_phone=phone), "1.05") == (Tlv(1008, said),)


@pytest.mark.parametrize("ffd", FORMATS)
def test_a_correction_gives_its_day_and_the_order_behind_it(ffd: str) -> None:
    midnight = datetime(2026, 2, 28)  # noqa: DTZ001 - a day on the register's calendar

    assert document_tags(CORRECTION, ffd) == (Tlv(1173, 1), Tlv(1174, (Tlv(1178, midnight), Tlv(1179, "12-3"))))


@pytest.mark.parametrize(("ffd", "number"), [("1.05", "б/н"), ("1.1", None), ("1.2", None)])
def test_a_correction_of_ones_own_accord_has_a_number_only_where_the_format_wants_one(
    ffd: str, number: str | None
) -> None:
    own = replace(CORRECTION, correction=Correction(date(2026, 2, 28)))

    kind, basis = document_tags(own, ffd)

    assert kind == Tlv(1173, 0)
    assert basis.first(1179) == number


def test_a_cashier_of_a_shift_report_may_have_no_inn() -> None:
    assert cashier_tags("Иванова") == (Tlv(1021, "Иванова"),)


@pytest.mark.parametrize("ffd", FORMATS)
@pytest.mark.parametrize("said", [FULL, CORRECTION, receipt(MARKED_ITEM)], ids=["full", "correction", "marked"])
def test_a_whole_document_goes_both_ways_in_every_format(said: Receipt, ffd: str) -> None:
    record = dataclass_replace(RECORD, ffd=ffd)
    settlement = settlement_of(said, ffd, taxation=1, number=5)

    document = (correction_document if said.correction else receipt_document)(record, settlement)

    assert decode(encode((document,))) == (document,)


def test_a_receipt_document_says_what_was_sold_and_how_it_was_paid() -> None:
    things = (
        Item("Линза", Decimal(3), 10_000, Vat.V22, discount_kopecks=1),
        Item("Чехол", Decimal(1), 5_000, Vat.NONE),
    )
    ways = {Method.CASH: 60_00, Method.CARD: 100_00, Method.ACQUIRING: 50_00, Method.PREPAID: 70_00}
    ways |= {Method.CREDIT: 40_00, Method.OTHER: 50_00}
    payments = tuple(Payment(method, kopecks) for method, kopecks in ways.items())
    settlement = settlement_of(Receipt("P", Kind.REFUND, things, payments), "1.2", taxation=2, number=5)

    document = receipt_document(RECORD, settlement)

    said = {
        tag: document.first(tag) for tag in (1054, 1055, 1042, 1209, 1020, 1031, 1081, 1215, 1216, 1217, 1105, 1102)
    }
    assert said == {
        1054: 2,
        1055: 2,
        1042: 5,
        1209: 4,
        1020: 349_99,
        1031: 39_99,
        1081: 150_00,
        1215: 70_00,
        1216: 40_00,
        1217: 50_00,
        1105: 50_00,
        1102: None,
    }
    assert document.first(1115) == (Tlv(1119, (Tlv(1199, 11), Tlv(1120, 54_10))),)
    items = [item.value for item in document.value if item.tag == 1059]  # type: ignore[union-attr]
    assert [(first(item, 1023), first(item, 1079), first(item, 1043)) for item in items] == [  # type: ignore[arg-type]
        (Decimal(2), 100_00, 200_00),
        (Decimal(1), 99_99, 99_99),
        (Decimal(1), 50_00, 50_00),
    ]


def test_the_payments_of_a_document_come_to_its_total() -> None:
    settlement = settlement_of(FULL, "1.2", taxation=1, number=1)

    assert settlement.total == FULL.total_kopecks
    assert settlement.taxation == 32  # the receipt's own before the register's


def test_an_electronic_receipt_has_all_five_payments_though_they_are_zero() -> None:
    document = receipt_document(RECORD, settlement_of(FULL, "1.2", taxation=1, number=1))

    assert [document.first(tag) for tag in (1031, 1215, 1216, 1217)] == [0, 0, 0, 0]


def test_the_head_says_which_document_of_which_drive_it_is() -> None:
    document = receipt_document(RECORD, settlement_of(FULL, "1.2", taxation=1, number=1))

    said = [document.first(tag) for tag in (1041, 1040, 1037, 1018, 1012, 1038)]
    assert said == ["9999078900001234", 87, "0000000005008570", INN, NOON, 14]
    assert printed_sign(document.first(1077)) == "0123456789"


def test_a_correction_of_1_05_has_sums_and_no_items() -> None:
    old, new = (settlement_of(CORRECTION, ffd, taxation=1, number=1) for ffd in ("1.05", "1.1"))

    assert (old.items, len(new.items)) == ((), 1)
    assert old.total == new.total == CORRECTION.total_kopecks
    assert correction_document(RECORD, new).tag == 31


def test_shift_reports_count_the_shift() -> None:
    record = dataclass_replace(RECORD, cashier=cashier_tags("Иванова"))
    totals = (Tlv(1134, 7),)

    opened = shift_open_document(record, "2.0")
    closed = shift_close_document(record, ShiftCount(7, 9, 2, date(2026, 2, 28), totals))

    assert (opened.tag, opened.first(1188), opened.first(1189), opened.first(1021)) == (2, "2.0", 4, "Иванова")
    assert [closed.first(tag) for tag in (1118, 1111, 1097, 1194)] == [7, 9, 2, totals]
    assert closed.first(1098) == datetime(2026, 2, 28)  # noqa: DTZ001 - a day on the register's calendar
    assert decode(encode((opened, closed))) == (opened, closed)


def test_1_05_knows_no_totals_of_a_shift() -> None:
    closed = shift_close_document(dataclass_replace(RECORD, ffd="1.05"), ShiftCount(7, 9, totals=(Tlv(1134, 7),)))

    assert closed.first(1194) is None
    assert closed.first(1098) is None
