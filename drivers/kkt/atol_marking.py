"""Marking codes of a receipt under FFD 1.2: each is checked and accepted before the receipt that sells it."""

from dataclasses import dataclass
from typing import TypeVar

import structlog
import trio

from drivers.errors import LinkSilent
from drivers.kkt.atol_link import decode, readable
from drivers.kkt.atol_queue import AtolQueue
from drivers.kkt.port import RegisterRefused
from protocols.atol.marking import (
    ACCEPT,
    CANCEL,
    DECLINE,
    FORGET_ALL,
    READ_CHECK,
    BegunCheck,
    CheckResult,
    check_task,
    objection,
)
from protocols.atol.tasks import Task
from protocols.item import Line, Marking
from protocols.receipt import Receipt

log = structlog.get_logger()

CHECKING = 30.0  # seconds that a check may take; the drive itself gives its server less
POLL = 0.2

T = TypeVar("T")


@dataclass(frozen=True)
class AtolMarking:
    """Nothing here prints or makes a document, so all of it may be repeated."""

    queue: AtolQueue

    async def accept(self, receipt: Receipt) -> None:
        """The receipt's codes are known to the register. Raises RegisterRefused, NotSayable, LinkError."""
        marked = [(line, line.item.marking) for line in receipt.lines() if line.item.marking is not None]
        if not marked:
            return
        await self._forget_earlier()
        for line, marking in marked:
            await self._accept(line, marking, receipt.sign)

    async def _forget_earlier(self) -> None:
        """Codes of a receipt that was given up, and a check that was left under way."""
        try:
            await self.queue.ask(CANCEL)
        except RegisterRefused as refused:
            log.debug("no_marking_check_to_cancel", reason=str(refused))
        await self.queue.ask(FORGET_ALL)

    async def _accept(self, line: Line, marking: Marking, sign: int) -> None:
        begun = await self._ask(check_task(line, marking, sign), BegunCheck)
        checked = await self._checked()
        if checked.driver_error.code:
            log.warning("marking_not_asked", code=checked.driver_error.code, reason=checked.driver_error.description)
        why = objection(begun, checked)
        if why is not None:
            await self.queue.ask(DECLINE)
            raise RegisterRefused(0, f"«{line.name}»: {why}", advice="Отложите этот товар и продайте остальное.")
        await self.queue.ask(ACCEPT)

    async def _checked(self) -> CheckResult:
        give_up_at = trio.current_time() + CHECKING
        while trio.current_time() < give_up_at:
            checked = await self._ask(READ_CHECK, CheckResult)
            if checked.ready:
                return checked
            await trio.sleep(POLL)
        raise LinkSilent(f"a marking code was not checked within {CHECKING:g} s")

    async def _ask(self, task: Task, kind: type[T]) -> T:
        result = await self.queue.ask(task)
        with readable():
            return decode(result, kind)
