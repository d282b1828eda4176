"""getFnDocument: a document of the drive in tags. Sums are roubles, as the driver's JSON has them.

Type, shortness and QR text lie inside of `documentTLV`, beside the tags. The spelling of tags 1012 (a moment) and 1077
(ten digits) is not documented; here they are as in `fiscalParams`.
"""

from typing import Any

from drivers.emulators.atol import tags, values
from drivers.emulators.atol.answers import moment
from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.parts import DocumentTask, Fields, roubles
from drivers.emulators.fiscal.documents import Document, Item
from drivers.emulators.fiscal.drive import SALES
from drivers.emulators.fiscal.qr import qr_text
from drivers.emulators.fiscal.texts import TEXTS
from protocols.shtrih.codes import DocumentType

TYPES = {
    DocumentType.SHIFT_OPENED: "openShift",
    DocumentType.SHIFT_CLOSED: "closeShift",
    DocumentType.RECEIPT: "receipt",
    DocumentType.CORRECTION: "receiptCorrection",
    DocumentType.SETTLEMENT_STATE: "ofdExchangeStatus",
}
PAID = {1: "1031", 14: "1215", 15: "1216", 16: "1217"}
"""By payment slot; all others are electronic."""
ELECTRONIC = "1081"
TAXES = {"20%": "1102", "10%": "1103", "0%": "1104", "no_vat": "1105", "20/120": "1106", "10/110": "1107"}
SUMS = frozenset({1229})
CODES = frozenset({1162, 1163})  # stay in hex
BASE = {1177: "1177", 1178: "1178", 1179: "1179"}
"""Tags within 1174."""


def fn_document(device: Device, task: DocumentTask) -> Fields:
    device.check_link()
    document = device.drive.find(task.fiscal_document_number)
    if document is None:
        raise Refuse(Error.FN_NO_MORE_DATA)
    whole = _head(device, document) | _added(document.tags)
    if document.kind in SALES:
        whole |= _receipt(document) | {"qr": qr_text(document)}
    return {"documentTLV": whole}


def _head(device: Device, document: Document) -> Fields:
    return {
        "fiscalDocumentType": TYPES[DocumentType(document.kind)],
        "short": False,
        "1012": moment(document),
        "1018": device.drive.passport.inn,
        "1037": document.rnm,
        "1038": document.shift_number,
        "1040": document.fd,
        "1041": document.fn,
        "1077": document.fp,
        "1209": document.ffd,
    }


def _receipt(document: Document) -> Fields:
    rates = {TAXES[name]: roubles(tax) for name, tax in document.taxes.items() if name in TAXES}
    newer = [
        {"1199": values.RATE_NUMBERS[name], "1120": roubles(tax)}
        for name, tax in document.taxes.items()
        if name not in TAXES
    ]
    return {
        "1020": roubles(document.total_kopecks),
        "1042": document.receipt_number,
        "1054": document.operation,
        "1055": document.taxation,
        **_paid(document),
        **({"1059": [_item(item) for item in document.items]} if document.items else {}),
        **rates,
        **({"1115": {"1119": newer}} if newer else {}),
    }


def _paid(document: Document) -> Fields:
    """Cash without the change (FFD, note 1 to the receipt)."""
    found = dict.fromkeys([*PAID.values(), ELECTRONIC], 0)
    for slot, amount in document.payments.items():
        found[PAID.get(slot, ELECTRONIC)] += amount
    found[PAID[values.CASH]] -= document.change_kopecks
    return {tag: roubles(amount) for tag, amount in found.items()}


def _item(item: Item) -> Fields:
    return {
        "1030": item.name,
        "1023": item.quantity,
        "1079": roubles(item.price_kopecks),
        "1043": roubles(item.sum_kopecks),
        "1199": values.RATE_NUMBERS[item.vat],
        "1212": item.subject,
        "1214": item.method,
        **_added(item.tags),
    }


def _added(found: dict[int, str]) -> Fields:
    told = {str(tag): _value(tag, data) for tag, data in found.items()}
    base = {name: told.pop(name) for name in BASE.values() if name in told}
    return told | ({"1174": base} if base else {})


def _value(tag: int, data: str) -> Any:
    if tag in TEXTS or tag in CODES:
        return data
    return roubles(tags.value(data)) if tag in SUMS else tags.value(data)
