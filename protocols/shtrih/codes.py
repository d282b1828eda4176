"""Numbers of the Штрих-М protocol that have names: errors, modes, flags, document types, rates.

Protocol 1.17 unless said otherwise; "driver" is the vendor's javapos_shtrih of February 2026.
"""

from enum import IntEnum, IntFlag


class Flags(IntFlag):
    """The flags word of 10h and 11h; 0292h is what registers in good health were seen to send."""

    JOURNAL_ROLL = 1 << 0
    RECEIPT_ROLL = 1 << 1
    TWO_DECIMALS = 1 << 4
    JOURNAL_PAPER = 1 << 6
    RECEIPT_PAPER = 1 << 7
    JOURNAL_LEVER = 1 << 8
    RECEIPT_LEVER = 1 << 9
    COVER_OPEN = 1 << 10
    DRAWER_OPEN = 1 << 11
    JOURNAL_COVER_OPEN = 1 << 12


class Mode(IntEnum):
    """Low half of the mode byte (appendix 1)."""

    WORKING = 0
    DATA_OUTPUT = 1
    SHIFT_OPEN = 2
    SHIFT_OVER_24H = 3
    SHIFT_CLOSED = 4
    LOCKED = 5
    AWAITS_DATE_CONFIRMATION = 6
    DECIMAL_POINT = 7
    RECEIPT_OPEN = 8
    TECHNOLOGICAL_ZEROING = 9
    TEST_RUN = 10
    FULL_REPORT = 11
    BUSY = 12  # the manual gives 12 to the slip document; drivers meet it after 41h and wait
    SLIP_OPEN = 13
    SLIP_LOADING = 14
    SLIP_POSITIONING = 15


class Submode(IntEnum):
    """What the printer is at (appendix 1)."""

    IDLE = 0
    NO_PAPER = 1
    NO_PAPER_WHILE_PRINTING = 2
    AWAITS_CONTINUE = 3
    PRINTING_REPORT = 4
    PRINTING = 5


class ReceiptKind(IntEnum):
    """The byte of 8Dh, and the high half of the mode byte while a receipt is open."""

    SALE = 0
    BUY = 1
    SALE_RETURN = 2
    BUY_RETURN = 3


OPENS_CORRECTION = 0x80
"""Added to the byte of 8Dh: the receipt corrects one of that kind (driver; FFD 1.1 and 1.2, flag 48 of F7h)."""


class OperationKind(IntEnum):
    """The byte of FF46h, and of a receipt found by FF0Ah: tag 1054."""

    SALE = 1
    SALE_RETURN = 2
    BUY = 3
    BUY_RETURN = 4


class DocumentType(IntEnum):
    """Fiscal documents as FF0Ah numbers them."""

    REGISTRATION = 1
    SHIFT_OPENED = 2
    RECEIPT = 3
    STRICT_FORM = 4
    SHIFT_CLOSED = 5
    DRIVE_CLOSED = 6
    REREGISTRATION = 11
    SETTLEMENT_STATE = 21
    CORRECTION = 31
    CORRECTION_STRICT_FORM = 41


class CurrentDocument(IntEnum):
    """What FF01h says is being formed in the fiscal drive; another list than DocumentType."""

    NONE = 0x00
    REGISTRATION = 0x01
    SHIFT_OPENING = 0x02
    RECEIPT = 0x04
    SHIFT_CLOSING = 0x08
    DRIVE_CLOSING = 0x10
    STRICT_FORM = 0x11
    REREGISTRATION_NEW_DRIVE = 0x12
    REREGISTRATION = 0x13
    CORRECTION = 0x14
    CORRECTION_STRICT_FORM = 0x15
    SETTLEMENT_STATE = 0x17


class LifePhase(IntEnum):
    """The fiscal drive's phase of life in FF01h."""

    SETUP = 0
    READY = 1
    FISCAL = 3
    CLOSED = 7
    ARCHIVE = 15


class DriveWarnings(IntFlag):
    """FF01h: what the fiscal drive warns of."""

    CHIP_EXPIRES_IN_3_DAYS = 1 << 0
    CHIP_EXPIRES_IN_30_DAYS = 1 << 1
    ARCHIVE_90_PERCENT_FULL = 1 << 2
    OFD_ANSWER_OVERDUE = 1 << 3


class ExchangeFlags(IntFlag):
    """FF39h: how the exchange with the OFD stands."""

    LINK_UP = 1 << 0
    MESSAGE_WAITS = 1 << 1
    AWAITS_TICKET = 1 << 2
    OFD_COMMAND = 1 << 3
    OFD_SETTINGS_CHANGED = 1 << 4
    AWAITS_COMMAND_ANSWER = 1 << 5


class Taxation(IntFlag):
    """Taxation systems; exactly one in FF45h, any number at registration."""

    GENERAL = 0x01
    SIMPLIFIED_INCOME = 0x02
    SIMPLIFIED_INCOME_LESS_EXPENSE = 0x04
    IMPUTED = 0x08
    AGRICULTURAL = 0x10
    PATENT = 0x20


class PaymentSlot(IntEnum):
    """Places in the sixteen payments of FF45h, from 0 (p. 53); slots 1 to 12 all reach the OFD as electronic."""

    CASH = 0
    ELECTRONIC = 1
    PREPAID = 13
    CREDIT = 14
    IN_KIND = 15


VAT_BYTES = {
    "20%": 0x01,
    "10%": 0x02,
    "0%": 0x04,
    "no_vat": 0x08,
    "20/120": 0x10,
    "10/110": 0x20,
    "5%": 0x81,
    "7%": 0x82,
    "5/105": 0x84,
    "7/107": 0x88,
    "22%": 0xCB,
    "22/122": 0xCC,
}
"""The rate byte of FF46h (driver: FiscalPrinterImpl.getVatCodeShtrih)."""

VAT_BYTES_NANO = VAT_BYTES | {"22%": 0x90, "22/122": 0xA0}
"""The same for ШТРИХ-НАНО-Ф (driver: getVatCodeShtrihNano)."""


class Error(IntEnum):
    """Refusals that somebody acts on; errors.py has the words for all."""

    DRIVE_WRONG_STATE = 0x02
    DRIVE_WRONG_TIME = 0x07
    DRIVE_NO_DATA = 0x08
    DRIVE_TLV_TOO_LARGE = 0x10
    DRIVE_STORAGE_FULL = 0x14
    DRIVE_30_DAYS_UNSENT = 0x15
    DRIVE_SHIFT_OVER_24H = 0x16
    OFD_ANSWER_REFUSED = 0x20
    DRIVE_TIMEOUT = 0x2F
    DRIVE_SILENT = 0x30
    DRIVE_EXCHANGE_FORMAT = 0x31
    DRIVE_EXCHANGE_CHECKSUM = 0x32
    BAD_PARAMETERS = 0x33
    NOT_SUPPORTED = 0x37
    SHIFT_OPEN = 0x3C
    SHIFT_NOT_OPEN = 0x3D
    PAID_TOO_LITTLE = 0x45
    NOT_ENOUGH_CASH = 0x46
    RECEIPT_OPEN = 0x4A
    CASHLESS_EXCEEDS_TOTAL = 0x4D
    SHIFT_OVER_24H = 0x4E
    WRONG_PASSWORD = 0x4F
    STILL_PRINTING = 0x50
    NOTHING_TO_REPEAT = 0x56
    AWAITS_CONTINUE = 0x58
    OTHER_OPERATOR = 0x59
    LOW_SUPPLY = 0x5C
    NO_SUCH_TABLE = 0x5D
    INVALID_OPERATION = 0x5E
    NO_RECEIPT_PAPER = 0x6B
    NO_JOURNAL_PAPER = 0x6C
    CUTTER = 0x71
    WRONG_SUBMODE = 0x72
    WRONG_MODE = 0x73
    BAD_LENGTH = 0x7E
    CONFIRM_DATE = 0xC0
    HIGH_SUPPLY = 0xC2
    PRINTER_LOST = 0xC8
    HEAD_TOO_HOT = 0xC9
    TEMPERATURE = 0xCA
