"""A register that takes no time: what is left is what the gateway itself costs."""

from collections.abc import Sequence
from datetime import UTC, datetime

import trio

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
from protocols.receipt import Receipt
from protocols.till import TillWork, Work


class InstantRegister:
    """drivers.kkt.port.Register over a counter."""

    def __init__(self, fn: str) -> None:
        self._fn, self._last = fn, 0

    async def connect(self) -> None:
        await trio.lowlevel.checkpoint()

    async def close(self) -> None:
        await trio.lowlevel.checkpoint()

    async def status(self) -> RegisterStatus:
        await trio.lowlevel.checkpoint()
        return RegisterStatus(
            Baseline(self._fn, self._last), Shift.OPEN, 1, Paper.PRESENT, False, False, "instant", "1"
        )

    async def open_shift(self) -> ShiftReport:
        return await self._turn(Work.OPEN_SHIFT)

    async def close_shift(self) -> ShiftReport:
        return await self._turn(Work.CLOSE_SHIFT)

    async def move_cash(self, work: TillWork) -> CashSlip:
        await trio.lowlevel.checkpoint()
        return CashSlip(self._fn, work.kind, work.amount_kopecks, 1)

    async def cash_moved(self, kind: Work) -> CashCount:
        await trio.lowlevel.checkpoint()
        return CashCount(0, 0)

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        await trio.lowlevel.checkpoint()
        self._last += 1
        now = datetime.now(UTC)
        sign = f"{self._last:010}"
        return FiscalDocument(
            self._fn, self._last, sign, now, receipt.kind, receipt.total_kopecks, "0000000001000001", 1, self._last
        )

    async def inspect(self) -> Condition:
        await trio.lowlevel.checkpoint()
        return Condition(self._fn)

    async def print_x_report(self) -> None:
        await trio.lowlevel.checkpoint()

    async def print_copy(self) -> None:
        await trio.lowlevel.checkpoint()

    async def print_text(self, lines: Sequence[str]) -> None:
        await trio.lowlevel.checkpoint()

    async def cancel_receipt(self) -> None:
        await trio.lowlevel.checkpoint()

    async def continue_printing(self) -> None:
        await trio.lowlevel.checkpoint()

    async def _turn(self, kind: Work) -> ShiftReport:
        await trio.lowlevel.checkpoint()
        self._last += 1
        return ShiftReport(self._fn, self._last, f"{self._last:010}", datetime.now(UTC), kind, "0000000001000001", 1)

    async def find(self, fd: int) -> FiscalDocument | OtherDocument | None:
        await trio.lowlevel.checkpoint()
        return OtherDocument(fd)
