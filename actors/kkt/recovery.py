"""What became of orders whose answer was lost: asked of the register before it prints anything again.

Every step may run again after a crash in the middle of it. A baseline is overwritten only after the verdict "not
printed" is on disk.
"""

import structlog

from actors import buffer
from actors.mailbox import Address
from drivers.kkt.port import Register, RegisterRefused
from drivers.store.records import Unfinished
from protocols import answers
from protocols.fiscal import Paper, RegisterStatus
from protocols.life import State
from protocols.till import TillWork, Work
from protocols.verdict import Undecided, Verdict, WasNotPrinted, WasPrinted, judge, judge_cash, to_read

log = structlog.get_logger()

PATIENCE = 10.0  # seconds to wait for the buffer


class NotYet(Exception):
    """The register cannot tell yet; ask again in `seconds`."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Halted(Exception):
    """Only a person can tell what became of `receipt_id`; until then the register prints nothing."""

    def __init__(self, receipt_id: str) -> None:
        super().__init__(receipt_id)
        self.receipt_id = receipt_id


async def settle(
    pos_id: str, register: Register, buffer_at: Address[buffer.Message], *, lingers_for: float, insist: bool = True
) -> tuple[bool, list[Unfinished]]:
    """Whether the register had to be asked, and the orders that are accepted and surely not printed, oldest first.

    `lingers_for`: seconds in which a command of the old link may still arrive; until then a "no" proves nothing.
    A register that refuses to show its documents raises RegisterRefused; without `insist` it cannot tell.
    Raises NotYet, Halted, LinkError, and what `Address.ask` raises.
    """
    unfinished = await buffer_at.ask(buffer.ListUnfinished(pos_id), within=PATIENCE)
    for receipt in unfinished:
        if receipt.state is State.UNKNOWN:
            raise Halted(receipt.receipt_id)
    in_doubt = [receipt for receipt in unfinished if receipt.state is State.PRINTING]
    if not in_doubt:
        return False, unfinished
    if lingers_for > 0:
        raise NotYet("a command may still be on its way to the register", lingers_for)
    seen = await bring_to_rest(register)
    if seen.busy:
        raise NotYet("the register is still printing", 1.0)
    if seen.receipt_open and seen.paper is not Paper.PRESENT:
        raise NotYet("the register has no paper to cancel its open receipt on", 5.0)
    for receipt in in_doubt:
        verdict = await _ask_register(register, receipt, seen, insist=insist)
        log.warning("receipt_settled", receipt_id=receipt.receipt_id, pos_id=pos_id, verdict=repr(verdict))
        await _record(buffer_at, receipt.receipt_id, verdict)
    return True, await buffer_at.ask(buffer.ListUnfinished(pos_id), within=PATIENCE)


async def bring_to_rest(register: Register, fresh: RegisterStatus | None = None) -> RegisterStatus:
    """How the register stands once it goes on after new paper and has let go of an open receipt, as far as it does.

    `fresh`: how it stands now, if that was asked just before.
    """
    seen = fresh or await register.status()
    if seen.paper is Paper.WAITS:
        await register.continue_printing()
        seen = await register.status()
    if seen.busy or not seen.receipt_open:
        return seen
    try:
        await register.cancel_receipt()
    except RegisterRefused as refusal:
        log.warning("cancel_refused", reason=str(refusal))
    return await register.status()


async def _ask_register(register: Register, doubtful: Unfinished, seen: RegisterStatus, *, insist: bool) -> Verdict:
    numbers = to_read(doubtful.baseline, seen)
    if isinstance(numbers, Undecided):
        return numbers
    try:
        return await _compare(register, doubtful, numbers)
    except RegisterRefused as refusal:
        if insist:
            raise
        return Undecided(f"the register does not show its documents: {refusal}")


async def _compare(register: Register, doubtful: Unfinished, numbers: range) -> Verdict:
    found = [await register.find(number) for number in numbers]
    order = doubtful.order
    if doubtful.cash is None or not isinstance(order, TillWork):
        return judge(order, found)
    return judge_cash(order, doubtful.baseline, doubtful.cash, await register.cash_moved(Work(order.kind)), found)


async def _record(buffer_at: Address[buffer.Message], receipt_id: str, verdict: Verdict) -> None:
    match verdict:
        case WasPrinted(document=document):
            if await buffer_at.ask(buffer.Printed(receipt_id, document), within=PATIENCE) is None:
                raise Halted(receipt_id)
        case WasNotPrinted():
            await buffer_at.ask(buffer.NotPrinted(receipt_id), within=PATIENCE)
        case Undecided(reason=reason, found=found):
            await buffer_at.ask(buffer.Unknown(receipt_id, reason, answers.found(found)), within=PATIENCE)
            raise Halted(receipt_id)
