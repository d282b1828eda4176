"""A Штрих-М register behind the port: its own sequence of commands for each thing that a register does."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import trio

from drivers.errors import LinkLost
from drivers.kkt.port import RegisterRefused
from drivers.kkt.tcp_line import TcpLine
from protocols.errors import ProtocolError
from protocols.fiscal import Baseline, FiscalDocument, OtherDocument, Paper, RegisterStatus, Shift
from protocols.receipt import Kind, Line, Method, Receipt
from protocols.shtrih.codecs import printable
from protocols.shtrih.codes import VAT_BYTES, Error, Mode, OperationKind, PaymentSlot, ReceiptKind, Submode, Taxation
from protocols.shtrih.commands import Command, Refused, decode_answer
from protocols.shtrih.drive import (
    FindDocument,
    FoundDocument,
    ReadFiscalDriveStatus,
    ReadRegistrationResult,
    ReadShiftParameters,
    ReceiptFormed,
)
from protocols.shtrih.receipts import AddTlv, CancelReceipt, CloseReceipt, OpenReceipt, Operation, ReadSubtotal
from protocols.shtrih.service import (
    ContinuePrinting,
    OpenShift,
    PrintZReport,
    ReadDeviceType,
    ReadLongStatus,
    ReadShortStatus,
)

A = TypeVar("A")

ANSWER_TIMES: dict[type[Command[Any]], float] = {PrintZReport: 60.0}  # seconds; its paper may be long
STILL_PRINTING = 30.0  # seconds to wait for paper that still moves
NAME_SIZE = 128  # bytes of CP1251 in FF46h (protocol 1.17)
POLL = 0.1  # seconds between two looks at it

SHIFTS = {Mode.SHIFT_OPEN: Shift.OPEN, Mode.SHIFT_OVER_24H: Shift.EXPIRED, Mode.SHIFT_CLOSED: Shift.CLOSED}
PAPERS = {
    Submode.NO_PAPER: Paper.OUT,
    Submode.NO_PAPER_WHILE_PRINTING: Paper.OUT,
    Submode.AWAITS_CONTINUE: Paper.WAITS,
}
BUSY = frozenset({Submode.PRINTING, Submode.PRINTING_REPORT})
OPENINGS = {Kind.SALE: ReceiptKind.SALE, Kind.REFUND: ReceiptKind.SALE_RETURN}
OPERATIONS = {Kind.SALE: OperationKind.SALE, Kind.REFUND: OperationKind.SALE_RETURN}
KINDS = {int(operation): kind for kind, operation in OPERATIONS.items()}
SLOTS = {
    Method.CASH: PaymentSlot.CASH,
    Method.CARD: PaymentSlot.ELECTRONIC,
    Method.ACQUIRING: PaymentSlot.ELECTRONIC,
}
PASSING = frozenset(
    {
        Error.DRIVE_SHIFT_OVER_24H,
        Error.SHIFT_NOT_OPEN,
        Error.SHIFT_OVER_24H,
        Error.STILL_PRINTING,
        Error.AWAITS_CONTINUE,
        Error.NO_RECEIPT_PAPER,
    }
)
TAG_CONTACT = 1008  # FFD: the buyer's phone or e-mail


@dataclass
class ShtrihRegister:
    """`zone`: where the register's clock stands, which it does not say. `password`: an administrator's."""

    line: TcpLine
    zone: ZoneInfo
    password: int = 30
    taxation: Taxation = Taxation.GENERAL
    read_timeout: float = 10.0
    _model: str = field(default="", init=False)
    _serial: str = field(default="", init=False)
    _kkt_number: str = field(default="", init=False)

    async def connect(self) -> None:
        await self.line.open()
        self._model = (await self._ask(ReadDeviceType())).name
        self._serial = str((await self._ask(ReadLongStatus(self.password))).serial)
        self._kkt_number = (await self._ask(ReadRegistrationResult(self.password))).register_number.strip()

    async def close(self) -> None:
        await self.line.drop()

    async def status(self) -> RegisterStatus:
        now = await self._ask(ReadShortStatus(self.password))
        submode = _submode(now.submode)
        drive = await self._ask(ReadFiscalDriveStatus(self.password))
        shift = await self._ask(ReadShiftParameters(self.password))
        return RegisterStatus(
            last=Baseline(drive.serial.strip(), drive.last_number),
            shift=SHIFTS.get(now.mode, Shift.OPEN if drive.shift_open else Shift.CLOSED),
            shift_number=shift.shift,
            paper=PAPERS.get(submode, Paper.PRESENT),
            busy=submode in BUSY,
            receipt_open=now.mode is Mode.RECEIPT_OPEN,
            model=self._model,
            serial=self._serial,
        )

    async def open_shift(self) -> None:
        await self._ask(OpenShift(self.password))

    async def close_shift(self) -> None:
        await self._ask(PrintZReport(self.password))

    async def continue_printing(self) -> None:
        await self._ask(ContinuePrinting(self.password))

    async def cancel_receipt(self) -> None:
        await self._ask(CancelReceipt(self.password))

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        await self._ask(OpenReceipt(self.password, OPENINGS[receipt.kind]))
        for line in receipt.lines():
            await self._ask(self._operation(receipt.kind, line))
        if receipt.contact is not None:
            await self._ask(AddTlv(self.password, _tlv(TAG_CONTACT, receipt.contact)))
        total = (await self._ask(ReadSubtotal(self.password))).total
        if total != receipt.total_kopecks:  # once closed it would be a sale that nobody asked for
            raise RegisterRefused(0, f"итог ККТ {total} коп., итог чека {receipt.total_kopecks} коп.")
        closed = await self._ask(self._closing(receipt))
        document = await self.find(closed.number)
        if not isinstance(document, FiscalDocument):
            raise LinkLost(f"the register closed document {closed.number} and does not find it")
        return document

    async def find(self, fd: int) -> FiscalDocument | OtherDocument | None:
        try:
            found = await self._ask(FindDocument(self.password, fd))
        except RegisterRefused as refusal:
            if refusal.code == Error.DRIVE_NO_DATA:
                return None
            raise
        match found.details:
            case ReceiptFormed(kind=kind, total=total) if kind in KINDS:
                return await self._describe(found, KINDS[kind], total)
            case _:
                return OtherDocument(fd)

    async def _describe(self, found: FoundDocument, kind: Kind, total: int) -> FiscalDocument:
        """The archive keeps no numbers within the shift; the drive knows them of its last document only."""
        drive = await self._ask(ReadFiscalDriveStatus(self.password))
        shift = await self._ask(ReadShiftParameters(self.password))
        is_last = shift.open and drive.last_number == found.number
        return FiscalDocument(
            fn=drive.serial.strip(),
            fd=found.number,
            fp=f"{found.sign:010}",
            fiscal_datetime=self._aware(found.moment),
            kind=kind,
            total_kopecks=total,
            kkt_number=self._kkt_number,
            shift_number=shift.shift if is_last else None,
            receipt_number=shift.receipt if is_last else None,
        )

    def _aware(self, moment: datetime | None) -> datetime:
        if moment is None:
            raise LinkLost("the register found a document without a time")
        return moment.replace(tzinfo=self.zone)

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

    async def _ask(self, command: Command[A]) -> A:
        """Raises RegisterRefused, LinkLost, LinkSilent."""
        within = ANSWER_TIMES.get(type(command), self.read_timeout)
        give_up_at = trio.current_time() + STILL_PRINTING
        request = command.encode()
        while True:
            try:
                return decode_answer(command, await self.line.exchange(request, within=within))
            except Refused as refused:
                # refused for that, it was not executed: the one case in which a command may simply be sent again
                if refused.error != Error.STILL_PRINTING or trio.current_time() >= give_up_at:
                    raise RegisterRefused(refused.error, refused.text, passing=refused.error in PASSING) from None
            except ProtocolError as error:
                raise LinkLost(f"the register's answer makes no sense: {error}") from error
            await trio.sleep(POLL)


def _submode(number: int) -> Submode:
    """A submode that the manual does not know counts as busy: whatever it is, nothing is printed into it."""
    try:
        return Submode(number)
    except ValueError:
        return Submode.PRINTING


def _tlv(tag: int, value: str) -> bytes:
    """FFD: tag and length of two bytes each, least significant first; text in CP866."""
    data = value.encode("cp866", "replace")
    return tag.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data
