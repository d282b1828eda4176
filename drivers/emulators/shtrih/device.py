"""The emulated register as it stands: drive, clock, paper, the receipt in hand. What commands do is in rules.py."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from drivers.emulators.shtrih.documents import Document
from drivers.emulators.shtrih.drive import Drive
from drivers.emulators.shtrih.faults import MOST_OFFSET, Faults
from drivers.emulators.shtrih.printer import Printer
from drivers.emulators.shtrih.receipt import Receipt
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tables import Tables
from protocols.shtrih.codes import CurrentDocument, Error, Flags, Mode, OperationKind, ReceiptKind

Clock = Callable[[], datetime]
FULL_SHIFT = timedelta(hours=24)
OPERATORS = range(1, 31)  # each one's password is his number, as the register leaves the works
ADMINISTRATORS = (29, 30)
DRIVE_FULL = 0x06
BAD_DATE = 0x7D
_GOOD = Flags.RECEIPT_ROLL | Flags.TWO_DECIMALS | Flags.RECEIPT_PAPER | Flags.RECEIPT_LEVER


class Device:
    """One register, switched on. Everything but the drive is in memory, as if in its NVRAM.

    `clock` tells the shop's time, aware, in the zone the register's own clock keeps.
    """

    def __init__(self, drive: Drive, clock: Clock, faults: Faults) -> None:
        self.drive, self._clock, self.faults = drive, clock, faults
        self.printer = Printer()
        self.tables = Tables(drive.passport)
        self.receipt: Receipt | None = None
        self.begun = CurrentDocument.NONE
        """The shift report or correction that tags are being gathered for."""
        self.tags: dict[int, str] = {}
        self.date_to_confirm: date | None = None

    @property
    def now(self) -> datetime:
        return self._clock() + timedelta(seconds=self.faults.clock_offset_s)

    @property
    def local(self) -> datetime:
        """What the register's own clock shows."""
        return self.now.replace(tzinfo=None)

    def set_clock(self, local: datetime) -> None:
        """Makes the register's clock show this from now on. Raises Refuse for a date too far off."""
        offset = self.faults.clock_offset_s + round((local - self.local).total_seconds())
        if abs(offset) > MOST_OFFSET:
            raise Refuse(BAD_DATE)
        self.faults.clock_offset_s = offset

    @property
    def shift_opened_at(self) -> datetime:
        if self.faults.shift_age_h is None:
            return self.drive.counters.shift_opened_at
        return self.now - timedelta(hours=self.faults.shift_age_h)

    @property
    def shift_expired(self) -> bool:
        """The shift, if open, is over 24 hours old and may only be closed."""
        return self.now - self.shift_opened_at > FULL_SHIFT

    @property
    def mode(self) -> Mode:
        if self.date_to_confirm:
            return Mode.AWAITS_DATE_CONFIRMATION
        if self.receipt:
            return Mode.RECEIPT_OPEN
        if not self.drive.counters.shift_open:
            return Mode.SHIFT_CLOSED
        return Mode.SHIFT_OVER_24H if self.shift_expired else Mode.SHIFT_OPEN

    @property
    def mode_byte(self) -> int:
        """The mode, and in the upper half of the byte the kind of the open receipt."""
        kind = ReceiptKind[OperationKind(self.receipt.operation).name] if self.receipt else 0
        return kind << 4 | self.mode

    @property
    def flags(self) -> Flags:
        return _GOOD if self.printer.has_paper else _GOOD & ~(Flags.RECEIPT_ROLL | Flags.RECEIPT_PAPER)

    @property
    def current_document(self) -> CurrentDocument:
        return CurrentDocument.RECEIPT if self.receipt else self.begun

    def operator(self, password: int) -> int:
        """Whose password it is, 1 to 30. Raises Refuse."""
        if password not in OPERATORS:
            raise Refuse(Error.WRONG_PASSWORD)
        return password

    def in_hand(self, operator: int) -> Receipt:
        """The open receipt. Raises Refuse: there is none, or it is another cashier's."""
        if not self.receipt:
            raise Refuse(Error.WRONG_MODE)
        if operator not in (self.receipt.operator, *ADMINISTRATORS):
            raise Refuse(Error.OTHER_OPERATOR)
        return self.receipt

    def check_nothing_begun(self, *, but: CurrentDocument = CurrentDocument.NONE) -> None:
        """Raises Refuse where the drive is in the middle of a document, other than that one."""
        if self.begun not in (CurrentDocument.NONE, but):
            raise Refuse(Error.DRIVE_WRONG_STATE)

    def check_drive(self) -> None:
        """Raises Refuse where the drive would take no document now."""
        if self.faults.fn_left == 0:
            raise Refuse(DRIVE_FULL)
        if self.now < self.drive.counters.last_at.replace(second=0, microsecond=0):
            raise Refuse(Error.DRIVE_WRONG_TIME)

    def record(self, draft: Document) -> Document:
        """The document, in the drive for good. Raises Refuse; OSError."""
        self.check_drive()
        document = self.drive.append(draft)
        if self.faults.fn_left is not None:
            self.faults.fn_left -= 1
        return document

    def print_receipt(self) -> None:
        """With "out_next" the roll ends over it: the document is in the drive, on paper is half of it."""
        if self.faults.paper == "out_next":
            self.faults.paper = "out"
            self.printer.run_out()

    def behave(self, wanted: dict[str, object]) -> None:
        """Takes the faults in. Raises msgspec.ValidationError, which names the wrong key."""
        had_roll, self.faults = self.faults.paper != "out", self.faults.changed(wanted)
        has_roll = self.faults.paper != "out"
        if had_roll and not has_roll:
            self.printer.take_out()
        elif has_roll and not had_roll:
            self.printer.put_in()
