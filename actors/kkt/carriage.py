"""The fiscal drive's messages for the OFD and the answers to them, between two orders. Prints nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from actors.kkt.standing import Standing
from actors.kkt.trouble import LOST, NotReady
from actors.kkt.upkeep import Upkeep
from drivers.errors import LinkError
from drivers.kkt.port import AnswerNotTaken, Carrier, Register, RegisterRefused
from protocols.fiscal import OfdQueue

R = TypeVar("R")

CANNOT = NotReady("CANNOT_CARRY", "This register sends to the OFD by itself: its messages cannot be carried.", 300.0)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The first of so many documents that wait in fiscal drive `fn` for the OFD; the message is opaque."""

    fn: str
    message: bytes
    waiting: int


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """The drive does not take it for an answer to its message, which stays."""

    reason: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The link broke over it, which may have cost a sale some seconds: not to be tried again at once."""

    reason: str


@dataclass(eq=False)
class Carriage:
    """Part of KKTActor: it runs in the actor's turn. Also while the register cannot print, if only it answers."""

    register: Register
    standing: Standing
    upkeep: Upkeep

    async def fetch(self) -> Outgoing | Interrupted | NotReady | None:
        """None if nothing waits."""
        return await self._between_orders(_fetch)

    async def put(self, answer: bytes) -> OfdQueue | AnswerRefused | Interrupted | NotReady:
        """How the queue stands with this answer taken. Interrupted, it may be taken or not."""
        return await self._between_orders(lambda register: _put(register, answer))

    async def _between_orders(self, work: Callable[[Carrier], Awaitable[R]]) -> R | Interrupted | NotReady:
        """A message is read whole, however long it is: what a document in the middle of it does no source tells."""
        seen = self.standing.seen
        if not isinstance(self.register, Carrier):
            return CANNOT
        if seen is None or seen.busy or seen.receipt_open:
            return self.standing.trouble or LOST
        try:
            return await work(self.register)
        except RegisterRefused as refusal:  # the link is good: a register that will not do this sells on
            return NotReady("KKT_REFUSED", f"The register refused: {refusal}.")
        except LinkError as error:
            await self.upkeep.lose(error)
            return Interrupted(f"the link to the register broke: {error}")


async def _fetch(register: Carrier) -> Outgoing | None:
    message = await register.fetch_message()
    if message is None:
        return None
    queue = await register.ofd_queue()
    return Outgoing(queue.fn, message, queue.waiting)


async def _put(register: Carrier, answer: bytes) -> OfdQueue | AnswerRefused:
    try:
        await register.put_answer(answer)
    except AnswerNotTaken as refusal:
        return AnswerRefused(str(refusal))
    return await register.ofd_queue()
