"""What a host adds to a document through a register, beside items and payments: who sells, who buys, why, where.

The rest (times, numbers, sums, VAT) the register writes by itself (order ЕД-7-20/662@, tables 19 and 30).
"""

from collections.abc import Iterator
from datetime import datetime, time

from protocols.ffd.electronic import Settlement, sold_item
from protocols.ffd.item import item_tags, subject_of
from protocols.ffd.rates import turnovers
from protocols.ffd.tlv import Tlv
from protocols.item import Line
from protocols.receipt import Buyer, Cashier, Correction, Method, Receipt

NO_NUMBER = "б/н"
"""What tag 1179 says where there is no order: FFD 1.05 wants the tag in every correction."""

_PAID = {
    "cashless": (Method.CARD, Method.ACQUIRING),
    "prepaid": (Method.PREPAID,),
    "credit": (Method.CREDIT,),
    "other": (Method.OTHER,),
}


def document_tags(receipt: Receipt, ffd: str) -> tuple[Tlv, ...]:
    """For a document of FFD `ffd`: "1.05", "1.1" or "1.2". A cashier only where the receipt names one."""
    return (
        *_cashier(receipt.cashier),
        *_contact(receipt),
        *_given(receipt),
        *_buyer(receipt.buyer, ffd),
        *_correction(receipt.correction, ffd),
    )


def cashier_tags(name: str, inn: str | None = None) -> tuple[Tlv, ...]:
    """Who works at the till: in receipts and in shift reports."""
    return tuple(_cashier(Cashier(name, inn)))


def settlement_of(receipt: Receipt, ffd: str, *, taxation: int, number: int) -> Settlement:
    """The figures and tags of a receipt, for a whole document; `number` within the shift. Change comes off the cash.

    `taxation` is the register's own, for receipts that name none. Corrections of FFD 1.05 have sums and no items.
    """
    paid = {field: sum(p.amount_kopecks for p in receipt.payments if p.method in ways) for field, ways in _PAID.items()}
    lines = tuple(receipt.lines())
    itemless = ffd == "1.05" and receipt.correction is not None
    return Settlement(
        sign=receipt.sign,
        taxation=int(receipt.taxation or taxation),
        number=number,
        items=() if itemless else tuple(item_document(line, receipt, ffd) for line in lines),
        sold=turnovers(lines),
        cash=receipt.total_kopecks - receipt.cashless_kopecks,
        tags=document_tags(receipt, ffd),
        **paid,
    )


def item_document(line: Line, receipt: Receipt, ffd: str) -> Tlv:
    """Tag 1059, whole."""
    return sold_item(
        line.name,
        line.price_kopecks,
        line.quantity,
        line.total_kopecks,
        line.vat,
        terms=int(line.item.terms),
        subject=int(subject_of(line.item, ffd)),
        tags=item_tags(line, receipt, ffd),
    )


def international(phone: str) -> str:
    """The phone as tags want it, "+" and digits: 8 and 7 before ten digits, or ten alone, are Russian."""
    digits = phone.removeprefix("+")
    if phone.startswith("+") or not 10 <= len(digits) <= 11 or (len(digits) == 11 and digits[0] not in "78"):
        return f"+{digits}"
    return f"+7{digits[-10:]}"


def _cashier(cashier: Cashier | None) -> Iterator[Tlv]:
    if cashier is None:
        return
    yield Tlv(1021, cashier.name)
    if cashier.inn is not None:
        yield Tlv(1203, cashier.inn)


def _contact(receipt: Receipt) -> Iterator[Tlv]:
    if receipt.customer_email is not None:
        yield Tlv(1008, receipt.customer_email)
    elif receipt.customer_phone is not None:
        yield Tlv(1008, international(receipt.customer_phone))


def _given(receipt: Receipt) -> Iterator[Tlv]:
    if receipt.note is not None:
        yield Tlv(1192, receipt.note)
    if receipt.requisite is not None:
        yield Tlv(1084, (Tlv(1085, receipt.requisite.name), Tlv(1086, receipt.requisite.value)))
    if receipt.place is not None:
        yield Tlv(1187, receipt.place)
    if receipt.internet:
        yield Tlv(1125, 1)


def _buyer(buyer: Buyer | None, ffd: str) -> Iterator[Tlv]:
    if buyer is None:
        return
    known = [Tlv(tag, value) for tag, value in ((1227, buyer.name), (1228, buyer.inn)) if value is not None]
    if ffd == "1.2":
        yield Tlv(1256, tuple(known))
    else:
        yield from known


def _correction(correction: Correction | None, ffd: str) -> Iterator[Tlv]:
    """1177 is left out: only the edition of 2017 knows it."""
    if correction is None:
        return
    number = correction.number or (NO_NUMBER if ffd == "1.05" else None)
    basis = [Tlv(1178, datetime.combine(correction.of_day, time()))]
    if number is not None:
        basis.append(Tlv(1179, number))
    yield Tlv(1173, int(correction.ordered))
    yield Tlv(1174, tuple(basis))
