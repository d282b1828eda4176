"""The fiscal drive's messages for the OFD and the answers to them, between two receipts. Prints nothing."""

from dataclasses import dataclass

from actors.kkt.trouble import NotReady
from drivers.kkt.port import AnswerNotTaken, Carrier, Register, RegisterRefused
from protocols.fiscal import OfdQueue

CANNOT = NotReady("CANNOT_CARRY", "This register sends to the OFD by itself: its messages cannot be carried.", 300.0)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What waits in fiscal drive `fn` for the OFD; the message is opaque."""

    fn: str
    message: bytes


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """The drive does not take it for an answer to its message, which stays."""

    reason: str


async def fetch(register: Register, fn: str) -> Outgoing | NotReady | None:
    """None if nothing waits. Raises LinkError."""
    if not isinstance(register, Carrier):
        return CANNOT
    try:
        message = await register.fetch_message()
    except RegisterRefused as refusal:
        return _refused(refusal)
    return None if message is None else Outgoing(fn, message)


async def put(register: Register, answer: bytes) -> OfdQueue | AnswerRefused | NotReady:
    """How the queue stands with this answer taken. Raises LinkError."""
    if not isinstance(register, Carrier):
        return CANNOT
    try:
        await register.put_answer(answer)
        return await register.ofd_queue()
    except AnswerNotTaken as refusal:
        return AnswerRefused(str(refusal))
    except RegisterRefused as refusal:
        return _refused(refusal)


def _refused(refusal: RegisterRefused) -> NotReady:
    """Not as after a lost link: a register that will not be asked this sells on."""
    return NotReady("KKT_REFUSED", f"The register refused: {refusal}.")
