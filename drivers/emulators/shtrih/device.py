"""The emulated register as it stands: drive, clock, paper, the receipt in hand. What commands do is in rules.py."""

from collections import deque
from collections.abc import Callable
from datetime import date, datetime, timedelta

from drivers.emulators.fiscal.documents import CashMove, Document, Ticket
from drivers.emulators.fiscal.drive import SALES, Drive
from drivers.emulators.paper.roll import Letterhead, Roll
from drivers.emulators.shtrih.carriage import Carriage
from drivers.emulators.shtrih.faults import MOST_OFFSET, Faults
from drivers.emulators.shtrih.labels import Codes
from drivers.emulators.shtrih.nvram import Nvram
from drivers.emulators.shtrih.outgoing import check_size
from drivers.emulators.shtrih.printer import Printer
from drivers.emulators.shtrih.receipt import Receipt
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tables import BY_ITSELF, Tables
from drivers.emulators.shtrih.wear import Wear
from protocols.shtrih.codes import CurrentDocument, Error, Flags, Mode, OperationKind, ReceiptKind, Submode

Clock = Callable[[], datetime]
FULL_SHIFT = timedelta(hours=24)
OPERATORS = range(1, 31)  # each one's password is his number, as the register leaves the works
ADMINISTRATORS = (29, 30)
BAD_DATE = 0x7D
_GOOD = Flags.RECEIPT_ROLL | Flags.TWO_DECIMALS | Flags.RECEIPT_PAPER | Flags.RECEIPT_LEVER


class Device:
    """One register, switched on. What is open is in memory, and stays there while the power is away.

    `clock` tells the shop's time, aware, in the zone the register's own clock keeps. `nvram` is what it keeps beside
    the drive for good; without one it forgets its settings with the program's end.
    """

    def __init__(self, drive: Drive, clock: Clock, faults: Faults, nvram: Nvram | None = None) -> None:
        self.drive, self._clock, self.faults = drive, clock, faults
        self.nvram = nvram or Nvram()
        faults.ofd_unreachable |= self.nvram.memory.sent_to is not None
        self.printer, self.roll, self.codes = Printer(), Roll(), Codes()
        self.tables = Tables(drive.passport, self.nvram)
        self.receipt: Receipt | None = None
        self.begun = CurrentDocument.NONE
        """The shift report or correction that tags are being gathered for."""
        self.tags, self.tlv = dict[int, str](), b""
        self.unread = deque[bytes]()
        """Tags of a document that is being read."""
        self.date_to_confirm: date | None = None
        self.carriage = Carriage()

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
        if self.unread:
            return Mode.DATA_OUTPUT
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
        found = _GOOD if self.printer.has_paper else _GOOD & ~(Flags.RECEIPT_ROLL | Flags.RECEIPT_PAPER)
        found |= Flags.COVER_OPEN * self.faults.cover_open
        return found | Flags.DRAWER_OPEN * self.faults.drawer_open

    @property
    def current_document(self) -> CurrentDocument:
        if not self.receipt:
            return self.begun
        return CurrentDocument.CORRECTION if self.receipt.corrects else CurrentDocument.RECEIPT

    @property
    def submode(self) -> Submode:
        """Under an open cover there is no paper, as far as printing goes."""
        if self.faults.cover_open and self.printer.submode is Submode.IDLE:
            return Submode.NO_PAPER
        return self.printer.submode

    def check_paper(self) -> None:
        """Raises Refuse unless something can be printed now."""
        self.printer.check()
        if self.faults.cover_open:
            raise Refuse(Error.NO_RECEIPT_PAPER)

    @property
    def wear(self) -> Wear:
        return Wear(self.drive, self.faults, self.now, self.nvram.memory.sent_to, self.carried)

    @property
    def carried(self) -> bool:
        """Whether the host brings the documents to the OFD."""
        return not self.tables.by_itself

    def hand_over_ofd(self, by_itself: bytes) -> None:
        """Who brings documents to the OFD from now on, as the table has it. Raises Refuse; OSError.

        What it had from the register itself stays with it: a mark in the drive says how far that was.
        """
        carried, sent_to = self.carried, self.drive.counters.fd - self.wear.unsent
        if not carried and sent_to > self.drive.confirmed:
            self.drive.confirm(Ticket(fd=sent_to, at=self.now))
        if carried and self.faults.ofd_unreachable:
            self.nvram.memory.sent_to = self.drive.confirmed
        self.tables.write(BY_ITSELF, by_itself)
        self.carriage = Carriage()

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

    def begin(self, document: CurrentDocument) -> None:
        """Tags may be gathered for it from now on."""
        self.begun, self.tags, self.tlv = document, {}, b""

    def check_drive(self) -> None:
        """Raises Refuse where the drive would take no document now."""
        self.wear.check()

    def record(self, draft: Document) -> Document:
        """The document, in the drive for good. Raises Refuse; OSError."""
        self.check_drive()
        if self.carried:
            check_size(draft, self.drive.passport)
        document = self.drive.append(draft)
        if self.faults.fn_left is not None:
            self.faults.fn_left -= 1
        return document

    def print(self, entry: Document | CashMove) -> None:
        """On paper, unless the tables say that it is not wanted there.

        With "out_next" the roll ends over a receipt: the document is in the drive, on paper is half of it.
        """
        if not self.tables.spend_print():
            return
        if self.faults.paper == "out_next" and isinstance(entry, Document) and entry.kind in SALES:
            self.faults.paper = "out"
            self.printer.run_out()
            self.roll.tear(self.letterhead, entry)
        else:
            self.roll.print(self.letterhead, entry)

    @property
    def letterhead(self) -> Letterhead:
        passport = self.drive.passport
        user, address = self.tables.text(18, 1, 7), self.tables.text(18, 1, 9)
        return Letterhead(user, address, passport.inn, f"{passport.serial:016}")

    def behave(self, wanted: dict[str, object]) -> None:
        """Takes the faults in. Raises msgspec.ValidationError, which names the wrong key."""
        before, self.faults = self.faults, self.faults.changed(wanted)
        if before.paper != "out" and self.faults.paper == "out":
            self.printer.take_out()
        elif before.paper == "out" and self.faults.paper != "out":
            self.printer.put_in()
        if self.faults.ofd_unreachable != before.ofd_unreachable:
            self.nvram.memory.sent_to = self.drive.counters.fd if self.faults.ofd_unreachable else None
            self.nvram.save()
        if self.faults.power == "off":
            self.unread.clear()
            self.carriage = Carriage()
            self.codes = Codes()
