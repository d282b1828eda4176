"""An АТОЛ register behind the vendor's web server: its own task for each thing that a register does.

Why this neither loses nor doubles a receipt stands in `drivers/kkt/atol_queue.py`. A receipt is opened and closed
within one task, so none is ever left open: `status` never says so, and there is nothing to cancel.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from msgspec import Raw

from drivers.errors import LinkLost
from drivers.kkt.atol_link import AtolLink, decode, done, readable
from drivers.kkt.atol_marking import AtolMarking
from drivers.kkt.atol_queue import AtolQueue, PaperStopped
from drivers.kkt.port import RegisterRefused
from protocols.atol.documents import (
    SHIFTS,
    cash_count,
    condition,
    found_document,
    printed_receipt,
    shift_report,
)
from protocols.atol.errors import NO_DOCUMENT
from protocols.atol.positions import FFD_12, NotSayable
from protocols.atol.results import DeviceInfo, DocumentResult, FiscalParams, FiscalResult, Tags
from protocols.atol.tasks import (
    CONTINUE_PRINT,
    PRINT_COPY,
    Task,
    Till,
    cash_task,
    document_task,
    receipt_task,
    shift_task,
    text_task,
    x_report_task,
)
from protocols.fiscal import (
    Baseline,
    CashCount,
    CashSlip,
    Condition,
    FiscalDocument,
    OtherDocument,
    Paper,
    RegisterStatus,
    ShiftReport,
)
from protocols.receipt import Receipt
from protocols.till import TillWork, Work
from protocols.verdict import is_of

log = structlog.get_logger()

LONG_LOOK = ("queryDeviceInfo", "queryDeviceStatus", "queryFnInfo", "queryFnStatus", "queryOfdExchangeStatus")

BETWEEN = 10  # documents before a fresh one that are looked at: a second print follows the first

T = TypeVar("T")


@dataclass
class AtolRegister:
    """`zone`: where the register's clock stands. `till`: who sells, and how taxed, where a receipt does not say."""

    link: AtolLink
    queue: AtolQueue
    zone: ZoneInfo
    till: Till
    _info: DeviceInfo = field(default_factory=DeviceInfo, init=False)
    _ffd: str = field(default="", init=False)
    _last: Baseline | None = field(default=None, init=False)  # the drive's last document as far as it was told
    _kkt_number: str | None = field(default=None, init=False)  # None: not asked yet; empty: it does not tell
    _half_printed: bool = field(default=False, init=False)  # a document waits for paper, to be printed to its end

    async def connect(self) -> None:
        await self.link.open()
        self.queue.reopened()
        self._last = None
        self._info = _told((await self.link.ask("queryDeviceInfo")).device_info)
        self._ffd = _told((await self.link.ask("queryFnInfo")).fn_info).ffd_version or self._info.ffd_version

    async def close(self) -> None:
        await self.link.close()

    async def status(self) -> RegisterStatus:
        """`busy` until nothing is left in the server's queue, whoever put it there."""
        idle = await self.queue.is_idle()  # first: what was asked before it might be stale
        device = _told((await self.link.ask("queryDeviceStatus")).device_status)
        shift = _told((await self.link.ask("queryShiftStatus")).shift_status)
        drive = _told((await self.link.ask("queryFnInfo")).fn_info)
        last = _told((await self.link.ask("queryFnStatus")).fn_status).fiscal_document_number
        self._last = Baseline(drive.serial.strip(), last)
        if shift.state not in SHIFTS:
            raise LinkLost(f"the register does not know its shift: {shift.state}")
        if idle and last and self._kkt_number is None:
            self._kkt_number = await self._registration(last)
        can_print = device.paper_present and not device.cover_opened  # an open cover prints as little as an empty roll
        waits = self._half_printed and idle
        return RegisterStatus(
            last=self._last,
            shift=SHIFTS[shift.state],
            shift_number=shift.number,
            paper=Paper.OUT if not can_print else Paper.WAITS if waits else Paper.PRESENT,
            busy=not idle,
            receipt_open=False,
            model=self._info.model_name,
            serial=self._info.serial,
            kkt_number=self._kkt_number or "",
        )

    async def inspect(self) -> Condition:
        answers = {query: await self.link.ask(query) for query in LONG_LOOK}
        with readable():
            return condition(answers, self.zone)

    async def open_shift(self) -> ShiftReport:
        return await self._turn_shift(Work.OPEN_SHIFT)

    async def close_shift(self) -> ShiftReport:
        return await self._turn_shift(Work.CLOSE_SHIFT)

    async def move_cash(self, work: TillWork) -> CashSlip:
        """Nothing but the register's count tells whether the server did it twice, or once and then was refused it."""
        what = f"{work.kind} of {work.amount_kopecks} kopecks"
        before = await self.cash_moved(work.kind)
        try:
            await self._print(cash_task(work, self.till))
        except RegisterRefused as refused:
            with done(f"{what}, perhaps,"):
                moved = await self.cash_moved(work.kind)
            if moved.count > before.count:
                raise LinkLost(f"the register counts {what}, and yet: {refused}") from refused
            raise
        with done(what):
            drive = _told((await self.link.ask("queryFnInfo")).fn_info)
            moved = await self.cash_moved(work.kind)
        if moved.count > before.count + 1:
            raise LinkLost(f"the register counts {what} {moved.count - before.count} times")
        return CashSlip(drive.serial.strip(), work.kind, work.amount_kopecks, moved.count)

    async def cash_moved(self, kind: Work) -> CashCount:
        totals = _told((await self.link.ask("queryShiftTotals")).shift_totals)
        with readable():
            return cash_count(kind, totals)

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        """By items, but for a correction under FFD 1.05, which goes by sums."""
        try:
            task = receipt_task(receipt, self.till, self._ffd)
            if self._ffd == FFD_12:
                await AtolMarking(self.queue).accept(receipt)
        except NotSayable as error:
            raise RegisterRefused(0, str(error)) from None
        before = self._last
        told, recovered = await self._fiscalise(task)
        fd = told.fiscal_document_number
        with done(f"document {fd}"):
            twin = await self._twin(receipt, before, told)
            document = await self.find(fd) if recovered else printed_receipt(receipt, told, self.zone)
        # after a stop the server takes any new document for its job's: contents decide, not the number
        if not isinstance(document, FiscalDocument) or (recovered and not is_of(receipt, document)):
            raise LinkLost(f"the server took document {fd} for the receipt's, and it is another")
        if twin is not None:
            raise LinkLost(f"document {twin} may be the receipt as well as document {fd}")
        return document

    async def cancel_receipt(self) -> None:
        """Nothing to do: none is ever left open."""

    async def continue_printing(self) -> None:
        try:
            await self._print(CONTINUE_PRINT)
        except RegisterRefused as refused:
            self._half_printed = refused.passing  # else there is nothing to go on with
            raise
        self._half_printed = False

    async def print_x_report(self) -> None:
        await self._print(x_report_task(self.till))

    async def print_copy(self) -> None:
        await self._print(PRINT_COPY)

    async def print_text(self, lines: Sequence[str]) -> None:
        await self._print(text_task(lines))

    async def find(self, fd: int) -> FiscalDocument | ShiftReport | OtherDocument | None:
        try:
            tags = await self._tags(fd)
        except RegisterRefused as refused:
            if refused.code in NO_DOCUMENT:
                return None
            raise
        drive = _told((await self.link.ask("queryFnInfo")).fn_info)
        with readable():
            return found_document(tags, fd, drive.serial.strip(), self.zone)

    async def _twin(self, receipt: Receipt, before: Baseline | None, told: FiscalParams) -> int | None:
        """A document between the last known one and the receipt's that looks like it, or cannot be read.

        A server that went down over a job may know nothing of what it did, and do it again under the same uuid.
        """
        fd = told.fiscal_document_number
        if before is None or before.fn != told.fn_number.strip():
            return None
        for number in range(max(before.fd + 1, fd - BETWEEN), fd):
            found = await self.find(number)
            if found is None or (isinstance(found, FiscalDocument) and is_of(receipt, found)):
                return number
        return None

    async def _turn_shift(self, kind: Work) -> ShiftReport:
        told, recovered = await self._fiscalise(shift_task(kind, self.till), turns_shift=True)
        fd = told.fiscal_document_number
        with done(f"document {fd}"):
            report = await self.find(fd) if recovered else shift_report(kind, told, self.zone)
        if not isinstance(report, ShiftReport) or report.kind is not kind:
            raise LinkLost(f"the server took document {fd} for the report of {kind}, and it is another")
        return report

    async def _fiscalise(self, task: Task, *, turns_shift: bool = False) -> tuple[FiscalParams, bool]:
        """What the server tells of the document, and whether it had to find it again."""
        result = await self._print(task, turns_shift=turns_shift)
        with done(str(task["type"])):
            told = decode(result, FiscalResult)
        self._half_printed |= told.warnings.not_printed
        params = told.fiscal_params
        self._kkt_number = params.registration_number.strip()
        self._last = Baseline(params.fn_number.strip(), params.fiscal_document_number)
        return params, told.warnings.recovered

    async def _print(self, task: Task, *, turns_shift: bool = False) -> Raw:
        try:
            return await self.queue.print(task, turns_shift=turns_shift)
        except PaperStopped:
            self._half_printed = True
            raise

    async def _tags(self, fd: int) -> Tags:
        result = await self.queue.ask(document_task(fd))
        with readable():
            return decode(result, DocumentResult).tags

    async def _registration(self, fd: int) -> str:
        """The register's number at the tax office, which only its documents tell; empty where they do not."""
        try:
            return ((await self._tags(fd)).registration or "").strip()
        except RegisterRefused as refused:
            log.info("kkt_number_unknown", reason=str(refused))
            return ""


def _told(answer: T | None) -> T:
    if answer is None:
        raise LinkLost("the server's answer is to another question")
    return answer
