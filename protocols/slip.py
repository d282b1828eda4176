"""A document as the buyer sees it, ready to be shown: texts only, personal data masked. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from protocols import jsontext
from protocols.ffd.item import UNITS
from protocols.ffd.rates import tax_of, turnovers
from protocols.fiscal import CashSlip, Document, FiscalDocument, ShiftReport
from protocols.item import Line, Vat, plain
from protocols.masking import masked_contact, masked_name
from protocols.order import Order
from protocols.receipt import Receipt
from protocols.slip_words import KINDS, PAYMENTS, TAXATIONS, TITLES, money, vat_name
from protocols.till import TillWork, Work

Row = tuple[str, str]  # what it is, and its value

UNTAXED = (Vat.NONE, Vat.V0)


@dataclass(frozen=True, slots=True)
class Position:
    name: str
    price: str
    total: str
    vat: str


@dataclass(frozen=True, slots=True)
class Slip:
    """`notice`: what is odd about it. `found`: what the register shows in the place of one whose fate is unknown."""

    title: str
    kind: str = ""
    header: Sequence[str] = ()
    positions: Sequence[Position] = ()
    total: str = ""
    sums: Sequence[Row] = ()
    facts: Sequence[Row] = ()
    footer: Sequence[str] = ()
    qr: str = ""
    notice: str = ""
    found: Sequence[Sequence[Row]] = field(default_factory=list)


def slip_of(order: Order, document: Document) -> Slip:
    """Of what is on paper."""
    asked = _asked(order)
    match document:
        case FiscalDocument():
            qr, facts = document.qr, [*_facts(document), *asked.facts]
            return _with(asked, facts=facts, total=money(document.total_kopecks), qr=qr)
        case ShiftReport():
            return _with(asked, facts=list(_facts(document)))
        case CashSlip():
            return _with(asked, facts=[("ФН", document.fn), ("№ в смене", str(document.number))])


def unknown_slip(order: Order, found: bytes | None) -> Slip:
    """Both sides of one whose fate is unknown: what was asked for, and what the register shows."""
    documents = [list(_found(each)) for each in jsontext.loads(found or b"[]")]
    notice = "Неизвестно, напечатан ли этот документ: сверьте с лентой. Ниже — что просили и что показывает ККТ."
    return _with(_asked(order), notice=notice, found=documents)


def gone_slip(answer: bytes) -> Slip | None:
    """Of one that is cleaned up, by the answer that its key still gets; None if that tells of no receipt on paper."""
    document = jsontext.loads(answer).get("fiscal_doc")
    if document is None:
        return None
    notice = "Что было в этом чеке, уже не хранится; его данные и QR-код действительны."
    total = money(int(document["total"] * 100))
    return Slip("Кассовый чек", total=total, facts=list(_found(document)), qr=document["qr"], notice=notice)


def _with(slip: Slip, **changes: Any) -> Slip:
    fields = {name: getattr(slip, name) for name in Slip.__slots__}
    return Slip(**{**fields, **changes})


def _asked(order: Order) -> Slip:
    if isinstance(order, TillWork):
        total = money(order.amount_kopecks) if order.kind in (Work.CASH_IN, Work.CASH_OUT) else ""
        return Slip(TITLES[order.kind], total=total)
    kind = KINDS[order.kind if order.correction is None else order.correction.of]
    return Slip(
        TITLES[order.kind],
        kind,
        order.header,
        [_position(line) for line in order.lines()],
        money(order.total_kopecks),
        [*_payments(order), *_taxes(order.lines())],
        list(_of_receipt(order)),
        order.footer,
    )


def _position(line: Line) -> Position:
    quantity = f"{plain(line.quantity)}".replace(".", ",")
    unit = UNITS.get(line.item.measure, "")
    name = f"[М] {line.name}" if line.item.marking else line.name
    price = f"{quantity} {unit}".strip() + f" × {money(line.price_kopecks)}"
    return Position(name, price, money(line.total_kopecks), vat_name(line.vat))


def _payments(receipt: Receipt) -> Iterator[Row]:
    for payment in receipt.payments:
        yield PAYMENTS[payment.method], money(payment.amount_kopecks)
    change = receipt.cash_kopecks + receipt.cashless_kopecks - receipt.total_kopecks
    if change > 0:
        yield "Сдача", money(change)


def _taxes(lines: Iterable[Line]) -> Iterator[Row]:
    """Registers may sum the taxes of single items, which differs by a kopeck an item at most."""
    for vat, kopecks in turnovers(lines).items():
        yield f"Сумма: {vat_name(vat)}", money(kopecks if vat in UNTAXED else tax_of(kopecks, vat))


def _facts(document: FiscalDocument | ShiftReport) -> Iterator[Row]:
    yield "Дата и время", _moment(document.fiscal_datetime)
    if document.shift_number is not None:
        yield "Смена", str(document.shift_number)
    if isinstance(document, FiscalDocument) and document.receipt_number is not None:
        yield "Чек в смене", str(document.receipt_number)
    yield "РН ККТ", document.kkt_number
    yield "ФН", document.fn
    yield "ФД", str(document.fd)
    yield "ФП", document.fp


FOUND = {
    "fiscal_datetime": "Дата и время",
    "shift_number": "Смена",
    "receipt_number": "Чек в смене",
    "kkt_number": "РН ККТ",
    "fn": "ФН",
    "fd": "ФД",
    "fp": "ФП",
}
"""The fields of `protocols.answers.fiscal_doc`, as they stand on paper."""


def _found(document: Mapping[str, Any]) -> Iterator[Row]:
    """As the answers of the API have it."""
    titles = [title for kind, title in TITLES.items() if kind == document.get("type")]
    yield from (("Документ", title) for title in titles)
    for name in ("total", "amount"):
        if name in document:
            yield "Сумма", money(int(document[name] * 100))
    for name, label in FOUND.items():
        value = document.get(name)
        if value is not None:
            yield label, _moment(datetime.fromisoformat(value)) if name == "fiscal_datetime" else str(value)


def _of_receipt(receipt: Receipt) -> Iterator[Row]:
    if receipt.taxation is not None:
        yield "СНО", TAXATIONS[receipt.taxation]
    if receipt.cashier is not None:
        yield "Кассир", receipt.cashier.name
    if receipt.place is not None:
        yield "Место расчётов", receipt.place
    if receipt.buyer is not None and receipt.buyer.name is not None:
        yield "Покупатель", masked_name(receipt.buyer.name)
    if receipt.contact is not None:
        yield "Электронный чек", masked_contact(receipt.contact)
    if receipt.requisite is not None:
        yield receipt.requisite.name, receipt.requisite.value


def _moment(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M}"
