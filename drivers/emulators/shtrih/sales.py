"""Receipts: opened, filled, closed or cancelled, in the present way (FF46h, FF45h) and the old (80h, 82h, 85h)."""

from collections.abc import Sequence

import msgspec

from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.documents import Document, Item
from drivers.emulators.shtrih.queries import moment
from drivers.emulators.shtrih.receipt import Receipt, line_sum
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tables import RATE_NAMES
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

OTHER_KIND, NO_DISCOUNT = 0x49, 0x40
KINDS, OPERATIONS = frozenset(ReceiptKind), frozenset(OperationKind)
TAXATIONS = frozenset({0, *Taxation})  # drivers of the field send 0 where the register knows but one
VAT_NAMES = {byte: name for table in (VAT_BYTES_NANO, VAT_BYTES) for name, byte in table.items()}
VAT_GROUPS = {0: "no_vat", 1: RATE_NAMES[0], 2: RATE_NAMES[1], 3: RATE_NAMES[2], 4: RATE_NAMES[3]}
"""Of the old commands: rows of table 6, none being "without VAT" (setup guide of 22.06.2018, p. 31)."""


def open_receipt(device: Device, request: receipts.OpenReceipt, operator: int) -> Done:
    if request.kind not in KINDS:
        raise Refuse(Error.INVALID_OPERATION)
    device.check_nothing_begun()
    device.check_drive()
    device.receipt = Receipt(OperationKind[ReceiptKind(request.kind).name], operator)
    return Done(operator)


def operation(device: Device, request: receipts.Operation, operator: int) -> Accepted:
    if request.kind not in OPERATIONS or request.vat not in VAT_NAMES:
        raise Refuse(Error.BAD_PARAMETERS)
    item = Item(
        name=request.name.removeprefix("//"),
        quantity=request.quantity,
        price_kopecks=request.price,
        sum_kopecks=line_sum(request.price, request.quantity, request.total),
        vat=VAT_NAMES[request.vat],
        department=request.department,
        method=request.payment_method,
        subject=request.subject,
    )
    _sell(device, request.kind, operator, item)
    return Accepted()


def old_sale(device: Device, request: receipts.OldSale, operator: int) -> Done:
    _sell(device, OperationKind.SALE, operator, _old_item(request))
    return Done(operator)


def old_return(device: Device, request: receipts.OldSaleReturn, operator: int) -> Done:
    _sell(device, OperationKind.SALE_RETURN, operator, _old_item(request))
    return Done(operator)


def add_tlv(device: Device, request: receipts.AddTlv, operator: int) -> Accepted:
    """To the receipt in hand, or to the shift report or correction that was begun."""
    if device.receipt:
        device.receipt.tags = add_tags(request.tlv, device.receipt.tags)
    elif device.begun:
        device.tags = add_tags(request.tlv, device.tags)
    else:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    return Accepted()


def add_tlv_to_operation(device: Device, request: receipts.AddTlvToOperation, operator: int) -> Accepted:
    """To the last line."""
    items = device.in_hand(operator).items
    if not items:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    items[-1] = msgspec.structs.replace(items[-1], tags=add_tags(request.tlv, items[-1].tags))
    return Accepted()


def close_receipt(device: Device, request: receipts.CloseReceipt, operator: int) -> receipts.ReceiptClosed:
    if request.taxation not in TAXATIONS or request.rounding > 99:
        raise Refuse(Error.BAD_PARAMETERS)
    closed = _close(device, operator, request.payments, request.taxation, request.rounding)
    at = moment(closed.at) if device.tables.extended_answers else None
    return receipts.ReceiptClosed(closed.change_kopecks, closed.fd, int(closed.fp), at)


def old_close(device: Device, request: receipts.OldCloseReceipt, operator: int) -> receipts.OldReceiptClosed:
    """Takes no discount: a fiscal document knows none."""
    if request.discount:
        raise Refuse(NO_DISCOUNT)
    return receipts.OldReceiptClosed(operator, _close(device, operator, request.payments).change_kopecks)


def cancel_receipt(device: Device, request: receipts.CancelReceipt, operator: int) -> Done:
    device.in_hand(operator)
    device.receipt = None
    return Done(operator)


def cancel_document(device: Device, request: CancelDocument, operator: int) -> Accepted:
    if device.current_document is CurrentDocument.NONE:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    device.receipt, device.begun, device.tags = None, CurrentDocument.NONE, {}
    return Accepted()


def _sell(device: Device, kind: int, operator: int, item: Item) -> None:
    """Adds a line; the first one opens the receipt if need be (setup guide, p. 29)."""
    if not device.receipt:
        device.check_nothing_begun()
        device.check_drive()
        device.receipt = Receipt(kind, operator)
    receipt = device.in_hand(operator)
    if receipt.operation != kind:
        raise Refuse(OTHER_KIND)
    receipt.add(item)


def _old_item(request: receipts.OldOperation) -> Item:
    if request.taxes[0] not in VAT_GROUPS:
        raise Refuse(Error.BAD_PARAMETERS)
    return Item(
        name=request.text,
        quantity=request.quantity,
        price_kopecks=request.price,
        sum_kopecks=line_sum(request.price, request.quantity, None),
        vat=VAT_GROUPS[request.taxes[0]],
        department=request.department,
    )


def _close(
    device: Device, operator: int, amounts: Sequence[int], taxation: int = Taxation.GENERAL, rounding: int = 0
) -> Document:
    receipt = device.in_hand(operator)
    total = receipt.total_kopecks - rounding
    payments = {slot: amount for slot, amount in enumerate(amounts, 1) if amount}
    document = device.record(
        Document(
            kind=DocumentType.RECEIPT,
            at=device.now,
            operator=operator,
            operation=receipt.operation,
            total_kopecks=total,
            payments=payments,
            change_kopecks=receipt.change(payments, total),
            taxation=taxation,
            items=tuple(receipt.items),
            tags=receipt.tags,
        )
    )
    device.receipt = None
    device.print_receipt()
    return document
