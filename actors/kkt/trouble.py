"""Why a register cannot print now, in words for the caller and for the status."""

from dataclasses import dataclass, replace

from actors.kkt.recovery import NotYet
from drivers.errors import LinkError
from drivers.kkt.port import RegisterRefused
from protocols.fiscal import Paper, RegisterStatus


@dataclass(frozen=True, slots=True)
class NotReady:
    """The register cannot print now. Repeat the same request after `retry_after` seconds."""

    code: str
    message: str
    retry_after: float = 5.0


STARTING = NotReady("KKT_STARTING", "The register is being asked for its state; repeat the request in a moment.", 1.0)
STOPPING = NotReady("STOPPING", "The gateway is stopping; repeat the request when it runs again.")
LOST = NotReady("KKT_UNAVAILABLE", "The register does not answer. Check its power and cable; it is asked again.")
NO_PAPER = NotReady("KKT_NO_PAPER", "The register has no paper. Put in a roll; it goes on by itself.")
BUSY = NotReady("KKT_BUSY", "The register is still busy with an earlier document.", 1.0)
SETTLING = NotReady("KKT_SETTLING", "The register is being asked what became of the last receipt; repeat the request.")
SHIFT_CLOSED = NotReady("KKT_SHIFT_CLOSED", "The shift is closed, and is not opened by itself: open it.", 10.0)
SHIFT_EXPIRED = NotReady("KKT_SHIFT_EXPIRED", "The shift is open for over 24 hours: close it and open a new one.", 10.0)
NO_STORE = NotReady("STORE_UNAVAILABLE", "Receipts cannot be put on disk at the moment; repeat the request.")
NO_DISK = NotReady("DISK_FULL", "The gateway's disk is full, so nothing is printed. Make room on it.", 30.0)


def halted(receipt_id: str) -> NotReady:
    message = f"The register cannot tell whether receipt {receipt_id} was printed. A person must look at its paper."
    return NotReady("KKT_HALTED", message, 60.0)


def elsewhere(register: str) -> NotReady:
    """The sale came to a register that does not serve it any more, for it was handed over meanwhile, or back."""
    message = f"These sales are handed over to register {register}; repeat the request, or end the hand-over."
    return NotReady("HANDED_OVER", message, 1.0)


WITHOUT_SHIFT = (SHIFT_CLOSED, SHIFT_EXPIRED)  # what only work on the shift puts right, and so does not hold up


def trouble_of(seen: RegisterStatus) -> NotReady | None:
    """What the register's own state says."""
    if seen.paper is Paper.OUT:
        return NO_PAPER
    return BUSY if seen.busy or seen.receipt_open or seen.paper is Paper.WAITS else None


def trouble_after(error: Exception) -> NotReady:
    """What a failed exchange with the register, or with the buffer, says."""
    match error:
        case NotYet():
            return replace(SETTLING, message=f"{SETTLING.message} It says: {error}.")
        case RegisterRefused():
            return NotReady("KKT_REFUSED", f"The register refused: {error}.")
        case LinkError():
            return LOST
        case _:
            return NO_STORE
