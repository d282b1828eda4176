"""A register of any make behind the port, with its emulator: all that a conformance case may touch."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import trio

from drivers.errors import LinkError
from drivers.kkt.port import Register
from protocols.fiscal import FiscalDocument
from protocols.receipt import Receipt
from protocols.till import TillWork, Work

POS_ID = "POS-001"
PLENTY = 1_000_000_00  # kopecks
WITHIN = 30.0  # seconds after which a case that waits for the emulator has failed
LOOK = 0.005  # seconds between two looks at it


@dataclass(eq=False)
class Rig:
    """One driver on one transport, its register emulated and its shift open.

    `make` gives another driver of the same register, not connected, with so many seconds of patience for an answer
    that needs no paper. `ffd`: the fiscal data format the register keeps. `cannot`: samples that this register or
    its driver refuses, each with a word of the refusal. `refuse_inside`: the fault that refuses a sale when a
    part of it is taken; `silence`: the one that lets no answer come.
    """

    make: Callable[[float], Register]
    http: httpx.AsyncClient
    ffd: str = "1.05"
    cannot: Mapping[str, str] = field(default_factory=dict)
    refuse_inside: Mapping[str, Any] = field(default_factory=dict)
    silence: Mapping[str, Any] = field(default_factory=dict)
    patience: float = 5.0

    def __post_init__(self) -> None:
        self.register = self.make(self.patience)

    async def behave(self, **wanted: Any) -> dict[str, Any]:
        """The faults then in force."""
        answer = await self.http.post("/kkt/_test/behave", json=wanted)
        answer.raise_for_status()
        return dict(answer.json())

    async def faults(self) -> dict[str, Any]:
        return dict((await self.http.get("/kkt/_test/behave")).json())

    async def documents(self) -> list[dict[str, Any]]:
        """All that is in the drive, oldest first: the witness."""
        return [*(await self._journal())["documents"]]

    async def slips(self) -> list[dict[str, Any]]:
        """Cash put in and taken out."""
        return [*(await self._journal())["cash"]]

    async def document(self, fd: int) -> dict[str, Any]:
        (found,) = [kept for kept in await self.documents() if kept["fd"] == fd]
        return found

    async def entries(self) -> int:
        """How many things were printed for good."""
        page = await self._journal()
        return len(page["documents"]) + len(page["cash"])

    async def _journal(self) -> dict[str, Any]:
        return dict((await self.http.get("/kkt/_test/journal", params={"limit": 1000})).json())

    async def unplug(self) -> None:
        """The link breaks, and nobody gets another."""
        await self.behave(down=True)

    async def replug(self) -> None:
        await self.behave(down=False)

    async def reconnect(self) -> None:
        """A fresh link, and the register at rest: what it says of itself while it is busy is not believed yet."""
        with trio.fail_after(WITHIN):
            while not await self._is_at_rest():  # noqa: ASYNC110  a device has no event either
                await trio.sleep(LOOK)

    async def _is_at_rest(self) -> bool:
        await self.register.close()
        with suppress(LinkError):
            await self.register.connect()
            while (await self.register.status()).busy:  # noqa: ASYNC110  as above
                await trio.sleep(LOOK)
            return True
        return False

    async def fill_drawer(self) -> None:
        """Money comes back to buyers out of the drawer, and some registers look whether there is any."""
        await self.register.move_cash(TillWork(POS_ID, Work.CASH_IN, PLENTY))

    async def sell(self, receipt: Receipt) -> tuple[FiscalDocument, dict[str, Any]]:
        """What the register told of it, and what it keeps."""
        told = await self.register.print_receipt(receipt)
        return told, await self.document(told.fd)

    async def until_spent(self, fault: str) -> None:
        """Returns when what was to happen so many times has happened."""
        with trio.fail_after(WITHIN):
            while (await self.faults())[fault]:  # noqa: ASYNC110  another program in all but process: no event tells
                await trio.sleep(LOOK)

    async def until_kept(self, entries: int) -> None:
        """Returns when so many things were printed for good."""
        with trio.fail_after(WITHIN):
            while await self.entries() < entries:  # noqa: ASYNC110  as above
                await trio.sleep(LOOK)
