"""A receipt in the register's words: every command of it, in order, made before the first is sent.

What the register or its format of fiscal data (FFD) cannot hold is found here, while nothing has been begun.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from msgspec.structs import replace

from protocols.ffd.document import document_tags
from protocols.ffd.item import item_tags, subject_of
from protocols.ffd.rules import check
from protocols.ffd.tlv import Tlv, Unencodable, encode
from protocols.item import Item, Line, Measure
from protocols.receipt import Cashier, Kind, Method, Receipt, Taxation
from protocols.shtrih.codecs import printable
from protocols.shtrih.codes import OPENS_CORRECTION, PaymentSlot, ReceiptKind
from protocols.shtrih.commands import Command
from protocols.shtrih.corrections import NotSayable, form
from protocols.shtrih.layout import LayoutError
from protocols.shtrih.marking import BindMarkingCode, CheckMarkingCode
from protocols.shtrih.receipts import (
    AddTlv,
    AddTlvToOperation,
    BeginCorrection,
    CloseReceipt,
    OpenReceipt,
    Operation,
)
from protocols.shtrih.service import PrintLine

MOST_TLV = 249  # bytes of tags in one FF0Ch or FF4Dh: the manual says 250, of which one does not fit the frame
NAME_SIZE = 128  # bytes of CP1251 in FF46h
LINE_SIZE = 40  # characters of 17h that every model prints
RECEIPT_ROLL = 2  # flag of 17h
OPENINGS = {
    Kind.SALE: ReceiptKind.SALE,
    Kind.REFUND: ReceiptKind.SALE_RETURN,
    Kind.PURCHASE: ReceiptKind.BUY,
    Kind.PURCHASE_REFUND: ReceiptKind.BUY_RETURN,
}
SLOTS = {
    Method.CASH: PaymentSlot.CASH,
    Method.CARD: PaymentSlot.ELECTRONIC,
    Method.ACQUIRING: PaymentSlot.ELECTRONIC,
    Method.PREPAID: PaymentSlot.PREPAID,
    Method.CREDIT: PaymentSlot.CREDIT,
    Method.OTHER: PaymentSlot.IN_KIND,
}
OF_A_CORRECTION_BY_SUMS = frozenset({1021, 1203, 1174})
"""Tags that a correction of FFD 1.05 takes by FF0Ch; tag 1173 is a field of FF4Ah."""
LEAVES_THE_SHOP = frozenset({1, 4})  # tag 1054: what is sold, and what was bought and goes back


@dataclass(frozen=True)
class Wording:
    """How a register is spoken to. `rates`: the byte of each VAT rate in FF46h; `ffd`: "1.05", "1.1" or "1.2".

    `tags_before_item`: cash-core models take an item's tags and marking code before the item, the rest after it.
    `cashier` and `taxation` are for receipts that name none.
    """

    password: int
    rates: Mapping[str, int]
    taxation: Taxation = Taxation.OSN
    ffd: str = "1.05"
    cashier: Cashier | None = None
    tags_before_item: bool = False


@dataclass(frozen=True)
class Script:
    """Sent in this order: `codes` to check before anything is open, `body`, `closing`, whose answer has the `number`.

    `by_items`: the register adds the items up, and its total can be compared before the closing.
    """

    codes: tuple[CheckMarkingCode, ...]
    body: tuple[Command[Any], ...]
    closing: Command[Any]
    by_items: bool


def write(receipt: Receipt, wording: Wording) -> Script:
    """Raises NotSayable."""
    receipt = replace(receipt, cashier=receipt.cashier or wording.cashier)
    for breach in check(receipt, wording.ffd):
        raise NotSayable(breach.text)
    by_sums = receipt.correction is not None and wording.ffd == "1.05"
    try:
        script = _correction_by_sums(receipt, wording) if by_sums else _receipt(receipt, wording)
        for command in (*script.codes, *script.body, script.closing):
            command.encode()
    except (UnicodeEncodeError, LayoutError) as error:
        raise NotSayable(f"чек не помещается в команды ККТ: {error}") from error
    return script


def text_lines(lines: Iterable[str], password: int) -> Iterator[PrintLine]:
    """Lines that are no part of the document; what is too wide goes on in the next line."""
    for line in lines:
        for piece in wrap(line, LINE_SIZE, drop_whitespace=False) or [""]:
            yield PrintLine(password, RECEIPT_ROLL, printable(piece, LINE_SIZE))


def tags_in_commands(tags: Iterable[Tlv], make: Callable[[bytes], Command[Any]]) -> Iterator[Command[Any]]:
    """As few commands as hold them. Raises NotSayable for a tag that none holds."""
    packed = b""
    for tag in tags:
        one = _encoded(tag)
        if len(one) > MOST_TLV:
            raise NotSayable(f"реквизит {tag.tag} длиннее, чем эта ККТ принимает: {len(one)} байт из {MOST_TLV}")
        if len(packed) + len(one) > MOST_TLV:
            yield make(packed)
            packed = b""
        packed += one
    if packed:
        yield make(packed)


def _encoded(*tags: Tlv) -> bytes:
    try:
        return encode(tags)
    except Unencodable as error:
        raise NotSayable(str(error)) from error


def _receipt(receipt: Receipt, wording: Wording) -> Script:
    corrects = receipt.correction
    opening = OPENINGS[receipt.kind] if corrects is None else OPENINGS[corrects.of] | OPENS_CORRECTION
    body = (
        OpenReceipt(wording.password, opening),
        *_text(receipt.header, receipt, wording),
        *(command for item in receipt.items for command in _item(item, receipt, wording)),
        *tags_in_commands(document_tags(receipt, wording.ffd), lambda tlv: AddTlv(wording.password, tlv)),
        *_text(receipt.footer, receipt, wording),
    )
    return Script(tuple(_codes(receipt, wording)), body, _closing(receipt, wording), by_items=True)


def _correction_by_sums(receipt: Receipt, wording: Wording) -> Script:
    """Without its items, as formats up to 1.05 have it."""
    tags = [tag for tag in document_tags(receipt, wording.ffd) if tag.tag in OF_A_CORRECTION_BY_SUMS]
    closing = form(receipt, password=wording.password, taxation=receipt.taxation or wording.taxation)
    begin = BeginCorrection(wording.password)
    body = (begin, *tags_in_commands(tags, lambda tlv: AddTlv(wording.password, tlv)))
    return Script((), body, closing, by_items=False)


def _text(lines: tuple[str, ...], receipt: Receipt, wording: Wording) -> Iterator[PrintLine]:
    return iter(()) if receipt.paperless else text_lines(lines, wording.password)


def _item(item: Item, receipt: Receipt, wording: Wording) -> Iterator[Command[Any]]:
    lines = tuple(item.lines())
    if item.marking is not None and len(lines) > 1:
        raise NotSayable(f"«{item.name}»: скидку нельзя разложить на одну позицию, а код маркировки один")
    for line in lines:
        operation = _operation(line, receipt, wording)
        added = (*_line_tags(line, receipt, wording), *_binding(item, wording))
        yield from (*added, operation) if wording.tags_before_item else (operation, *added)


def _operation(line: Line, receipt: Receipt, wording: Wording) -> Operation:
    return Operation(
        password=wording.password,
        kind=receipt.sign,
        quantity=line.quantity,
        price=line.price_kopecks,
        total=line.total_kopecks,
        vat=wording.rates[line.vat],
        department=line.item.department or 1,
        payment_method=line.item.terms,
        subject=subject_of(line.item, wording.ffd),
        name=printable(line.name, NAME_SIZE),
    )


def _line_tags(line: Line, receipt: Receipt, wording: Wording) -> Iterator[Command[Any]]:
    tags = item_tags(line, receipt, wording.ffd)
    return tags_in_commands(tags, lambda tlv: AddTlvToOperation(wording.password, tlv))


def _binding(item: Item, wording: Wording) -> Iterator[BindMarkingCode]:
    """Behind the item's tags (protocol 1.17). Formats before 1.2 have the code among them."""
    if item.marking is not None and wording.ffd == "1.2":
        yield BindMarkingCode(wording.password, (item.marking.code.encode("ascii"),))


def _codes(receipt: Receipt, wording: Wording) -> Iterator[CheckMarkingCode]:
    for item in receipt.items:
        if item.marking is not None and wording.ffd == "1.2":
            part = item.marking.fraction is not None or item.measure is not Measure.PIECE
            status = item.marking.status or 2 * (receipt.sign not in LEAVES_THE_SHOP) + 1 + part
            told = _encoded(Tlv(1023, item.quantity), Tlv(2108, int(item.measure))) if part else b""
            yield CheckMarkingCode(wording.password, status, 0, (item.marking.code.encode("ascii"), told))


def _closing(receipt: Receipt, wording: Wording) -> CloseReceipt:
    payments = [0] * 16
    for payment in receipt.payments:
        payments[SLOTS[payment.method]] += payment.amount_kopecks
    taxation = receipt.taxation or wording.taxation
    return CloseReceipt(password=wording.password, payments=tuple(payments), taxation=taxation)
