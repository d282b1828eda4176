"""What a task tells of the fiscal document it made (SPEC of Web Requests 1.0.4.0: ReceiptResult and its like)."""

from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.parts import Fields, LastParamsTask, roubles
from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.drive import SALES
from protocols.shtrih.codes import DocumentType

FNS_URL = "www.nalog.gov.ru"


def fiscal_result(device: Device, document: Document, *, recovered: bool = False) -> Fields:
    """`recovered`: the server has put it together afterwards."""
    params = {
        "fiscalDocumentDateTime": moment(document),
        "fiscalDocumentNumber": document.fd,
        "fiscalDocumentSign": document.fp,
        "fnNumber": document.fn,
        "registrationNumber": document.rnm,
        "shiftNumber": document.shift_number,
        "fnsUrl": FNS_URL,
    }
    if document.kind in SALES:
        params |= {"total": roubles(document.total_kopecks), "fiscalReceiptNumber": document.receipt_number}
    if document.kind == DocumentType.SHIFT_CLOSED:
        params["receiptsCount"] = device.drive.counters.receipt_number
    warnings = {"notPrinted": device.unfinished is not None}
    return {"fiscalParams": params, "warnings": warnings | ({"recovered": True} if recovered else {})}


def last_params(device: Device, task: LastParamsTask) -> Fields:
    """Of the last document, or of the last receipt among the last few. Raises Refuse: there is none."""
    device.check_link()
    last = device.drive.counters.fd
    for fd in range(last, max(0, last - 10), -1):
        document = device.drive.find(fd)
        if document is not None and (not task.for_receipt or document.kind in SALES):
            return fiscal_result(device, document)
    raise Refuse(Error.FN_NO_MORE_DATA)


def moment(document: Document) -> str:
    """ISO 8601 with the zone; the drive keeps time to the minute."""
    return document.at.replace(second=0, microsecond=0).isoformat()
