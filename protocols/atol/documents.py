"""The server's answers in the field's words: documents of the drive, and what a register tells of itself."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from protocols.atol.results import Answer, DriveStatus, FiscalParams, OfdStatus, ShiftTotals, Tags
from protocols.errors import ProtocolError
from protocols.fiscal import (
    CashCount,
    Condition,
    DriveWarning,
    FiscalDocument,
    OtherDocument,
    Shift,
    ShiftReport,
)
from protocols.receipt import SIGNS, Kind, Receipt
from protocols.till import Work

RECEIPTS = {"receipt", "bso"}
CORRECTIONS = {"receiptCorrection", "bsoCorrection"}
REPORTS = {"openShift": Work.OPEN_SHIFT, "closeShift": Work.CLOSE_SHIFT}
KINDS = {sign: kind for kind, sign in SIGNS.items()}
SHIFTS = {"closed": Shift.CLOSED, "opened": Shift.OPEN, "expired": Shift.EXPIRED}
WARNINGS = {
    "resourceExhausted": DriveWarning.EXPIRES_SOON,
    "needReplacement": DriveWarning.REPLACE_NOW,
    "criticalError": DriveWarning.REPLACE_NOW,  # no format names it; such a drive is to be replaced all the same
    "memoryOverflow": DriveWarning.MEMORY_FULL,
    "ofdTimeout": DriveWarning.OFD_OVERDUE,
}
KOPECK = Decimal("0.01")
MOST_ROUBLES = 10**12  # a counter of the drive holds less (FFD: 6 bytes of kopecks)


class Unreadable(ProtocolError):
    """The server's document lacks what every document has, or has it in no known form."""


def printed_receipt(receipt: Receipt, told: FiscalParams, zone: ZoneInfo) -> FiscalDocument:
    """The document that the receipt became. Raises Unreadable."""
    correction = receipt.correction
    return FiscalDocument(
        fn=told.fn_number.strip(),
        fd=told.fiscal_document_number,
        fp=_sign(told.fiscal_document_sign),
        fiscal_datetime=on_the_wall(told.fiscal_document_date_time, zone),
        kind=receipt.kind,
        total_kopecks=receipt.total_kopecks if told.total is None else kopecks(told.total),
        kkt_number=told.registration_number.strip(),
        shift_number=told.shift_number,
        receipt_number=told.fiscal_receipt_number,
        corrects=Kind.SALE if correction is None else correction.of,
    )


def shift_report(kind: Work, told: FiscalParams, zone: ZoneInfo) -> ShiftReport:
    """Raises Unreadable."""
    return ShiftReport(
        fn=told.fn_number.strip(),
        fd=told.fiscal_document_number,
        fp=_sign(told.fiscal_document_sign),
        fiscal_datetime=on_the_wall(told.fiscal_document_date_time, zone),
        kind=kind,
        kkt_number=told.registration_number.strip(),
        shift_number=told.shift_number,
    )


def found_document(tags: Tags, fd: int, fn: str, zone: ZoneInfo) -> FiscalDocument | ShiftReport | OtherDocument:
    """Document `fd` out of the archive of drive `fn`. Raises Unreadable."""
    if tags.number not in (None, fd) or (tags.drive or fn).strip() != fn:
        raise Unreadable(f"document {fd} of {fn}: the tags are of {tags.number} of {tags.drive}")
    kind = tags.fiscal_document_type
    if kind in REPORTS:
        return _report(REPORTS[kind], tags, fd, fn, zone)
    if kind not in RECEIPTS | CORRECTIONS:
        return OtherDocument(fd)
    settled = KINDS.get(tags.sign or 0)
    if settled is None or tags.total is None:
        raise Unreadable(f"document {fd}: sign {tags.sign}, total {tags.total}")
    corrected = kind in CORRECTIONS
    return FiscalDocument(
        fn=fn,
        fd=fd,
        fp=_sign(tags.fiscal_sign),
        fiscal_datetime=_moment(tags, fd, zone),
        kind=Kind.CORRECTION if corrected else settled,
        total_kopecks=kopecks(tags.total),
        kkt_number=(tags.registration or "").strip(),
        shift_number=tags.shift,
        receipt_number=tags.receipt,
        corrects=settled if corrected else Kind.SALE,
    )


def kopecks(roubles: Decimal) -> int:
    """Raises Unreadable for what is no sum of money."""
    if not roubles.is_finite() or abs(roubles) > MOST_ROUBLES or roubles != roubles.quantize(KOPECK):
        raise Unreadable(f"a sum of {roubles}")
    return int(roubles * 100)


def on_the_wall(told: datetime, zone: ZoneInfo) -> datetime:
    """What the register's clock showed, in the zone that the gateway was told for it.

    The offset in the answer is the server's own computer's, and the drive keeps wall time without a zone (FFD, tag
    1012): to reckon with that offset would put another time into the QR code than into the document.
    """
    return told.replace(tzinfo=zone)


def condition(answers: Mapping[str, Answer], zone: ZoneInfo) -> Condition:
    """From the answers to DeviceInfo, DeviceStatus, FnInfo, FnStatus and OfdExchangeStatus. Raises Unreadable."""
    device, drive = answers["queryDeviceStatus"].device_status, answers["queryFnInfo"].fn_info
    info, told = answers["queryDeviceInfo"].device_info, answers["queryFnStatus"].fn_status
    ofd = answers["queryOfdExchangeStatus"].ofd_exchange_status
    if device is None or drive is None or info is None or told is None or ofd is None:
        raise Unreadable(f"an answer is empty: {answers}")
    oldest = ofd.not_sent_first_doc_date_time if ofd.not_sent_count else None
    expires = drive.validity.validity_date
    return Condition(
        fn=drive.serial.strip(),
        expires=expires and expires.date(),
        warnings=frozenset(meaning for name, meaning in WARNINGS.items() if told.warnings.get(name)),
        unsent=ofd.not_sent_count,
        oldest_unsent=oldest and on_the_wall(oldest, zone),
        unconfirmed=_unconfirmed(told, ofd),
        clock=on_the_wall(device.current_date_time, zone),
        ffd=drive.ffd_version or info.ffd_version or None,
        firmware=info.firmware_version or None,
        cover_open=device.cover_opened,
        drawer_open=device.cash_drawer_opened,
    )


def _unconfirmed(drive: DriveStatus, ofd: OfdStatus) -> int | None:
    """The first document without an answer of the OFD. The drive's last must have been asked for before the queue."""
    if ofd.not_sent_count is None:
        return None
    return (ofd.not_sent_first_doc_number or None) if ofd.not_sent_count else drive.fiscal_document_number + 1


def cash_count(kind: Work, totals: ShiftTotals) -> CashCount:
    """Raises Unreadable."""
    cash_in, cash_out = totals.income_totals or totals.income, totals.outcome_totals or totals.outcome
    counted = cash_in if kind is Work.CASH_IN else cash_out
    if counted is None:
        raise Unreadable(f"no totals of {kind}")
    return CashCount(counted.count, kopecks(counted.sum))


def _report(kind: Work, tags: Tags, fd: int, fn: str, zone: ZoneInfo) -> ShiftReport:
    if tags.shift is None:
        raise Unreadable(f"document {fd}: no number of the shift")
    return ShiftReport(
        fn=fn,
        fd=fd,
        fp=_sign(tags.fiscal_sign),
        fiscal_datetime=_moment(tags, fd, zone),
        kind=kind,
        kkt_number=(tags.registration or "").strip(),
        shift_number=tags.shift,
    )


def _moment(tags: Tags, fd: int, zone: ZoneInfo) -> datetime:
    try:
        return on_the_wall(datetime.fromisoformat(tags.moment or ""), zone)
    except ValueError:
        raise Unreadable(f"document {fd}: time {tags.moment}") from None


def _sign(told: str | int | None) -> str:
    """Ten decimal digits. Tag 1077 whole has six bytes, of which the last four are the number (FFD, tag 1077)."""
    if isinstance(told, str) and re.fullmatch(r"[0-9A-Fa-f]{12}", told):
        return f"{int(told[4:], 16):010}"
    if told is not None and re.fullmatch(r"[0-9]{1,10}", str(told)):
        return f"{int(told):010}"
    raise Unreadable(f"fiscal sign {told}")
