"""A register that takes no time: what is left is what the gateway itself costs."""

from datetime import UTC, datetime

import trio

from protocols.fiscal import Baseline, FiscalDocument, OtherDocument, Paper, RegisterStatus, Shift
from protocols.receipt import Receipt


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

    async def open_shift(self) -> None:
        await trio.lowlevel.checkpoint()

    async def close_shift(self) -> None:
        await trio.lowlevel.checkpoint()

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        await trio.lowlevel.checkpoint()
        self._last += 1
        now = datetime.now(UTC)
        sign = f"{self._last:010}"
        return FiscalDocument(
            self._fn, self._last, sign, now, receipt.kind, receipt.total_kopecks, "0000000001000001", 1, self._last
        )

    async def cancel_receipt(self) -> None:
        await trio.lowlevel.checkpoint()

    async def continue_printing(self) -> None:
        await trio.lowlevel.checkpoint()

    async def find(self, fd: int) -> FiscalDocument | OtherDocument | None:
        await trio.lowlevel.checkpoint()
        return OtherDocument(fd)
