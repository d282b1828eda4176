"""A register that keeps its own journal and fails as told: the witness against KKTActor."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

import trio

from drivers.errors import LinkLost
from drivers.kkt.port import RegisterRefused
from protocols.fiscal import Baseline, FiscalDocument, OtherDocument, Paper, RegisterStatus, Shift
from protocols.receipt import Kind, Receipt
from tests.samples import FN, NOON

Loss = Literal["before", "after", "late", "halfway"]
"""Of a print: the command never came; it was done and the answer lost; it comes `late_by` seconds after the link was
let go; it stopped with the receipt open."""


@dataclass(eq=False)
class FakeRegister:
    """`journal` is what its fiscal drive holds, from number 1 on. `calls`: what it was told, with the time.

    Each print takes `print_time`, then the first of `losses`, then of `refusals` (with a receipt left open) befalls it.
    """

    fn: str = FN
    journal: list[FiscalDocument | OtherDocument] = field(default_factory=list)
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
    receipt_open: bool = False
    keeps_receipt: bool = False  # will not cancel
    unreadable: set[int] = field(default_factory=set)
    late: list[tuple[float, Receipt]] = field(default_factory=list)
    crash_next: Exception | None = None  # a bug of the driver

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
            Baseline(self.fn, len(self.journal)), self.shift, 1, self.paper, self.busy, self.receipt_open, "ТЕСТ", "1"
        )

    async def open_shift(self) -> None:
        await self._called("open_shift")
        self._need_paper()
        self.shift = Shift.OPEN
        self.prints_report()

    async def close_shift(self) -> None:
        await self._called("close_shift")
        self._need_paper()
        self.shift = Shift.CLOSED
        self.prints_report()

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        await self._called("print")
        await trio.sleep(self.print_time)
        if self.crash_next is not None:
            error, self.crash_next = self.crash_next, None
            raise error
        self._need_paper()
        if self.refusals and (refusal := self.refusals.popleft()) is not None:
            self.receipt_open = True
            raise refusal
        if self.losses and (loss := self.losses.popleft()) is not None:
            self._lose(loss, receipt)
        return self._fiscalise(receipt.kind, receipt.total_kopecks)

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

    async def find(self, fd: int) -> FiscalDocument | OtherDocument | None:
        await self._called("find")
        return None if fd in self.unreadable or fd > len(self.journal) else self.journal[fd - 1]

    # what befalls it

    def prints_stranger(self, kopecks: int, kind: Kind = Kind.SALE) -> None:
        """Another program sells on it."""
        self._fiscalise(kind, kopecks)

    def prints_report(self) -> None:
        self.journal.append(OtherDocument(len(self.journal) + 1))

    def gets_new_drive(self, fn: str) -> None:
        self.fn, self.journal = fn, []

    # what it saw

    @property
    def sold(self) -> list[int]:
        """The sums in its journal, kopecks, oldest first."""
        return [document.total_kopecks for document in self.journal if isinstance(document, FiscalDocument)]

    def times_of(self, name: str) -> list[float]:
        return [at for called, at in self.calls if called == name]

    def _fiscalise(self, kind: Kind, kopecks: int) -> FiscalDocument:
        fd = len(self.journal) + 1
        document = FiscalDocument(self.fn, fd, f"{fd:010}", NOON, kind, kopecks, "0000000001012345", 1, fd)
        self.journal.append(document)
        return document

    def _lose(self, loss: Loss, receipt: Receipt) -> None:
        if loss == "after":
            self._fiscalise(receipt.kind, receipt.total_kopecks)
        elif loss == "late":
            self.late.append((trio.current_time() + self.late_by, receipt))
        elif loss == "halfway":
            self.receipt_open = True
        self.connected = False
        raise LinkLost("the answer was lost")

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
        due = [receipt for at, receipt in self.late if at <= trio.current_time()]
        self.late = [(at, receipt) for at, receipt in self.late if at > trio.current_time()]
        for receipt in due:
            self._fiscalise(receipt.kind, receipt.total_kopecks)
