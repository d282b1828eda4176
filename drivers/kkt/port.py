"""What a register can do, in the field's words: the port that KKTActor prints through."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from drivers.errors import LinkError
from protocols.fiscal import (
    CashCount,
    CashSlip,
    Condition,
    FiscalDocument,
    OfdQueue,
    OtherDocument,
    RegisterStatus,
    ShiftReport,
)
from protocols.receipt import Receipt
from protocols.till import TillWork, Work


class RegisterRefused(Exception):
    """The register answered "no": `code` is its own number, `text` its meaning in Russian, for the cashier.

    `spelled`: the number as its maker's manual writes it; 44h where nothing else is said.
    `advice`: what the cashier can do about it, in Russian; empty where nobody knows.
    `passing`: the reason lies in the register's state (no paper, the shift is over), not in what it was asked.
    """

    def __init__(self, code: int, text: str, *, passing: bool = False, advice: str = "", spelled: str = "") -> None:
        self.spelled = spelled or f"{code:02X}h"
        super().__init__(f"{text} (код {self.spelled})")
        self.code, self.text, self.passing, self.advice = code, text, passing, advice


class AnswerNotTaken(RegisterRefused):
    """The drive does not take what it was given for the OFD's answer to its message, which stays."""


class Register(Protocol):
    """One register on one link; one call at a time, each bounded in time.

    Any call may raise `LinkError`: the link is gone and what the call was to do is in doubt. After it only
    `close` and `connect` are of use.
    """

    async def connect(self) -> None:
        """A fresh link; the register has answered on it."""

    async def close(self) -> None:
        """Lets the link go. Never fails; may be called at any time."""

    async def status(self) -> RegisterStatus:
        """How things stand now, asked of the device."""

    async def inspect(self) -> Condition:
        """The longer look, which costs several exchanges. Raises RegisterRefused."""

    async def open_shift(self) -> ShiftReport:
        """Opens the shift. Raises RegisterRefused."""

    async def close_shift(self) -> ShiftReport:
        """Z report. Raises RegisterRefused."""

    async def move_cash(self, work: TillWork) -> CashSlip:
        """Puts cash in or takes it out. Raises RegisterRefused."""

    async def cash_moved(self, kind: Work) -> CashCount:
        """What the register has counted of CASH_IN or CASH_OUT in this shift. Raises RegisterRefused."""

    async def print_receipt(self, receipt: Receipt) -> FiscalDocument:
        """Prints and fiscalises a sale, refund or correction.

        Raises RegisterRefused: no document came to be (a receipt may be left open).
        """

    async def cancel_receipt(self) -> None:
        """Cancels the open receipt. Raises RegisterRefused."""

    async def continue_printing(self) -> None:
        """Goes on after paper was put in. Raises RegisterRefused."""

    async def print_x_report(self) -> None:
        """The shift's sums so far, on paper; nothing fiscal. Raises RegisterRefused."""

    async def print_copy(self) -> None:
        """The last receipt once more, as a copy. Raises RegisterRefused."""

    async def print_text(self, lines: Sequence[str]) -> None:
        """Lines that are no document. Raises RegisterRefused."""

    async def find(self, fd: int) -> FiscalDocument | ShiftReport | OtherDocument | None:
        """The document with this number, from the drive's archive; None where it has none. Raises RegisterRefused."""


@runtime_checkable
class Carrier(Protocol):
    """A register whose drive's messages the host may carry to the OFD. Nothing here prints or makes a document."""

    async def fetch_message(self) -> bytes | None:
        """The message that waits for the OFD, None if none does. Raises RegisterRefused, LinkError."""

    async def put_answer(self, answer: bytes) -> None:
        """The OFD's answer to it, whole. Raises AnswerNotTaken, RegisterRefused, LinkError."""

    async def ofd_queue(self) -> OfdQueue:
        """How far the OFD has the drive's documents. Raises RegisterRefused, LinkError."""


__all__ = ["AnswerNotTaken", "Carrier", "LinkError", "Register", "RegisterRefused"]
