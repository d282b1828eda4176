"""The documents in the fiscal drive of a Штрих-М register, found by their numbers."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from drivers.errors import LinkLost
from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_link import ShtrihLink
from protocols.fiscal import FiscalDocument, OtherDocument, ShiftReport
from protocols.receipt import Kind
from protocols.shtrih.codes import Error
from protocols.shtrih.drive import (
    FindDocument,
    FoundDocument,
    ReadFiscalDriveStatus,
    ReadShiftParameters,
    ReceiptFormed,
    ShiftTurned,
)
from protocols.shtrih.meanings import CORRECTIONS, RECEIPTS, REPORTS
from protocols.till import Work


@dataclass(frozen=True)
class ShtrihArchive:
    """`zone`: where the register's clock stands. `password`: an administrator's. `kkt_number`: as registered (РНМ)."""

    link: ShtrihLink
    zone: ZoneInfo
    password: int
    kkt_number: str

    async def find(self, fd: int) -> FiscalDocument | ShiftReport | OtherDocument | None:
        try:
            found = await self.link.ask(FindDocument(self.password, fd))
        except RegisterRefused as refusal:
            if refusal.code == Error.DRIVE_NO_DATA:
                return None
            raise
        match found.details:
            case ReceiptFormed(kind=operation, total=total) if kind := RECEIPTS.get((found.type, operation)):
                return await self._receipt(found, kind, total)
            case ReceiptFormed(kind=operation, total=total) if corrects := CORRECTIONS.get((found.type, operation)):
                return await self._receipt(found, Kind.CORRECTION, total, corrects)
            case ShiftTurned(shift=shift):
                return await self._report(found, REPORTS[found.type], shift)
            case _:
                return OtherDocument(fd)

    async def _report(self, found: FoundDocument, kind: Work, shift: int) -> ShiftReport:
        drive = await self.link.ask(ReadFiscalDriveStatus(self.password))
        return ShiftReport(
            fn=drive.serial.strip(),
            fd=found.number,
            fp=f"{found.sign:010}",
            fiscal_datetime=self._aware(found.moment),
            kind=kind,
            kkt_number=self.kkt_number,
            shift_number=shift,
        )

    async def _receipt(
        self, found: FoundDocument, kind: Kind, total: int, corrects: Kind = Kind.SALE
    ) -> FiscalDocument:
        """The archive keeps no numbers within the shift; the drive knows them of its last document only."""
        drive = await self.link.ask(ReadFiscalDriveStatus(self.password))
        shift = await self.link.ask(ReadShiftParameters(self.password))
        is_last = shift.open and drive.last_number == found.number
        return FiscalDocument(
            fn=drive.serial.strip(),
            fd=found.number,
            fp=f"{found.sign:010}",
            fiscal_datetime=self._aware(found.moment),
            kind=kind,
            total_kopecks=total,
            kkt_number=self.kkt_number,
            shift_number=shift.shift if is_last else None,
            receipt_number=shift.receipt if is_last else None,
            corrects=corrects,
        )

    def _aware(self, moment: datetime | None) -> datetime:
        if moment is None:
            raise LinkLost("the register found a document without a time")
        return moment.replace(tzinfo=self.zone)
