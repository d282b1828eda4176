"""What the register's numbers mean in the field's words."""

from protocols.fiscal import DriveWarning, Paper, Shift
from protocols.receipt import SIGNS, Kind
from protocols.shtrih.codes import DocumentType, DriveWarnings, Error, Mode, Submode
from protocols.till import Work

SHIFTS = {Mode.SHIFT_OPEN: Shift.OPEN, Mode.SHIFT_OVER_24H: Shift.EXPIRED, Mode.SHIFT_CLOSED: Shift.CLOSED}
PAPERS = {
    Submode.NO_PAPER: Paper.OUT,
    Submode.NO_PAPER_WHILE_PRINTING: Paper.OUT,
    Submode.AWAITS_CONTINUE: Paper.WAITS,
}
BUSY = frozenset({Submode.PRINTING, Submode.PRINTING_REPORT})
BUSY_MODES = frozenset({Mode.FULL_REPORT, Mode.BUSY})
# a register that was registered for strict forms makes those of the same commands
RECEIPTS: dict[tuple[int, int], Kind] = {
    (document, sign): kind
    for document in (DocumentType.RECEIPT, DocumentType.STRICT_FORM)
    for kind, sign in SIGNS.items()
}
CORRECTIONS: dict[tuple[int, int], Kind] = {
    (document, sign): kind
    for document in (DocumentType.CORRECTION, DocumentType.CORRECTION_STRICT_FORM)
    for kind, sign in SIGNS.items()
}
"""What is corrected."""
WARNINGS = {
    DriveWarnings.CHIP_EXPIRES_IN_3_DAYS: DriveWarning.REPLACE_NOW,
    DriveWarnings.CHIP_EXPIRES_IN_30_DAYS: DriveWarning.EXPIRES_SOON,
    DriveWarnings.ARCHIVE_90_PERCENT_FULL: DriveWarning.MEMORY_FULL,
    DriveWarnings.OFD_ANSWER_OVERDUE: DriveWarning.OFD_OVERDUE,
}
REPORTS: dict[int, Work] = {DocumentType.SHIFT_OPENED: Work.OPEN_SHIFT, DocumentType.SHIFT_CLOSED: Work.CLOSE_SHIFT}
# operation and cash registers of a shift (setup guide of 22.06.2018, pp. 5-10)
CASH_COUNTS, CASH_SUMS = {Work.CASH_IN: 153, Work.CASH_OUT: 154}, {Work.CASH_IN: 242, Work.CASH_OUT: 243}
PASSING = frozenset(
    {
        Error.DRIVE_WRONG_TIME,
        Error.DRIVE_STORAGE_FULL,
        Error.DRIVE_30_DAYS_UNSENT,
        Error.DRIVE_SHIFT_OVER_24H,
        Error.DRIVE_TIMEOUT,
        Error.DRIVE_SILENT,
        Error.DRIVE_EXCHANGE_FORMAT,
        Error.DRIVE_EXCHANGE_CHECKSUM,
        Error.SHIFT_NOT_OPEN,
        Error.RECEIPT_OPEN,
        Error.SHIFT_OVER_24H,
        Error.STILL_PRINTING,
        Error.AWAITS_CONTINUE,
        Error.OTHER_OPERATOR,
        Error.LOW_SUPPLY,
        Error.NO_RECEIPT_PAPER,
        Error.NO_JOURNAL_PAPER,
        Error.CUTTER,
        Error.WRONG_SUBMODE,
        Error.CONFIRM_DATE,
        Error.HIGH_SUPPLY,
        Error.PRINTER_LOST,
        Error.HEAD_TOO_HOT,
        Error.TEMPERATURE,
    }
)
"""What time mends, or somebody at the till. A drive that is full or at the end of its life is not among it: the shop
must sell on another register, and nothing may be printed here behind its back when a new drive comes."""
ABOUT_SHIFTS = frozenset({Error.SHIFT_OPEN, Error.SHIFT_NOT_OPEN})  # a final answer to whoever turns a shift


def submode(number: int) -> Submode:
    """A submode that the manual does not know counts as busy: whatever it is, nothing is printed into it."""
    try:
        return Submode(number)
    except ValueError:
        return Submode.PRINTING
