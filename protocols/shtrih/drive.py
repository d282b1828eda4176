"""Commands to the fiscal drive, ФН (protocol 1.17).

They all take the system administrator's password.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from protocols.shtrih.codecs import (
    U8,
    U16,
    U32,
    DateYmd,
    Flag,
    MaybeMoment,
    MaybeU8,
    Moment,
    Money,
    Number,
    Optional,
    Raw,
    ascii_text,
)
from protocols.shtrih.codes import DocumentType, DriveWarnings, ExchangeFlags
from protocols.shtrih.commands import Accepted, Command
from protocols.shtrih.layout import Choice, Nested

Inn = Annotated[str, ascii_text(12)]
RegistrationNumber = Annotated[str, ascii_text(20)]
DriveSerial = Annotated[str, ascii_text(16)]


@dataclass(frozen=True)
class FiscalDriveStatus:
    """Answer to FF01h."""

    life_phase: U8
    current_document: U8
    """A CurrentDocument."""
    document_data: Flag
    shift_open: Flag
    warnings: Annotated[DriveWarnings, Number(1, DriveWarnings)]
    last_moment: Moment
    """Of the last document; None while there is none."""
    serial: DriveSerial
    last_number: U32
    """Of the last fiscal document."""


@dataclass(frozen=True)
class ReadFiscalDriveStatus(Command[FiscalDriveStatus], code=0xFF01, name="fiscal drive status"):
    password: U32


@dataclass(frozen=True)
class FiscalDriveNumber:
    """Answer to FF02h."""

    serial: DriveSerial


@dataclass(frozen=True)
class ReadFiscalDriveNumber(Command[FiscalDriveNumber], code=0xFF02, name="fiscal drive number"):
    password: U32


@dataclass(frozen=True)
class FiscalDriveExpiry:
    """Answer to FF03h. The manual has the date only, registers send all three."""

    expires: DateYmd
    reregistrations_left: MaybeU8 = None
    reregistrations: MaybeU8 = None


@dataclass(frozen=True)
class ReadFiscalDriveExpiry(Command[FiscalDriveExpiry], code=0xFF03, name="fiscal drive expiry"):
    password: U32


@dataclass(frozen=True)
class FiscalDriveVersion:
    """Answer to FF04h."""

    version: Annotated[str, ascii_text(16)]
    serial_model: Flag
    """False for a debugging drive, which no tax office knows."""


@dataclass(frozen=True)
class ReadFiscalDriveVersion(Command[FiscalDriveVersion], code=0xFF04, name="fiscal drive version"):
    password: U32


@dataclass(frozen=True)
class CancelDocument(Command[Accepted], code=0xFF08, name="cancel document in the drive", fiscal=True):
    password: U32


@dataclass(frozen=True)
class Ffd11Registration:
    """What registration results have more since fiscal data format 1.1."""

    extended_modes: U8
    ofd_inn: Inn
    reasons: U32


@dataclass(frozen=True, kw_only=True)
class RegistrationResult:
    """Answer to FF09h."""

    moment: Moment
    inn: Inn
    register_number: RegistrationNumber
    """The register's number with the tax office, РНМ."""
    taxation: U8
    """Bits of Taxation."""
    modes: U8
    """1 encryption, 2 offline, 4 automatic, 8 services, 16 strict forms, 32 internet."""
    ffd11: Annotated[Ffd11Registration | None, Optional(Nested(Ffd11Registration), leaving=8)] = None
    number: U32
    sign: U32


@dataclass(frozen=True)
class ReadRegistrationResult(Command[RegistrationResult], code=0xFF09, name="registration result"):
    password: U32


@dataclass(frozen=True)
class Registration:
    """Found: registration (1) or re-registration (11), the latter with its reason."""

    inn: Inn
    register_number: RegistrationNumber
    taxation: U8
    modes: U8
    reason: MaybeU8 = None


@dataclass(frozen=True)
class ShiftTurned:
    """Found: a shift opened (2) or closed (5). Some drives add their warnings (fiscal drive protocol 1.2)."""

    shift: U16
    warnings: MaybeU8 = None


@dataclass(frozen=True)
class ReceiptFormed:
    """Found: a receipt (3), strict form (4) or correction (31, 41)."""

    kind: U8
    """An OperationKind."""
    total: Money


@dataclass(frozen=True)
class DriveClosed:
    """Found: the end of fiscal mode (6)."""

    inn: Inn
    register_number: RegistrationNumber


FOUND: dict[int, type[Any]] = {
    DocumentType.REGISTRATION: Registration,
    DocumentType.REREGISTRATION: Registration,
    DocumentType.SHIFT_OPENED: ShiftTurned,
    DocumentType.SHIFT_CLOSED: ShiftTurned,
    DocumentType.RECEIPT: ReceiptFormed,
    DocumentType.STRICT_FORM: ReceiptFormed,
    DocumentType.CORRECTION: ReceiptFormed,
    DocumentType.CORRECTION_STRICT_FORM: ReceiptFormed,
    DocumentType.DRIVE_CLOSED: DriveClosed,
}


@dataclass(frozen=True)
class FoundDocument:
    """Answer to FF0Ah."""

    type: U8
    """A DocumentType."""
    acknowledged: Flag
    """Whether the OFD's ticket has come."""
    moment: Moment
    number: U32
    sign: U32
    details: Annotated[Registration | ShiftTurned | ReceiptFormed | DriveClosed | bytes, Choice("type", FOUND)]
    """Plain bytes for a type whose details nobody has described."""


@dataclass(frozen=True)
class FindDocument(Command[FoundDocument], code=0xFF0A, name="find document"):
    """Refused with 08h if the drive has no document of this number."""

    password: U32
    number: U32


@dataclass(frozen=True)
class ShiftDocument:
    """Answer to FF0Bh and FF43h."""

    shift: U16
    number: U32
    sign: U32
    moment: MaybeMoment = None


@dataclass(frozen=True)
class OpenShiftInDrive(Command[ShiftDocument], code=0xFF0B, name="open shift in the drive", fiscal=True):
    password: U32


@dataclass(frozen=True)
class CloseShiftInDrive(Command[ShiftDocument], code=0xFF43, name="close shift in the drive", fiscal=True):
    password: U32


@dataclass(frozen=True)
class BeginOpenShift(Command[Accepted], code=0xFF41, name="begin to open the shift", fiscal=True):
    """Tags for the report may follow by FF0Ch; E0h ends it."""

    password: U32


@dataclass(frozen=True)
class BeginCloseShift(Command[Accepted], code=0xFF42, name="begin to close the shift", fiscal=True):
    """Tags for the report may follow by FF0Ch; 41h ends it."""

    password: U32


@dataclass(frozen=True)
class ShiftParameters:
    """Answer to FF40h."""

    open: Flag
    shift: U16
    """The current one, or the last closed."""
    receipt: U16
    """In an open shift the last receipt's number, 0 for none; of a closed one, how many documents it had."""


@dataclass(frozen=True)
class ReadShiftParameters(Command[ShiftParameters], code=0xFF40, name="shift parameters"):
    password: U32


@dataclass(frozen=True)
class ExchangeStatus:
    """Answer to FF39h."""

    flags: Annotated[ExchangeFlags, Number(1, ExchangeFlags)]
    reading: Flag
    waiting: U16
    """Messages for the OFD."""
    first_number: U32
    first_moment: Moment
    """Of the first document in the queue; None when it is empty."""


@dataclass(frozen=True)
class ReadExchangeStatus(Command[ExchangeStatus], code=0xFF39, name="exchange status"):
    password: U32


@dataclass(frozen=True)
class UnconfirmedCount:
    """Answer to FF3Fh."""

    documents: U16


@dataclass(frozen=True)
class ReadUnconfirmedCount(Command[UnconfirmedCount], code=0xFF3F, name="unconfirmed documents"):
    password: U32


@dataclass(frozen=True)
class OfdTicket:
    """Answer to FF3Ch. The layout is the driver's (FSTicket)."""

    moment: Moment
    sign: Annotated[bytes, Raw(18)]
    number: U32


@dataclass(frozen=True)
class ReadOfdTicket(Command[OfdTicket], code=0xFF3C, name="OFD ticket"):
    """Refused with 08h while there is none."""

    password: U32
    number: U32
