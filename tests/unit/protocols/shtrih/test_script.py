"""A receipt as commands: which, in which order, with which bytes, and what cannot be said at all."""

from dataclasses import replace as with_field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from protocols.ffd.tlv import Tlv, decode, first
from protocols.item import Agent, AgentKind, Item, Marking, Measure, Supplier, Vat
from protocols.receipt import Cashier, Correction, Kind, Method, Payment, Receipt, Requisite, Taxation
from protocols.shtrih.codes import VAT_BYTES, VAT_BYTES_NANO
from protocols.shtrih.commands import Command
from protocols.shtrih.corrections import NotSayable
from protocols.shtrih.marking import BindMarkingCode, MarkingCodeChecked, complaint
from protocols.shtrih.receipts import (
    AddTlv,
    AddTlvToOperation,
    BeginCorrection,
    CloseReceipt,
    FormCorrectionV2,
    OpenReceipt,
    Operation,
)
from protocols.shtrih.script import MOST_TLV, Script, Wording, tags_in_commands, text_lines, write
from protocols.shtrih.service import PrintLine

CODE = "010460043993125621JgXJ5.T\x1d8005112000\x1d93TEST"
PLAIN = Wording(30, VAT_BYTES)
NEW = with_field(PLAIN, ffd="1.2")
FORMATS = ("1.05", "1.1", "1.2")


def item(**fields: Any) -> Item:
    return replace(Item("Оправа", Decimal(1), 10_000, Vat.V22), **fields)


def receipt(*items: Item, **fields: Any) -> Receipt:
    sold = items or (item(),)
    paid = (Payment(Method.CASH, sum(each.total_kopecks for each in sold)),)
    return replace(Receipt("POS-001", Kind.SALE, sold, paid), **fields)


def kinds(script: Script) -> list[type[Command[Any]]]:
    return [type(command) for command in (*script.codes, *script.body, script.closing)]


def tags_of(script: Script, kind: type[AddTlv] | type[AddTlvToOperation]) -> tuple[Tlv, ...]:
    return tuple(tag for command in script.body if isinstance(command, kind) for tag in decode(command.tlv))


def closing(script: Script) -> CloseReceipt:
    assert isinstance(script.closing, CloseReceipt)
    return script.closing


def operation(script: Script) -> Operation:
    (found,) = [command for command in script.body if isinstance(command, Operation)]
    return found


def test_a_plain_sale_is_opened_filled_and_closed() -> None:
    script = write(receipt(item(), item(name="Линзы", vat=Vat.NONE)), PLAIN)

    assert kinds(script) == [OpenReceipt, Operation, Operation, CloseReceipt]
    assert closing(script).payments == (20_000, *[0] * 15)
    assert script.by_items


@pytest.mark.parametrize(
    ("kind", "opening", "sign"),
    [(Kind.SALE, 0, 1), (Kind.PURCHASE, 1, 3), (Kind.REFUND, 2, 2), (Kind.PURCHASE_REFUND, 3, 4)],
)
@pytest.mark.parametrize("corrects", [False, True])
def test_each_kind_has_its_opening_and_its_sign(kind: Kind, opening: int, sign: int, corrects: bool) -> None:
    asked = receipt(kind=kind)
    if corrects:
        asked = receipt(kind=Kind.CORRECTION, correction=Correction(date(2026, 10, 31), of=kind))

    script = write(asked, NEW)

    assert script.body[0] == OpenReceipt(30, opening | 0x80 * corrects)
    assert operation(script).kind == sign


@pytest.mark.parametrize("ffd", ["1.1", "1.2"])
def test_a_correction_goes_by_items_with_its_basis(ffd: str) -> None:
    asked = receipt(kind=Kind.CORRECTION, correction=Correction(date(2026, 10, 31), ordered=True, number="7"))

    tags = tags_of(write(asked, with_field(PLAIN, ffd=ffd)), AddTlv)

    assert first(tags, 1173) == 1
    assert {tag.tag for tag in first(tags, 1174)} == {1178, 1179}


def test_a_correction_of_105_goes_by_sums_with_nothing_but_its_basis_and_cashier() -> None:
    asked = receipt(
        kind=Kind.CORRECTION,
        correction=Correction(date(2026, 10, 31)),
        cashier=Cashier("Иванова"),
        customer_email="a@b.ru",
    )

    script = write(asked, PLAIN)

    assert kinds(script) == [BeginCorrection, AddTlv, FormCorrectionV2]
    assert [tag.tag for tag in tags_of(script, AddTlv)] == [1021, 1174]
    assert not script.by_items


def test_what_a_format_forbids_is_refused_with_the_rule_it_breaks() -> None:
    asked = receipt(kind=Kind.CORRECTION, correction=Correction(date(2026, 10, 31), of=Kind.REFUND))

    with pytest.raises(NotSayable, match="возврат"):
        write(asked, PLAIN)


def test_every_way_of_paying_has_its_slot() -> None:
    paid = tuple(Payment(method, 10 ** (2 + at)) for at, method in enumerate(Method))
    total = sum(payment.amount_kopecks for payment in paid)

    payments = closing(write(receipt(item(price_kopecks=total), payments=paid), PLAIN)).payments

    # cash; card and acquiring; prepaid, credit, other
    assert [payments[slot] for slot in (0, 1, 13, 14, 15)] == [100, 11_000, 100_000, 1_000_000, 10_000_000]
    assert sum(payments) == total


def test_taxation_is_the_receipts_or_else_the_registers() -> None:
    wording = with_field(PLAIN, taxation=Taxation.PSN)

    assert closing(write(receipt(), wording)).taxation == Taxation.PSN
    assert closing(write(receipt(taxation=Taxation.ESHN), wording)).taxation == Taxation.ESHN


def test_the_cashier_is_the_receipts_or_else_the_registers() -> None:
    wording = with_field(PLAIN, cashier=Cashier("Петрова", "500100732259"))

    of_register = tags_of(write(receipt(), wording), AddTlv)
    of_receipt = tags_of(write(receipt(cashier=Cashier("Иванова")), wording), AddTlv)

    assert (first(of_register, 1021), first(of_register, 1203)) == ("Петрова", "500100732259")
    assert (first(of_receipt, 1021), first(of_receipt, 1203)) == ("Иванова", None)


@pytest.mark.parametrize(
    ("vat", "byte", "byte_of_nano"), [(Vat.V22, 0xCB, 0x90), (Vat.C22, 0xCC, 0xA0), (Vat.V5, 0x81, 0x81)]
)
def test_rates_have_the_bytes_of_the_model(vat: Vat, byte: int, byte_of_nano: int) -> None:
    asked = receipt(item(vat=vat))

    assert operation(write(asked, PLAIN)).vat == byte
    assert operation(write(asked, with_field(PLAIN, rates=VAT_BYTES_NANO))).vat == byte_of_nano


@pytest.mark.parametrize("vat", Vat)
@pytest.mark.parametrize("ffd", FORMATS)
def test_every_rate_can_be_sold_in_every_format(vat: Vat, ffd: str) -> None:
    assert operation(write(receipt(item(vat=vat)), with_field(PLAIN, ffd=ffd))).vat == VAT_BYTES[vat]


def test_an_items_tags_follow_it_and_come_before_the_next() -> None:
    asked = receipt(item(country="156"), item(name="Линзы"))

    script = write(asked, PLAIN)

    assert kinds(script) == [OpenReceipt, Operation, AddTlvToOperation, Operation, CloseReceipt]
    assert tags_of(script, AddTlvToOperation) == (Tlv(1230, "156"),)


def test_a_marking_code_is_checked_before_the_receipt_is_open_and_bound_behind_the_items_tags() -> None:
    script = write(receipt(item(marking=Marking(CODE))), NEW)

    assert [command.code_and_tlv for command in script.codes] == [(CODE.encode(), b"")]
    assert kinds(script)[1:] == [OpenReceipt, Operation, AddTlvToOperation, BindMarkingCode, CloseReceipt]
    assert script.body[3] == BindMarkingCode(30, (CODE.encode(),))


def test_cash_core_models_take_tags_and_code_before_the_item() -> None:
    script = write(receipt(item(marking=Marking(CODE))), with_field(NEW, tags_before_item=True))

    assert kinds(script)[1:] == [OpenReceipt, AddTlvToOperation, BindMarkingCode, Operation, CloseReceipt]


@pytest.mark.parametrize("ffd", ["1.05", "1.1"])
def test_formats_before_12_have_the_code_as_a_tag(ffd: str) -> None:
    script = write(receipt(item(marking=Marking(CODE))), with_field(PLAIN, ffd=ffd))

    assert script.codes == ()
    assert [tag.tag for tag in tags_of(script, AddTlvToOperation)] == [1162]


@pytest.mark.parametrize(
    ("kind", "part", "status"),
    [
        (Kind.SALE, False, 1),
        (Kind.SALE, True, 2),
        (Kind.REFUND, False, 3),
        (Kind.REFUND, True, 4),
        (Kind.PURCHASE, False, 3),
        (Kind.PURCHASE_REFUND, False, 1),
    ],
)
def test_what_becomes_of_marked_goods_follows_from_the_receipt(kind: Kind, part: bool, status: int) -> None:
    fraction, measure = ((1, 3), Measure.PIECE) if part else (None, Measure.PIECE)
    sold = item(marking=Marking(CODE, fraction=fraction), measure=measure)

    (check,) = write(receipt(sold, kind=kind), NEW).codes

    assert check.status == status
    assert [tag.tag for tag in decode(check.code_and_tlv[1])] == ([1023, 2108] if part else [])


def test_a_status_that_the_receipt_names_is_the_one_that_is_asked_for() -> None:
    (check,) = write(receipt(item(marking=Marking(CODE, status=255))), NEW).codes

    assert check.status == 255


def test_header_and_footer_are_inside_the_receipt_and_off_a_paperless_one() -> None:
    asked = receipt(header=("Добро пожаловать",), footer=("Спасибо", "Ждём вас"), cashier=Cashier("Иванова"))

    printed = [OpenReceipt, PrintLine, Operation, AddTlv, PrintLine, PrintLine, CloseReceipt]
    assert kinds(write(asked, PLAIN)) == printed
    quiet = write(replace(asked, paperless=True), PLAIN)
    assert kinds(quiet) == [OpenReceipt, Operation, AddTlv, CloseReceipt]


def test_a_line_too_wide_for_the_roll_goes_on_in_the_next() -> None:
    printed = [command.line for command in text_lines(("а" * 45, "", "конец"), 30)]

    assert printed == ["а" * 40, "а" * 5, "", "конец"]


def test_tags_fill_as_few_commands_as_hold_them_in_their_order() -> None:
    tags = [Tlv(1187, f"{number}" * 100) for number in range(5)]

    commands = [command.encode()[6:] for command in tags_in_commands(tags, lambda tlv: AddTlv(30, tlv))]

    assert [tag for packed in commands for tag in decode(packed)] == tags
    assert [len(packed) for packed in commands] == [208, 208, 104]
    assert all(len(packed) <= MOST_TLV for packed in commands)


def test_a_tag_that_no_command_holds_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(NotSayable, match="1084"):
        write(receipt(requisite=Requisite("Заказ", "9" * 250)), PLAIN)


def test_agents_and_suppliers_go_with_their_items() -> None:
    agent = Agent(AgentKind.COMMISSION_AGENT)
    sold = item(agent=agent, supplier=Supplier("7707083893", "ООО Ромашка", ("+79991234567",)))

    tags = tags_of(write(receipt(sold), NEW), AddTlvToOperation)

    assert {tag.tag for tag in tags} == {2108, 1222, 1224, 1226}


def test_a_marked_item_whose_discount_makes_two_lines_cannot_be_said() -> None:
    sold = item(
        quantity=Decimal("2.5"),
        measure=Measure.KILOGRAM,
        price_kopecks=1_000,
        discount_kopecks=1,
        marking=Marking(CODE),
    )

    with pytest.raises(NotSayable, match="код маркировки один"):
        write(receipt(sold), NEW)


def test_a_code_with_letters_that_no_code_has_cannot_be_said() -> None:
    with pytest.raises(NotSayable):
        write(receipt(item(marking=Marking("кириллица"))), NEW)


@pytest.mark.parametrize(
    ("status", "result", "sold"),
    [
        (0, None, True),  # the drive did not check
        (3, None, True),
        (1, None, False),
        (3, 0x0F, True),
        (3, 0x07, False),  # the server says no
        (3, 0x03, True),  # the server was out of reach
        (0, 0x0C, True),
    ],
)
def test_only_a_check_that_was_made_and_failed_forbids_to_sell(status: int, result: int | None, sold: bool) -> None:
    answer = MarkingCodeChecked(
        status=status, reason=0, kind=2, more=0 if result is None else 2, drive_answer=0, result=result
    )

    assert (complaint(answer) is None) == sold
