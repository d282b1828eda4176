"""A register that keeps its own journal and fails as told: the witness against KKTActor."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeVar

import trio

from drivers.errors import LinkLost
from drivers.kkt.port import RegisterRefused
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
from protocols.receipt import Kind, Receipt
from protocols.till import CASH, TillWork, Work
from tests.samples import FN, NOON

D = TypeVar("D")
Loss = Literal["before", "after", "late", "halfway"]
"""Of a fiscal command: it never came; it was done and the answer lost; it comes `late_by` seconds after it was told;
it stopped with the receipt open, and with nothing done where it is no receipt."""

KKT_NUMBER = "0000000001012345"
NOTHING_MOVED = CashCount(0, 0)


@dataclass(eq=False)
class FakeRegister:
    """`journal` is what its fiscal drive holds, from number 1 on, and `slips` the cash slips, which it does not.

    `calls`: what it was told, with the time. Each command that prints takes
    `print_time`, then the first of `refusals` befalls it (with the receipt left open), or the first of `losses`.
    """

    fn: str = FN
    journal: list[FiscalDocument | ShiftReport | OtherDocument] = field(default_factory=list)
    slips: list[CashSlip] = field(default_factory=list)
    calls: list[tuple[str, float]] = field(default_factory=list)
    losses: deque[Loss | None] = field(default_factory=deque)
    refusals: deque[RegisterRefused | None] = field(default_factory=deque)
    print_time: float = 0.0
    late_by: float = 0.0
    away: bool = False
    connected: bool = False
    busy: bool = False
    paper: Paper = Paper.PRESENT
    shift: Shift = Shift.OPEN
    shift_number: int = 1  # of the open shift, or of the last
    moved: dict[Work, CashCount] = field(default_factory=dict)  # within the shift
    receipt_open: bool = False
    keeps_receipt: bool = False  # will not cancel
    unreadable: set[int] = field(default_factory=set)
    late: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    crash_next: Exception | None = None  # a bug of the driver
    condition: Condition = field(
        default_factory=partial(Condition, FN)
    )  # what it says when it is inspected; its drive's number and clock are its own
    clock_ahead: timedelta = timedelta(0)  # of the virtual wall clock
    unfiscal: list[tuple[str, ...]] = field(default_factory=list)  # paper that is no document: what stands on it

    # the port

    async def connect(self) -> None:
        await self._called("connect", needs_link=False)
        self.connected = True

    async def close(self) -> None:
        self.connected = False
        await trio.lowlevel.checkpoint()

    async def status(self) -> RegisterStatus:
        await self._called("status")
        return RegisterStatus(
            last=Baseline(self.fn, len(self.journal)),
            shift=self.shift,
            shift_number=self.shift_number,
            paper=self.paper,
            busy=self.busy,
            receipt_open=self.receipt_open,
            model="ТЕСТ",
            serial="1",
        )

    async def open_shift(self) -> ShiftReport:
        return await self._fiscal("open_shift", partial(self._turn, Work.OPEN_SHIFT))

    async def close_shift(self) -> ShiftReport:
        return await self._fiscal("close_shift", partial(self._turn, Work.CLOSE_SHIFT))

    async def move_cash(self, work: TillWork) -> CashSlip:
        return await self._fiscal("move_cash", partial(self._move, work.kind, work.amount_kopecks))

    async def cash_moved(self, kind: Work) -> CashCount:
        await self._called("cash_moved")
        return self.moved.get(kind, NOTHING_MOVED)

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        do = partial(self._sell, receipt.kind, receipt.total_kopecks)
        return await self._fiscal("print", do, is_receipt=True)

    async def cancel_receipt(self) -> None:
        await self._called("cancel")
        self._need_paper()
        if self.keeps_receipt:
            raise RegisterRefused(0x4A, "Открыт чек – операция невозможна")
        self.receipt_open = False

    async def continue_printing(self) -> None:
        await self._called("continue")
        self._need_paper()
        self.paper = Paper.PRESENT

    async def inspect(self) -> Condition:
        await self._called("inspect")
        return replace(self.condition, fn=self.fn, clock=self.now)

    async def print_x_report(self) -> None:
        await self._fiscal("x_report", partial(self.unfiscal.append, ("x",)))

    async def print_copy(self) -> None:
        await self._fiscal("copy", partial(self.unfiscal.append, ("copy", str(len(self.journal)))))

    async def print_text(self, lines: Sequence[str]) -> None:
        await self._fiscal("text", partial(self.unfiscal.append, tuple(lines)))

    async def find(self, fd: int) -> FiscalDocument | ShiftReport | OtherDocument | None:
        await self._called("find")
        return None if fd in self.unreadable or fd > len(self.journal) else self.journal[fd - 1]

    # what befalls it

    def prints_stranger(self, kopecks: int, kind: Kind = Kind.SALE) -> None:
        """Another program sells on it."""
        self._fiscalise(kind, kopecks)

    def turns_shift(self, work: Work) -> None:
        """Another program opens the shift, or closes it."""
        self._turn(work)

    def moves_cash(self, work: Work, kopecks: int) -> None:
        """Another program puts cash in, or takes it out."""
        self._move(work, kopecks)

    def prints_report(self) -> None:
        """About the state of settlements, which changes nothing."""
        self.journal.append(OtherDocument(len(self.journal) + 1))

    def gets_new_drive(self, fn: str) -> None:
        self.fn, self.journal = fn, []

    # what it saw

    @property
    def now(self) -> datetime:
        """What its clock shows."""
        return NOON + timedelta(seconds=trio.current_time()) + self.clock_ahead

    @property
    def sold(self) -> list[int]:
        """The sums in its journal, kopecks, oldest first."""
        return [document.total_kopecks for document in self.journal if isinstance(document, FiscalDocument)]

    @property
    def turned(self) -> list[Work]:
        """What became of its shifts, oldest first."""
        return [document.kind for document in self.journal if isinstance(document, ShiftReport)]

    def times_of(self, name: str) -> list[float]:
        return [at for called, at in self.calls if called == name]

    # how it works

    async def _fiscal(self, name: str, do: Callable[[], D], *, is_receipt: bool = False) -> D:
        await self._called(name)
        await trio.sleep(self.print_time)
        if self.crash_next is not None:
            error, self.crash_next = self.crash_next, None
            raise error
        self._need_paper()
        if self.refusals and (refusal := self.refusals.popleft()) is not None:
            self.receipt_open = is_receipt
            raise refusal
        if self.losses and (loss := self.losses.popleft()) is not None:
            self._lose(loss, do, is_receipt)
        return do()

    def _lose(self, loss: Loss, do: Callable[[], object], is_receipt: bool) -> None:
        if loss == "after":
            _do_or_refuse(do)
        elif loss == "late":
            self.late.append((trio.current_time() + self.late_by, do))
        elif loss == "halfway":
            self.receipt_open = is_receipt
        self.connected = False
        raise LinkLost("the answer was lost")

    def _sell(self, kind: Kind, kopecks: int) -> FiscalDocument:
        if self.shift is not Shift.OPEN:
            raise RegisterRefused(0x4E, "Смена превысила 24 часа или закрыта", passing=True)
        return self._fiscalise(kind, kopecks)

    def _fiscalise(self, kind: Kind, kopecks: int) -> FiscalDocument:
        fd = len(self.journal) + 1
        document = FiscalDocument(self.fn, fd, f"{fd:010}", NOON, kind, kopecks, KKT_NUMBER, self.shift_number, fd)
        self.journal.append(document)
        return document

    def _turn(self, work: Work) -> ShiftReport:
        opens = work is Work.OPEN_SHIFT
        if opens and self.shift is not Shift.CLOSED:
            raise RegisterRefused(0x3C, "Смена открыта – операция невозможна")
        if not opens and self.shift is Shift.CLOSED:
            raise RegisterRefused(0x3D, "Смена не открыта – операция невозможна")
        if opens:
            self.shift_number += 1
            self.moved = {}
        self.shift = Shift.OPEN if opens else Shift.CLOSED
        fd = len(self.journal) + 1
        report = ShiftReport(self.fn, fd, f"{fd:010}", self.now, work, KKT_NUMBER, self.shift_number)
        self.journal.append(report)
        return report

    def _move(self, work: Work, kopecks: int) -> CashSlip:
        assert work in CASH, work
        before = self.moved.get(work, NOTHING_MOVED)
        self.moved[work] = CashCount(before.count + 1, before.sum_kopecks + kopecks)
        slip = CashSlip(self.fn, work, kopecks, before.count + 1)
        self.slips.append(slip)
        return slip

    def _need_paper(self) -> None:
        if self.paper is Paper.OUT:
            raise RegisterRefused(0x6B, "Нет чековой ленты", passing=True)

    async def _called(self, name: str, *, needs_link: bool = True) -> None:
        await trio.lowlevel.checkpoint()
        self.calls.append((name, trio.current_time()))
        self._let_late_ones_in()
        if self.away or (needs_link and not self.connected):
            self.connected = False
            raise LinkLost("no answer")

    def _let_late_ones_in(self) -> None:
        due = [do for at, do in self.late if at <= trio.current_time()]
        self.late = [(at, do) for at, do in self.late if at > trio.current_time()]
        for do in due:
            _do_or_refuse(do)


def _do_or_refuse(do: Callable[[], object]) -> None:
    """Nobody hears the answer."""
    with suppress(RegisterRefused):
        do()
