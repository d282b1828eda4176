"""Corrections of format 1.05: begun (FF35h), given tags (FF0Ch), formed by their sums (FF4Ah, FF36h).

Later formats make a correction as a receipt with items (sales.open_receipt); there these commands are not known.
"""

import msgspec

from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.sums import CASH
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.queries import moment, two_bytes
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.sales import TAXATIONS
from drivers.emulators.shtrih.tables import FFD_105
from protocols.shtrih import receipts
from protocols.shtrih.codes import CurrentDocument, DocumentType, Error, OperationKind, PaymentSlot
from protocols.shtrih.commands import Accepted

CORRECTION_KIND = 1173
OPERATIONS = frozenset({OperationKind.SALE, OperationKind.BUY})  # the rest a drive of format 1.05 refuses with 5Eh
PAYMENTS = {
    "cash": PaymentSlot.CASH,
    "electronic": PaymentSlot.ELECTRONIC,
    "prepaid": PaymentSlot.PREPAID,
    "credit": PaymentSlot.CREDIT,
    "in_kind": PaymentSlot.IN_KIND,
}
TAXES = {
    "vat20": "20%",
    "vat10": "10%",
    "turnover_vat0": "0%",
    "turnover_no_vat": "no_vat",
    "vat20_120": "20/120",
    "vat10_110": "10/110",
}


def begin(device: Device, request: receipts.BeginCorrection, operator: int) -> Accepted:
    if device.tables.ffd > FFD_105:
        raise Refuse(Error.NOT_SUPPORTED)
    device.check_nothing_begun()
    device.check_drive()
    device.begin(CurrentDocument.CORRECTION)
    return Accepted()


def form(device: Device, request: receipts.FormCorrection, operator: int) -> receipts.CorrectionFormed:
    return _formed(device, _draft(device, request, operator))


def form_v2(device: Device, request: receipts.FormCorrectionV2, operator: int) -> receipts.CorrectionFormed:
    payments = {slot + 1: amount for name, slot in PAYMENTS.items() if (amount := getattr(request, name))}
    if request.ordered > 1 or request.taxation not in TAXATIONS or sum(payments.values()) != request.total:
        raise Refuse(Error.BAD_PARAMETERS)
    whole = msgspec.structs.replace(
        _draft(device, request, operator),
        payments=payments,
        taxes={rate: kopecks for name, rate in TAXES.items() if (kopecks := getattr(request, name))},
        taxation=request.taxation,
        tags=device.tags | {CORRECTION_KIND: f"{request.ordered:02x}"},
    )
    return _formed(device, whole)


def _draft(device: Device, request: receipts.FormCorrection | receipts.FormCorrectionV2, operator: int) -> Document:
    """Paid in cash, for all that FF36h says."""
    if device.begun is not CurrentDocument.CORRECTION:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    if request.kind not in OPERATIONS:
        raise Refuse(Error.INVALID_OPERATION)
    if not request.total:
        raise Refuse(Error.BAD_PARAMETERS)
    return Document(
        kind=DocumentType.CORRECTION,
        at=device.now,
        operator=operator,
        operation=request.kind,
        total_kopecks=request.total,
        payments={CASH: request.total},
        tags=device.tags,
        tlv=device.tlv.hex(),
    )


def _formed(device: Device, draft: Document) -> receipts.CorrectionFormed:
    document = device.record(draft)
    device.begin(CurrentDocument.NONE)
    device.print(document)
    at = moment(document.at) if device.tables.extended_answers else None
    return receipts.CorrectionFormed(two_bytes(document.receipt_number), document.fd, int(document.fp), at)
