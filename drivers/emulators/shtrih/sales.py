"""Receipts: opened (8Dh), filled (FF46h, FF0Ch, FF4Dh), closed (FF45h) or cancelled (88h, FF08h)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from drivers.emulators.fiscal.documents import Document, Item
from drivers.emulators.fiscal.taxes import taxes
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.labels import Codes
from drivers.emulators.shtrih.queries import moment
from drivers.emulators.shtrih.receipt import MARKED, Receipt, line_sum
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tables import FFD_11, FFD_12, HOST_TAXES
from drivers.emulators.shtrih.tags import add_tags
from protocols.shtrih import receipts
from protocols.shtrih.codes import (
    VAT_BYTES,
    VAT_BYTES_NANO,
    CurrentDocument,
    DocumentType,
    Error,
    OperationKind,
    ReceiptKind,
    Taxation,
)
from protocols.shtrih.commands import Accepted, Done
from protocols.shtrih.drive import CancelDocument

OTHER_KIND, BAD_DEPARTMENT, TAGS_MISSING = 0x49, 0x63, 0xA4
CORRECTION = 0x80  # of the byte of 8Dh (driver; F7h bit 48)
KINDS, OPERATIONS = frozenset(ReceiptKind), frozenset(OperationKind)
TAXATIONS = frozenset({0, *Taxation})  # drivers of the field send 0 where the register knows but one
VAT_NAMES = {byte: name for table in (VAT_BYTES_NANO, VAT_BYTES) for name, byte in table.items()}
TERMS = range(1, 8)  # tag 1214
SUBJECTS = frozenset({*range(1, 27), 27, 30, 31, 32, 33})  # tag 1212, the last four known since format 1.2
DEPARTMENTS = frozenset({*range(17), 255})
MOST_OF_A_LINE = 750  # bytes of tags: with what the register adds a line has to fit in 1024 (FFD, tag 1059)
KIND_OF_CORRECTION, BASIS, OLD_CODE, NEW_CODE = 1173, 1174, 1162, 1163
GIVEN_TAXES = {
    "20%": "vat20",
    "10%": "vat10",
    "0%": "turnover_vat0",
    "no_vat": "turnover_no_vat",
    "20/120": "vat20_120",
    "10/110": "vat10_110",
}
"""The fields of FF45h, by rate, that count when the tables leave the taxes to the host."""


def open_receipt(device: Device, request: receipts.OpenReceipt, operator: int) -> Done:
    """With 80h more it is a correction, which formats from 1.1 on make as a receipt with items."""
    corrects, kind = request.kind >= CORRECTION, request.kind % CORRECTION
    if kind not in KINDS or (corrects and device.tables.ffd < FFD_11):
        raise Refuse(Error.INVALID_OPERATION)
    device.check_nothing_begun()
    device.check_drive()
    device.receipt = Receipt(OperationKind[ReceiptKind(kind).name], operator, corrects=corrects)
    return Done(operator)


def operation(device: Device, request: receipts.Operation, operator: int) -> Accepted:
    _check_line(device, request)
    item = Item(
        name=request.name.removeprefix("//"),
        quantity=request.quantity,
        price_kopecks=request.price,
        sum_kopecks=line_sum(request.price, request.quantity, request.total),
        vat=VAT_NAMES[request.vat],
        department=request.department,
        method=request.payment_method,
        subject=request.subject,
        unprinted=request.name.startswith("//"),
    )
    sell(device, request.kind, operator, item)
    return Accepted()


def _check_line(device: Device, request: receipts.Operation) -> None:
    """Raises Refuse for what no receipt in this format has."""
    if request.kind not in OPERATIONS or request.vat not in VAT_NAMES or request.payment_method not in TERMS:
        raise Refuse(Error.BAD_PARAMETERS)
    if request.subject not in SUBJECTS or (request.subject >= min(MARKED) - 1 and device.tables.ffd < FFD_12):
        raise Refuse(Error.BAD_PARAMETERS)
    if request.department not in DEPARTMENTS:
        raise Refuse(BAD_DEPARTMENT)


def add_tlv(device: Device, request: receipts.AddTlv, operator: int) -> Accepted:
    """To the receipt in hand, or to the shift report or correction that was begun."""
    if receipt := device.receipt:
        receipt.tags, receipt.tlv = add_tags(request.tlv, receipt.tags), receipt.tlv + request.tlv
    elif device.begun:
        device.tags, device.tlv = add_tags(request.tlv, device.tags), device.tlv + request.tlv
    else:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    return Accepted()


def add_tlv_to_operation(device: Device, request: receipts.AddTlvToOperation, operator: int) -> Accepted:
    """To the last line."""
    items = device.in_hand(operator).items
    if not items:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    tags, tlv = add_tags(request.tlv, items[-1].tags), items[-1].tlv + request.tlv.hex()
    if len(tlv) > 2 * MOST_OF_A_LINE:
        raise Refuse(Error.DRIVE_TLV_TOO_LARGE)
    items[-1] = msgspec.structs.replace(items[-1], tags=tags, tlv=tlv)
    return Accepted()


def close_receipt(device: Device, request: receipts.CloseReceipt, operator: int) -> receipts.ReceiptClosed:
    if request.taxation not in TAXATIONS or request.rounding > 99:
        raise Refuse(Error.BAD_PARAMETERS)
    given: dict[str, int] = {}
    if device.tables.number(HOST_TAXES):
        given = {rate: kopecks for rate, name in GIVEN_TAXES.items() if (kopecks := getattr(request, name))}
    closed = close(device, operator, request.payments, request.taxation, request.rounding, given)
    at = moment(closed.at) if device.tables.extended_answers else None
    return receipts.ReceiptClosed(closed.change_kopecks, closed.fd, int(closed.fp), at)


def cancel_receipt(device: Device, request: receipts.CancelReceipt, operator: int) -> Done:
    device.in_hand(operator)
    _forget(device)
    return Done(operator)


def cancel_document(device: Device, request: CancelDocument, operator: int) -> Accepted:
    if device.current_document is CurrentDocument.NONE:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    _forget(device)
    device.begin(CurrentDocument.NONE)
    return Accepted()


def _forget(device: Device) -> None:
    """The receipt in hand is none; the register counts it among those cancelled."""
    if receipt := device.receipt:
        device.nvram.count_cancelled(receipt.operation, receipt.total_kopecks)
    device.receipt, device.codes = None, Codes()


def sell(device: Device, kind: int, operator: int, item: Item) -> None:
    """Adds a line; the first one opens the receipt if need be (setup guide, p. 29)."""
    if not device.receipt:
        device.check_nothing_begun()
        device.check_drive()
        device.receipt = Receipt(kind, operator)
    receipt = device.in_hand(operator)
    if receipt.operation != kind:
        raise Refuse(OTHER_KIND)
    receipt.add(item)


def close(  # noqa: PLR0917  what a close has to say, in the order of the wire
    device: Device,
    operator: int,
    amounts: Sequence[int],
    taxation: int = Taxation.GENERAL,
    rounding: int = 0,
    given: Mapping[str, int] = MappingProxyType({}),
) -> Document:
    """The receipt in hand as a document. `given` are taxes that the host worked out. Raises Refuse; OSError."""
    receipt = device.in_hand(operator)
    total = receipt.total_kopecks - rounding
    payments = {slot: amount for slot, amount in enumerate(amounts, 1) if amount}
    change = receipt.change(payments, total)
    _check_tags(device, receipt)
    document = device.record(
        Document(
            kind=DocumentType.CORRECTION if receipt.corrects else DocumentType.RECEIPT,
            at=device.now,
            operator=operator,
            operation=receipt.operation,
            total_kopecks=total,
            payments=payments,
            change_kopecks=change,
            taxes=taxes(receipt.items) | dict(given),
            taxation=taxation,
            items=tuple(receipt.items),
            tags=receipt.tags,
            tlv=receipt.tlv.hex(),
            ffd=device.tables.ffd,
        )
    )
    device.receipt, device.codes = None, Codes()
    device.print(document)
    return document


def _check_tags(device: Device, receipt: Receipt) -> None:
    """Raises Refuse where the format wants more: a correction its reason, marked goods their code."""
    if receipt.corrects and not {KIND_OF_CORRECTION, BASIS} <= receipt.tags.keys():
        raise Refuse(TAGS_MISSING)
    for item in receipt.items:
        if item.subject in MARKED and not (item.code or {OLD_CODE, NEW_CODE} & item.tags.keys()):
            raise Refuse(TAGS_MISSING)
