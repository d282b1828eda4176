"""A Штрих-М register behind the port: its own sequence of commands for each thing that a register does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from drivers.errors import LinkLost
from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_archive import ShtrihArchive
from drivers.kkt.shtrih_link import ShtrihLink, done
from drivers.kkt.tcp_line import TcpLine
from protocols.fiscal import (
    Baseline,
    CashCount,
    CashSlip,
    Condition,
    FiscalDocument,
    OtherDocument,
    Paper,
    RegisterStatus,
    Shift,
    ShiftReport,
)
from protocols.item import Line
from protocols.receipt import SIGNS, Correction, Kind, Method, Receipt
from protocols.shtrih.codecs import printable
from protocols.shtrih.codes import (
    VAT_BYTES,
    CurrentDocument,
    Flags,
    Mode,
    OperationKind,
    PaymentSlot,
    ReceiptKind,
    Taxation,
)
from protocols.shtrih.corrections import NotSayable, basis, form
from protocols.shtrih.drive import (
    CancelDocument,
    ReadExchangeStatus,
    ReadFiscalDriveExpiry,
    ReadFiscalDriveStatus,
    ReadRegistrationResult,
    ReadShiftParameters,
)
from protocols.shtrih.meanings import BUSY, BUSY_MODES, CASH_COUNTS, CASH_SUMS, PAPERS, SHIFTS, WARNINGS, submode
from protocols.shtrih.receipts import (
    AddTlv,
    BeginCorrection,
    CancelReceipt,
    CloseReceipt,
    OpenReceipt,
    Operation,
    ReadSubtotal,
)
from protocols.shtrih.service import (
    CashIn,
    CashOut,
    ContinuePrinting,
    OpenShift,
    PrintLine,
    PrintXReport,
    PrintZReport,
    ReadCashRegister,
    ReadDeviceType,
    ReadLongStatus,
    ReadOperationRegister,
    ReadShortStatus,
    RepeatLastReceipt,
)
from protocols.shtrih.tags import tlv_text
from protocols.till import TillWork, Work

NAME_SIZE = 128  # bytes of CP1251 in FF46h (protocol 1.17)
OPENINGS = {
    Kind.SALE: ReceiptKind.SALE,
    Kind.REFUND: ReceiptKind.SALE_RETURN,
    Kind.PURCHASE: ReceiptKind.BUY,
    Kind.PURCHASE_REFUND: ReceiptKind.BUY_RETURN,
}
OPERATIONS = {kind: OperationKind(sign) for kind, sign in SIGNS.items()}
MOVES: dict[Work, type[CashIn] | type[CashOut]] = {Work.CASH_IN: CashIn, Work.CASH_OUT: CashOut}
SLOTS = {
    Method.CASH: PaymentSlot.CASH,
    Method.CARD: PaymentSlot.ELECTRONIC,
    Method.ACQUIRING: PaymentSlot.ELECTRONIC,
    Method.PREPAID: PaymentSlot.PREPAID,
    Method.CREDIT: PaymentSlot.CREDIT,
    Method.OTHER: PaymentSlot.IN_KIND,
}
RECEIPT_ROLL = 2  # flag of 17h
LINE_SIZE = 40  # characters of 17h that every model prints
TAG_CONTACT = 1008  # FFD: the buyer's phone or e-mail


@dataclass
class ShtrihRegister:
    """`zone`: where the register's clock stands, which it does not say. `password`: an administrator's.

    `read_timeout`: seconds for an answer that needs no paper; shift reports may take six times as long.
    """

    line: TcpLine
    zone: ZoneInfo
    password: int = 30
    taxation: Taxation = Taxation.GENERAL
    read_timeout: float = 10.0
    _model: str = field(default="", init=False)
    _serial: str = field(default="", init=False)
    _kkt_number: str = field(default="", init=False)

    @property
    def _link(self) -> ShtrihLink:
        return ShtrihLink(self.line, self.read_timeout)

    async def connect(self) -> None:
        await self.line.open()
        self._model = (await self._link.ask(ReadDeviceType())).name
        self._serial = str((await self._link.ask(ReadLongStatus(self.password))).serial)
        self._kkt_number = (await self._link.ask(ReadRegistrationResult(self.password))).register_number.strip()

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
            model=self._model,
            serial=self._serial,
            kkt_number=self._kkt_number,
        )

    async def inspect(self) -> Condition:
        now = await self._link.ask(ReadShortStatus(self.password))
        told = await self._link.ask(ReadLongStatus(self.password))
        drive = await self._link.ask(ReadFiscalDriveStatus(self.password))
        expiry = await self._link.ask(ReadFiscalDriveExpiry(self.password))
        exchange = await self._link.ask(ReadExchangeStatus(self.password))
        return Condition(
            fn=drive.serial.strip(),
            expires=expiry.expires,
            warnings=frozenset(meaning for flag, meaning in WARNINGS.items() if flag in drive.warnings),
            unsent=exchange.waiting,
            oldest_unsent=exchange.first_moment and exchange.first_moment.replace(tzinfo=self.zone),
            clock=told.clock and told.clock.replace(tzinfo=self.zone),
            firmware=f"{told.firmware}.{told.build}",
            cover_open=Flags.COVER_OPEN in now.flags,
            drawer_open=Flags.DRAWER_OPEN in now.flags,
            supply_volts=now.supply / 9,
            battery_volts=now.battery / 51,
        )

    async def open_shift(self) -> ShiftReport:
        await self._link.ask(OpenShift(self.password))
        return await self._last_report(Work.OPEN_SHIFT)

    async def close_shift(self) -> ShiftReport:
        await self._link.ask(PrintZReport(self.password))
        return await self._last_report(Work.CLOSE_SHIFT)

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
        for line in lines:
            await self._link.ask(PrintLine(self.password, RECEIPT_ROLL, printable(line, LINE_SIZE)))

    async def cancel_receipt(self) -> None:
        """And whatever else the drive has begun, such as a correction; nothing where nothing is open."""
        now = await self._link.ask(ReadShortStatus(self.password))
        if now.mode is Mode.RECEIPT_OPEN:
            await self._link.ask(CancelReceipt(self.password))
        drive = await self._link.ask(ReadFiscalDriveStatus(self.password))
        if drive.current_document != CurrentDocument.NONE:
            await self._link.ask(CancelDocument(self.password))

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        """A correction goes by sums, without its lines, as fiscal data formats up to 1.05 have it."""
        if receipt.correction is None:
            number = await self._print_sale(receipt)
        else:
            number = await self._print_correction(receipt, receipt.correction)
        with done(f"document {number}"):
            document = await self.find(number)
        if not isinstance(document, FiscalDocument):
            raise LinkLost(f"the register closed document {number} and does not find it")
        return document

    async def _print_sale(self, receipt: Receipt) -> int:
        """The number of the document."""
        await self._link.ask(OpenReceipt(self.password, OPENINGS[receipt.kind]))
        for line in receipt.lines():
            await self._link.ask(self._operation(receipt.kind, line))
        if receipt.contact is not None:
            await self._link.ask(AddTlv(self.password, tlv_text(TAG_CONTACT, receipt.contact)))
        total = (await self._link.ask(ReadSubtotal(self.password))).total
        if total != receipt.total_kopecks:  # once closed it would be a sale that nobody asked for
            raise RegisterRefused(0, f"итог ККТ {total} коп., итог чека {receipt.total_kopecks} коп.")
        return (await self._link.ask(self._closing(receipt))).number

    async def _print_correction(self, receipt: Receipt, correction: Correction) -> int:
        """The number of the document."""
        try:
            command = form(receipt, correction, password=self.password, taxation=self.taxation)
        except NotSayable as error:
            raise RegisterRefused(0, str(error)) from None
        await self._link.ask(BeginCorrection(self.password))
        await self._link.ask(AddTlv(self.password, basis(correction)))
        return (await self._link.ask(command)).number

    async def find(self, fd: int) -> FiscalDocument | ShiftReport | OtherDocument | None:
        return await ShtrihArchive(self._link, self.zone, self.password, self._kkt_number).find(fd)

    async def _last_report(self, kind: Work) -> ShiftReport:
        with done(f"the report of {kind}"):
            drive = await self._link.ask(ReadFiscalDriveStatus(self.password))
            report = await self.find(drive.last_number)
        if not isinstance(report, ShiftReport) or report.kind is not kind:
            raise LinkLost(f"the register did {kind}, and its last document {drive.last_number} does not say so")
        return report

    def _operation(self, kind: Kind, line: Line) -> Operation:
        return Operation(
            password=self.password,
            kind=OPERATIONS[kind],
            quantity=line.quantity,
            price=line.price_kopecks,
            total=line.total_kopecks,
            vat=VAT_BYTES[line.vat],
            name=printable(line.name, NAME_SIZE),
        )

    def _closing(self, receipt: Receipt) -> CloseReceipt:
        payments = [0] * 16
        for payment in receipt.payments:
            payments[SLOTS[payment.method]] += payment.amount_kopecks
        return CloseReceipt(password=self.password, payments=tuple(payments), taxation=self.taxation)
