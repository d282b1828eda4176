"""The register behind the server as it stands: drive, clock, paper, link. What tasks do is in rules.py."""

from collections.abc import Callable
from datetime import datetime, timedelta

import trio

from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.faults import MOST_OFFSET, Faults
from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.drive import SALES, Drive
from drivers.emulators.paper.roll import BARE, Around, Entry, Letterhead, Roll
from protocols.shtrih.codes import DocumentType

Clock = Callable[[], datetime]
FULL_SHIFT = timedelta(hours=24)
USER, ADDRESS = "ООО «Учебный магазин»", "г. Москва, Учебная ул., д. 1"
LIFETIME = timedelta(days=15 * 30)
"""Of a fiscal drive for 15 months."""
INTERRUPTED = {
    DocumentType.SHIFT_OPENED: Error.OPEN_SHIFT_REPORT_INTERRUPTED,
    DocumentType.SHIFT_CLOSED: Error.REPORT_INTERRUPTED,
}


class PowerCut(Exception):
    """The power went in the middle of a task."""


class Device:
    """One register, switched on. `clock` tells the shop's time, aware, in the zone of the register's own clock.

    `changed` is set, and another put in its place, whenever a fault begins or ends. `ffd` is "1.05", "1.1" or "1.2".
    """

    def __init__(self, drive: Drive, clock: Clock, faults: Faults, ffd: str) -> None:
        self.drive, self._clock, self.faults, self.ffd = drive, clock, faults, ffd
        self.unfinished: Error | None = None
        """What a document that is only half on paper makes of the next printing task."""
        self.marks: dict[str, int] = {}
        """Codes accepted for the next receipt, with the result of their check (tag 2106)."""
        self.mark_in_check: str | None = None
        self.changed = trio.Event()
        self.roll = Roll()

    @property
    def now(self) -> datetime:
        return self._clock() + timedelta(seconds=self.faults.clock_offset_s)

    def set_clock(self, local: datetime) -> None:
        """Makes the register's clock show this from now on. Raises Refuse for a date too far off."""
        offset = self.faults.clock_offset_s + round((local - self.now.replace(tzinfo=None)).total_seconds())
        if abs(offset) > MOST_OFFSET:
            raise Refuse(Error.INVALID_DATE_TIME)
        self.faults.clock_offset_s = offset

    @property
    def shift_opened_at(self) -> datetime:
        if self.faults.shift_age_h is None:
            return self.drive.counters.shift_opened_at
        return self.now - timedelta(hours=self.faults.shift_age_h)

    @property
    def shift(self) -> str:
        """`closed`, `opened` or `expired`."""
        if not self.drive.counters.shift_open:
            return "closed"
        return "expired" if self.now - self.shift_opened_at > FULL_SHIFT else "opened"

    @property
    def drive_expires(self) -> datetime:
        if self.faults.fn_days_left is None:
            return self.drive.passport.registered_at + LIFETIME
        return self.now + timedelta(days=self.faults.fn_days_left)

    @property
    def paper_present(self) -> bool:
        return self.faults.paper != "out"

    @property
    def printer_trouble(self) -> Error | None:
        if self.faults.cover_open:
            return Error.COVER_OPENED
        return None if self.paper_present else Error.NO_PAPER

    @property
    def link_trouble(self) -> Error | None:
        """Why the server cannot ask the drive."""
        if self.faults.connection == "lost":
            return Error.NO_CONNECTION
        return Error.FN_FAULT if self.faults.fn == "fault" else None

    def last_fd(self) -> int:
        """The number of the drive's last document. Raises Refuse: it cannot be asked."""
        self.check_link()
        return self.drive.counters.fd

    def check_link(self) -> None:
        if self.link_trouble:
            raise Refuse(self.link_trouble)

    def check_printer(self) -> None:
        """Raises Refuse unless something can be printed now."""
        if self.printer_trouble:
            raise Refuse(self.printer_trouble)
        if self.unfinished and self.faults.unfinished_print == "blocks":
            raise Refuse(self.unfinished)
        self.go_on()

    def go_on(self) -> None:
        """Prints a document once more, whole, that was left half on paper. Raises Refuse: it cannot yet."""
        if self.printer_trouble:
            raise Refuse(self.printer_trouble)
        if self.unfinished:
            self.roll.go_on()
        self.unfinished = None

    def print(self, entry: Entry, around: Around = BARE, *, copy: bool = False) -> None:
        self.roll.print(self.letterhead, entry, copy=copy, around=around)

    @property
    def letterhead(self) -> Letterhead:
        passport = self.drive.passport
        return Letterhead(USER, ADDRESS, passport.inn, f"{passport.serial:014}")

    def record(self, draft: Document, around: Around | None) -> Document:
        """The document, in the drive for good, and on paper if there is enough. Raises Refuse; PowerCut; OSError.

        An error may come before it is made, or after. Without `around` it goes to the buyer electronically.
        """
        if self.faults.fn_left == 0:
            raise Refuse(Error.FN_OVERFLOW)
        if self.now < self.drive.counters.last_at.replace(second=0, microsecond=0):
            raise Refuse(Error.TIME_BEFORE_LAST_DOCUMENT)
        self._strike("next", draft)
        document = self.drive.append(draft)
        if self.faults.fn_left is not None:
            self.faults.fn_left -= 1
        if around is not None:
            self._print_made(document, around)
        self._strike("after_next", draft)
        return document

    def _print_made(self, document: Document, around: Around) -> None:
        """With `out_next` the roll ends in the middle of it."""
        if self.faults.paper != "out_next":
            self.print(document, around)
            return
        self.faults.paper = "out"
        self.unfinished = INTERRUPTED.get(DocumentType(document.kind), Error.CLOSE_RECEIPT_INTERRUPTED)
        self.roll.tear(self.letterhead, document, around=around)

    def _strike(self, when: str, draft: Document) -> None:
        """The faults that were ordered for this moment."""
        cut = "power_off_in_receipt" if when == "next" else "power_off_after_receipt"
        if draft.kind in SALES and getattr(self.faults, cut):
            setattr(self.faults, cut, False)
            raise PowerCut
        if self.faults.connection == f"lost_{when}":
            self.faults.connection = "lost"
            raise Refuse(Error.NO_CONNECTION)
        if self.faults.fn == f"fault_{when}":
            self.faults.fn = "fault"
            raise Refuse(Error.FN_EXCHANGE)

    def behave(self, wanted: dict[str, object]) -> None:
        """Takes the faults in. Raises msgspec.ValidationError, which names the wrong key."""
        self.faults = self.faults.changed(wanted)
        self.changed.set()
        self.changed = trio.Event()

    def lose_power(self) -> None:
        """What is not on disk or in the register's own memory is gone."""
        self.marks, self.mark_in_check = {}, None
        self.behave({"power": "off"})
