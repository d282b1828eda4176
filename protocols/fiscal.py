"""What a register says of itself and of the documents in its fiscal drive (ФН)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, json

from protocols.receipt import SIGNS, Kind
from protocols.till import CASH, Work


@dataclass(frozen=True, slots=True)
class Baseline:
    """The last document of a fiscal drive before a command: where recovery starts to look."""

    fn: str
    fd: int


class FiscalDocument(Struct, frozen=True, omit_defaults=True):
    """A receipt in the fiscal drive, as the register reports it.

    `fp` is the fiscal sign in decimal, ten digits as printed. `fiscal_datetime` is the register's clock with the
    zone the gateway was told for it. The two numbers within the shift are None where the register keeps no record.
    """

    fn: str
    fd: int
    fp: str
    fiscal_datetime: datetime
    kind: Kind
    total_kopecks: int
    kkt_number: str
    shift_number: int | None = None
    receipt_number: int | None = None
    corrects: Kind = Kind.SALE  # of a correction: what it corrects

    @property
    def sign(self) -> int:
        """FFD tag 1054."""
        return SIGNS[self.corrects if self.kind is Kind.CORRECTION else self.kind]

    @property
    def qr(self) -> str:
        """Text of the QR code, order and spelling as FNS checks it (format order, items 61-62)."""
        roubles, kopecks = divmod(self.total_kopecks, 100)
        return (
            f"t={self.fiscal_datetime:%Y%m%dT%H%M}&s={roubles}.{kopecks:02}"
            f"&fn={self.fn}&i={self.fd}&fp={int(self.fp)}&n={self.sign}"
        )


class ShiftReport(Struct, frozen=True):
    """A shift opened or closed, as the drive keeps it."""

    fn: str
    fd: int
    fp: str
    fiscal_datetime: datetime
    kind: Work
    kkt_number: str
    shift_number: int


class CashSlip(Struct, frozen=True):
    """Cash put in or taken out: paper, but no fiscal document. `number`: the how-manieth of its kind in the shift."""

    fn: str
    kind: Work
    amount_kopecks: int
    number: int

    @property
    def fd(self) -> None:
        """None: the drive knows nothing of it."""


Document = FiscalDocument | ShiftReport | CashSlip
"""What an order ends in."""


@dataclass(frozen=True, slots=True)
class CashCount:
    """Cash put in, or taken out, within the shift, as the register counts it."""

    count: int
    sum_kopecks: int


@dataclass(frozen=True, slots=True)
class OtherDocument:
    """A document of the drive that no order ends in, such as a registration."""

    fd: int


class Shift(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    EXPIRED = "expired"  # open for over 24 hours: the register sells only after a Z report


class Paper(StrEnum):
    PRESENT = "present"
    OUT = "out"
    WAITS = "waits"  # it ran out while printing and is back: the register waits for "continue printing"


@dataclass(frozen=True, slots=True)
class RegisterStatus:
    """One look at a register. `busy`: still printing. `receipt_open`: a receipt was begun and not ended."""

    last: Baseline
    shift: Shift
    shift_number: int
    paper: Paper
    busy: bool
    receipt_open: bool
    model: str
    serial: str
    kkt_number: str = ""  # as the tax office registered it; empty where the register does not tell


class DriveWarning(StrEnum):
    """What a fiscal drive asks for (FFD tags 1050-1053)."""

    EXPIRES_SOON = "expires_soon"  # within 30 days
    REPLACE_NOW = "replace_now"  # within 3 days
    MEMORY_FULL = "memory_full"  # 90 % of it
    OFD_OVERDUE = "ofd_overdue"  # no answer of the OFD for two days and more


@dataclass(frozen=True, slots=True)
class OfdQueue:
    """What of a drive's documents the OFD has: `waiting` have no answer yet, and all before `unconfirmed` have one.

    `unconfirmed` is the number of the first that waits, or that the next document will have.
    """

    fn: str
    waiting: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Condition:
    """A longer look at a register, for those who look after it. None: this register does not tell.

    `clock` is aware, in the zone the gateway was told. `documents_left`: how many more the drive takes.
    `unsent`: documents that the drive itself has still to send to the OFD, the oldest from `oldest_unsent`, and
    `unconfirmed` as in OfdQueue.
    """

    fn: str
    expires: date | None = None
    documents_left: int | None = None
    warnings: frozenset[DriveWarning] = frozenset()
    unsent: int | None = None
    oldest_unsent: datetime | None = None
    unconfirmed: int | None = None
    clock: datetime | None = None
    ffd: str | None = None  # "1.05", "1.1", "1.2"
    firmware: str | None = None
    cover_open: bool | None = None
    drawer_open: bool | None = None
    temperature_celsius: float | None = None
    supply_volts: float | None = None
    battery_volts: float | None = None


KINDS = frozenset(Kind)

_ENCODER = json.Encoder()
_RECEIPT = json.Decoder(FiscalDocument)
_REPORT = json.Decoder(ShiftReport)
_SLIP = json.Decoder(CashSlip)


def dump(document: Document) -> bytes:
    return _ENCODER.encode(document)


def load(kind: str, data: bytes) -> Document:
    """What `dump` wrote of the document of an order of that kind."""
    if kind in KINDS:
        return _RECEIPT.decode(data)
    return (_SLIP if kind in CASH else _REPORT).decode(data)
