"""A Штрих-М register behind the port: its own sequence of commands for each thing that a register does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from drivers.errors import LinkLost
from drivers.kkt.line import Line
from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_archive import ShtrihArchive
from drivers.kkt.shtrih_condition import inspect
from drivers.kkt.shtrih_exchange import read_message, read_queue, write_answer
from drivers.kkt.shtrih_link import ShtrihLink, done
from drivers.kkt.shtrih_passport import Passport, read_passport, read_skips_paper, write_skips_paper
from drivers.kkt.shtrih_receipt import send
from drivers.kkt.shtrih_report import begin_report
from protocols.fiscal import (
    Baseline,
    CashCount,
    CashSlip,
    Condition,
    FiscalDocument,
    OfdQueue,
    OtherDocument,
    Paper,
    RegisterStatus,
    Shift,
    ShiftReport,
)
from protocols.receipt import Cashier, Receipt, Taxation
from protocols.shtrih.codes import CurrentDocument, Mode
from protocols.shtrih.corrections import NotSayable
from protocols.shtrih.drive import (
    BeginCloseShift,
    BeginOpenShift,
    CancelDocument,
    ReadFiscalDriveStatus,
    ReadShiftParameters,
)
from protocols.shtrih.meanings import BUSY, BUSY_MODES, CASH_COUNTS, CASH_SUMS, PAPERS, SHIFTS, submode
from protocols.shtrih.receipts import CancelReceipt
from protocols.shtrih.script import Wording, text_lines, write
from protocols.shtrih.service import (
    CashIn,
    CashOut,
    ContinuePrinting,
    OpenShift,
    PrintXReport,
    PrintZReport,
    ReadCashRegister,
    ReadOperationRegister,
    ReadShortStatus,
    RepeatLastReceipt,
)
from protocols.till import TillWork, Work

SYSTEM_ADMINISTRATOR = 30  # number and password of the one as registers leave the works (setup guide, p. 46)
MOVES: dict[Work, type[CashIn] | type[CashOut]] = {Work.CASH_IN: CashIn, Work.CASH_OUT: CashOut}
TURNS: dict[Work, tuple[type[BeginOpenShift] | type[BeginCloseShift], type[OpenShift] | type[PrintZReport]]] = {
    Work.OPEN_SHIFT: (BeginOpenShift, OpenShift),
    Work.CLOSE_SHIFT: (BeginCloseShift, PrintZReport),
}


@dataclass
class ShtrihRegister:
    """`zone`: where the register's clock stands, which it does not say. `password`: the system administrator's.

    `taxation` and `cashier` are for receipts that name none, the cashier also for shift reports. `tags_before_item` as
    in Wording. `read_timeout`: seconds for an answer that needs no paper; shift reports may take six times as long.
    """

    line: Line
    zone: ZoneInfo
    password: int = SYSTEM_ADMINISTRATOR
    taxation: Taxation = Taxation.OSN
    cashier: Cashier | None = None
    tags_before_item: bool = False
    read_timeout: float = 10.0
    _passport: Passport = field(default_factory=Passport, init=False)
    _skips_paper: bool = field(default=False, init=False)  # the register may keep its next document off the paper

    @property
    def _link(self) -> ShtrihLink:
        return ShtrihLink(self.line, self.read_timeout)

    @property
    def _wording(self) -> Wording:
        known = self._passport
        return Wording(self.password, known.rates, self.taxation, known.ffd, self.cashier, self.tags_before_item)

    async def connect(self) -> None:
        await self.line.open()
        self._passport = await read_passport(self._link, self.password)
        self._skips_paper = await read_skips_paper(self._link, self.password)

    async def close(self) -> None:
        await self.line.drop()

    async def status(self) -> RegisterStatus:
        now = await self._link.ask(ReadShortStatus(self.password))
        printer = submode(now.submode)
        drive = await self._link.ask(ReadFiscalDriveStatus(self.password))
        shift = await self._link.ask(ReadShiftParameters(self.password))
        return RegisterStatus(
            last=Baseline(drive.serial.strip(), drive.last_number),
            shift=SHIFTS.get(now.mode, Shift.OPEN if drive.shift_open else Shift.CLOSED),
            shift_number=shift.shift,
            paper=PAPERS.get(printer, Paper.PRESENT),
            busy=printer in BUSY or now.mode in BUSY_MODES,
            receipt_open=now.mode is Mode.RECEIPT_OPEN or drive.current_document != CurrentDocument.NONE,
            model=self._passport.model,
            serial=self._passport.serial,
            kkt_number=self._passport.kkt_number,
        )

    async def inspect(self) -> Condition:
        return await inspect(self._link, self.password, self.zone, self._passport.ffd)

    async def open_shift(self) -> ShiftReport:
        return await self._turn_shift(Work.OPEN_SHIFT)

    async def close_shift(self) -> ShiftReport:
        return await self._turn_shift(Work.CLOSE_SHIFT)

    async def move_cash(self, work: TillWork) -> CashSlip:
        await self._link.ask(MOVES[work.kind](self.password, work.amount_kopecks))
        with done(f"{work.kind} of {work.amount_kopecks} kopecks"):
            drive = await self._link.ask(ReadFiscalDriveStatus(self.password))
            moved = await self.cash_moved(work.kind)
        return CashSlip(drive.serial.strip(), work.kind, work.amount_kopecks, moved.count)

    async def cash_moved(self, kind: Work) -> CashCount:
        count = await self._link.ask(ReadOperationRegister(self.password, CASH_COUNTS[kind]))
        total = await self._link.ask(ReadCashRegister(self.password, CASH_SUMS[kind]))
        return CashCount(count.value, total.value)

    async def continue_printing(self) -> None:
        await self._link.ask(ContinuePrinting(self.password))

    async def print_x_report(self) -> None:
        await self._link.ask(PrintXReport(self.password))

    async def print_copy(self) -> None:
        await self._link.ask(RepeatLastReceipt(self.password))

    async def print_text(self, lines: Sequence[str]) -> None:
        for command in text_lines(lines, self.password):
            await self._link.ask(command)

    async def cancel_receipt(self) -> None:
        """And whatever else the drive has begun, such as a correction; nothing where nothing is open."""
        now = await self._link.ask(ReadShortStatus(self.password))
        if now.mode is Mode.RECEIPT_OPEN:
            await self._link.ask(CancelReceipt(self.password))
        drive = await self._link.ask(ReadFiscalDriveStatus(self.password))
        if drive.current_document != CurrentDocument.NONE:
            await self._link.ask(CancelDocument(self.password))
        if self._skips_paper:
            await self._skip_paper(False)

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        """Does not wait for the paper: the document is in the drive, and a roll that ends in it shows in `status`."""
        try:
            script = write(receipt, self._wording)
        except NotSayable as error:
            raise RegisterRefused(0, str(error)) from None
        if receipt.paperless or self._skips_paper:
            await self._skip_paper(receipt.paperless)
        number = await send(self._link, script, receipt.total_kopecks, self.password)
        with done(f"document {number}"):
            document = await self.find(number)
        if not isinstance(document, FiscalDocument):
            raise LinkLost(f"the register closed document {number} and does not find it")
        return document

    async def find(self, fd: int) -> FiscalDocument | ShiftReport | OtherDocument | None:
        return await ShtrihArchive(self._link, self.zone, self.password, self._passport.kkt_number).find(fd)

    async def fetch_message(self) -> bytes | None:
        return await read_message(self._link, self.password)

    async def put_answer(self, answer: bytes) -> None:
        await write_answer(self._link, self.password, answer)

    async def ofd_queue(self) -> OfdQueue:
        return await read_queue(self._link, self.password)

    async def _skip_paper(self, skips: bool) -> None:
        """Of the next document. Whether a register forgets it by itself behind that one is not documented."""
        await write_skips_paper(self._link, self.password, skips)
        self._skips_paper = skips

    async def _turn_shift(self, kind: Work) -> ShiftReport:
        begin, turn = TURNS[kind]
        if self.cashier is not None:
            await begin_report(self._link, begin(self.password), self.cashier)
        await self._link.ask(turn(self.password))
        return await self._last_report(kind)

    async def _last_report(self, kind: Work) -> ShiftReport:
        with done(f"the report of {kind}"):
            drive = await self._link.ask(ReadFiscalDriveStatus(self.password))
            report = await self.find(drive.last_number)
        if not isinstance(report, ShiftReport) or report.kind is not kind:
            raise LinkLost(f"the register did {kind}, and its last document {drive.last_number} does not say so")
        return report
