"""How much life is left in a fiscal drive, and what of it the OFD has still to get."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.drive import Drive
from drivers.emulators.shtrih.faults import Faults
from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih.codes import DriveWarnings, Error

MONTHS = 15  # that a drive of the usual model lives from its registration on
CAPACITY = 250_000  # documents
KILOBYTES = 16_384  # for what the OFD has not taken yet
LIFE_OVER, DRIVE_FULL = 0x05, 0x06
SOON, VERY_SOON = timedelta(days=30), timedelta(days=3)
OVERDUE, LONGEST_UNSENT = timedelta(days=2), timedelta(days=30)


@dataclass(frozen=True)
class Wear:
    """One look at a drive, at `now`. `sent_to`: the last document the OFD took, None if it has all.

    `carried`: the host brings it the documents, and it has those whose tickets the drive has.
    """

    drive: Drive
    faults: Faults
    now: datetime
    sent_to: int | None
    carried: bool = False

    @property
    def expires(self) -> date:
        if self.faults.fn_days_left is not None:
            return self.now.date() + timedelta(days=self.faults.fn_days_left)
        begun = self.drive.passport.registered_at.date()
        months = begun.year * 12 + begun.month - 1 + MONTHS
        year, month = divmod(months, 12)
        return date(year, month + 1, min(begun.day, monthrange(year, month + 1)[1]))

    @property
    def documents_left(self) -> int:
        left = CAPACITY - self.drive.counters.fd if self.faults.fn_left is None else self.faults.fn_left
        return max(0, left)

    @property
    def unsent(self) -> int:
        """Documents that the OFD has still to get, the newest ones."""
        last = self.drive.counters.fd
        if self.carried:
            return last - self.drive.confirmed
        kept = 0 if self.sent_to is None else last - self.sent_to
        return min(max(kept, self.faults.ofd_queue, 0), last)

    @property
    def oldest_unsent(self) -> Document | None:
        return self.drive.find(self.drive.counters.fd - self.unsent + 1) if self.unsent else None

    @property
    def warnings(self) -> DriveWarnings:
        """Fiscal drive protocol 1.2; that an answer of the OFD is overdue after two days: FFD, tag 1053."""
        left, oldest = self.expires - self.now.date(), self.oldest_unsent
        found = DriveWarnings(0)
        if left <= SOON:
            found |= DriveWarnings.CHIP_EXPIRES_IN_30_DAYS
        if left <= VERY_SOON:
            found |= DriveWarnings.CHIP_EXPIRES_IN_3_DAYS
        if self.documents_left <= CAPACITY // 10:
            found |= DriveWarnings.ARCHIVE_90_PERCENT_FULL
        if oldest and self.now - oldest.at > OVERDUE:
            found |= DriveWarnings.OFD_ANSWER_OVERDUE
        return found

    def check(self) -> None:
        """Raises Refuse where the drive takes no document now."""
        if self.now.date() > self.expires:
            raise Refuse(LIFE_OVER)
        if not self.documents_left:
            raise Refuse(DRIVE_FULL)
        if self.now < self.drive.counters.last_at.replace(second=0, microsecond=0):
            raise Refuse(Error.DRIVE_WRONG_TIME)
        oldest = self.oldest_unsent
        if oldest and self.now - oldest.at > LONGEST_UNSENT:
            raise Refuse(Error.DRIVE_30_DAYS_UNSENT)
