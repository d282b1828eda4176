"""A long history full of faults: what a careful host holds true at its end is what the register has printed."""

from random import Random
from typing import Any

from drivers.errors import LinkError
from drivers.kkt.port import RegisterRefused
from protocols.fiscal import FiscalDocument, Shift, ShiftReport
from protocols.receipt import Kind, Receipt
from tests.conformance.rig import Rig
from tests.conformance.samples import correction, item, receipt
from tests.crash.sample import chance

ACTS = 30
FAULTS: tuple[dict[str, Any], ...] = (
    {"lose_answer_next": 1},
    {"lose_command_next": 1},
    {"power_off_in_receipt": True},
    {"down": True},
    {"power": "off"},
    {"paper": "out"},
    {"shift_age_h": 25},
)
HEALTH: dict[str, Any] = {
    "lose_answer_next": 0,
    "lose_command_next": 0,
    "power_off_in_receipt": False,
    "down": False,
    "power": "on",
    "paper": "present",
    "shift_age_h": None,
}
PATIENCE = 0.15  # seconds: what is lost on the way takes no more of a test's time


async def test_after_any_history_the_journal_holds_what_was_told_or_found_and_nothing_else(rig: Rig) -> None:
    host = Host(rig, chance())
    await rig.fill_drawer()
    await rig.register.close()
    rig.register = rig.make(PATIENCE)
    await rig.register.connect()

    for _ in range(ACTS):
        await host.act()

    assert host.known == [(kept["fd"], kept["fp"], kept["total_kopecks"]) for kept in await rig.documents()]
    assert len(host.known) > ACTS // 5  # some faults cost their act, never nearly all of them


class Host:
    """Repeats nothing before it has asked what became of it. `known`: number, sign and sum of each document."""

    def __init__(self, rig: Rig, random: Random) -> None:
        self.rig, self.random = rig, random
        self.known: list[tuple[int, str, int]] = []

    async def act(self) -> None:
        """A receipt, or the shift turned; half of them under a fault that passes."""
        if self.random.random() < 0.5:
            await self.rig.behave(**self.random.choice(FAULTS))
        try:
            self._learn(await self._print())
        except LinkError:
            await self._settle()
        except RegisterRefused:
            await self.rig.behave(**HEALTH)
            await self.rig.register.cancel_receipt()
        await self.rig.behave(**HEALTH)

    async def _print(self) -> FiscalDocument | ShiftReport:
        register = self.rig.register
        shift = (await register.status()).shift
        if shift is Shift.CLOSED:
            return await register.open_shift()
        if shift is Shift.EXPIRED or self.random.random() < 0.15:
            return await register.close_shift()
        return await register.print_receipt(self._receipt())

    def _receipt(self) -> Receipt:
        kind = self.random.choice((Kind.SALE, Kind.SALE, Kind.REFUND, Kind.CORRECTION))
        return correction() if kind is Kind.CORRECTION else receipt(item(self.random.randint(1, 99_999)), kind=kind)

    async def _settle(self) -> None:
        """The link is gone: the register is asked for every document behind the last one known."""
        await self.rig.behave(**HEALTH)
        await self.rig.reconnect()
        status = await self.rig.register.status()
        for fd in range(len(self.known) + 1, status.last.fd + 1):
            found = await self.rig.register.find(fd)
            assert isinstance(found, FiscalDocument | ShiftReport)
            self._learn(found)
        if status.receipt_open:
            await self.rig.register.cancel_receipt()

    def _learn(self, document: FiscalDocument | ShiftReport) -> None:
        total = document.total_kopecks if isinstance(document, FiscalDocument) else 0
        self.known.append((document.fd, document.fp, total))
