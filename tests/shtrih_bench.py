"""An emulated Штрих-М on a bench, without a line: commands in, answers out, on a clock that only the test moves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.drive import Drive
from drivers.emulators.paper.text import text_of
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.execute import execute
from drivers.emulators.shtrih.faults import Faults
from drivers.emulators.shtrih.nvram import Nvram
from protocols.shtrih import receipts, service
from protocols.shtrih.codes import Mode
from protocols.shtrih.commands import Command, Refused, decode_answer

A = TypeVar("A")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OPEN = receipts.OpenReceipt(1, kind=0)
TEA = receipts.Operation(password=1, kind=1, quantity=Decimal(2), price=15050, vat=0x08, name="Чай")
SHORT = service.ReadShortStatus(1)


def paid(cash: int = 0, card: int = 0, *, password: int = 1, rounding: int = 0) -> receipts.CloseReceipt:
    payments = (cash, card, *(0,) * 14)
    return receipts.CloseReceipt(password=password, payments=payments, taxation=1, rounding=rounding)


@dataclass
class Bench:
    """A register on a bench, with a clock that only the test moves."""

    path: Path
    now: datetime = NOON
    device: Device = field(init=False)

    def __post_init__(self) -> None:
        self.switch_on()

    def switch_on(self) -> None:
        """With what its files hold."""
        nvram = Nvram(self.path.with_suffix(".nvram.json"))
        self.device = Device(Drive(self.path, now=self.now), lambda: self.now, Faults(), nvram)

    def restart(self) -> None:
        """As another program, on the same files."""
        self.device.drive.close()
        self.switch_on()

    def paper(self) -> list[str]:
        """Each sheet it printed, oldest first, as text."""
        return ["\n".join(text_of(sheet)) for sheet in self.device.roll]

    def ask(self, request: Command[A]) -> A:
        """The answer. Raises Refused."""
        return decode_answer(request, execute(self.device, request.encode()))

    def refuses(self, request: Command[Any]) -> int:
        """The code it is refused with."""
        with pytest.raises(Refused) as refusal:
            self.ask(request)
        return refusal.value.error

    def sell(self, *requests: Command[Any]) -> Document:
        """The document that came of these."""
        for request in requests or (OPEN, TEA, paid(30100)):
            self.ask(request)
        return self.documents[-1]

    @property
    def documents(self) -> list[Document]:
        return list(self.device.drive.after(0, 1000))

    @property
    def mode(self) -> Mode:
        return self.ask(SHORT).mode
