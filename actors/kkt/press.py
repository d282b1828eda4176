"""The way of one order from its durable intent to paper and back to disk."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
import trio

from actors import buffer
from actors.kkt.policy import Policy
from actors.kkt.recovery import PATIENCE, NotYet, bring_to_rest
from actors.kkt.standing import Standing
from actors.kkt.trouble import NO_DISK, SETTLING, SHIFT_CLOSED, SHIFT_EXPIRED, NotReady, trouble_of
from actors.kkt.work import perform
from actors.mailbox import Address, NoAnswer
from drivers.errors import LinkError
from drivers.kkt.port import Register, RegisterRefused
from drivers.store.records import Claimed, Intent, Known
from protocols import answers
from protocols.fiscal import Baseline, Document, FiscalDocument, RegisterStatus, Shift
from protocols.life import State
from protocols.order import Order, fingerprint
from protocols.receipt import Receipt
from protocols.till import TillWork, Work

log = structlog.get_logger()

# Each leaves the register's state, or an order's, open: the link is let go and recovery looks first
IN_DOUBT = (LinkError, RegisterRefused, NotYet, NoAnswer, trio.TooSlowError)


class NoShift(Exception):
    """A receipt wants an open shift, and there is none; `trouble` says why."""

    def __init__(self, trouble: NotReady) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


@dataclass(eq=False)
class Press:
    """Prints what is claimed. `claim_next` is told the baseline behind a receipt before its result is durable."""

    pos_id: str
    register: Register
    buffer: Address[buffer.Message]
    standing: Standing
    policy: Policy
    new_id: Callable[[], str]
    claim_next: Callable[[Baseline], None]

    async def print(self, receipt_id: str, order: Order, baseline: Baseline) -> Known:
        """The intent is durable. Whatever fails from here on leaves it `printing`, for recovery to settle: IN_DOUBT."""
        try:
            try:
                document = await perform(self.register, order)
            except RegisterRefused as refusal:
                return await self._reject(receipt_id, order, baseline, refusal)
            return await self._keep(receipt_id, document)
        except IN_DOUBT:
            self.standing.doubtful_since = trio.current_time()
            raise

    async def baseline(self, order: Order, seen: RegisterStatus) -> Baseline:
        """The last document before this order; before a receipt with a shift open. Raises NoShift, IN_DOUBT."""
        return await self._open_shift(seen) if isinstance(order, Receipt) else seen.last

    async def turn_shift(self, kind: Work, seen: RegisterStatus) -> RegisterStatus:
        """By an order of our own, with its intent on disk like any other. Raises NoShift, IN_DOUBT."""
        work = TillWork(self.pos_id, kind)
        intent = Intent(self.new_id(), self.new_id(), fingerprint(work), work, seen.last)
        found = await self.buffer.ask(buffer.Claim(intent), within=PATIENCE)
        if not isinstance(found, Claimed):
            raise NoShift(NO_DISK)
        outcome = await self.print(intent.receipt_id, work, seen.last)
        if outcome.state is State.REJECTED:
            raise NoShift(NotReady("KKT_REFUSED", f"The register refuses to {kind.replace('_', ' the ')}."))
        if outcome.state is not State.DONE:
            raise NoShift(self.standing.trouble or SETTLING)
        seen = await self.register.status()
        self.standing.see(seen)
        return seen

    async def _open_shift(self, seen: RegisterStatus) -> Baseline:
        """As far as that was configured. One that is closed because it was too old is opened again in any case."""
        if seen.shift is Shift.EXPIRED:
            if not self.policy.reopen_expired_shift:
                raise NoShift(SHIFT_EXPIRED)
            seen = await self.turn_shift(Work.CLOSE_SHIFT, seen)
        elif seen.shift is Shift.CLOSED and not self.policy.auto_open_shift:
            raise NoShift(SHIFT_CLOSED)
        if seen.shift is Shift.CLOSED:
            seen = await self.turn_shift(Work.OPEN_SHIFT, seen)
        return seen.last

    async def _keep(self, receipt_id: str, document: Document) -> Known:
        printed = buffer.Printed(receipt_id, document)
        self.buffer.tell(printed)
        if isinstance(document, FiscalDocument):
            self.claim_next(Baseline(document.fn, document.fd))
        try:
            with trio.fail_after(PATIENCE):
                body = await printed.wait()
        finally:
            printed.leave()
        if body is None:
            raise NotYet("its document is another receipt's already", 1.0)
        self.standing.see_after(document)
        log.info(
            "order_printed",
            receipt_id=receipt_id,
            pos_id=self.pos_id,
            kind=document.kind,
            fn=document.fn,
            fd=document.fd,
        )
        return Known(receipt_id, State.PENDING if isinstance(document, FiscalDocument) else State.DONE, body)

    async def _reject(self, receipt_id: str, order: Order, baseline: Baseline, refusal: RegisterRefused) -> Known:
        """A refusal is final only when the register shows no new document and no open receipt."""
        seen = await bring_to_rest(self.register)
        self.standing.see(seen)
        cannot = trouble_of(seen)
        self.standing.trouble = cannot or (None if self.standing.settled else SETTLING)
        if seen.busy or seen.receipt_open or seen.last != baseline:
            raise NotYet(f"refused ({refusal}), and yet the register is not where it was", 1.0)
        # a shift that is not as it should be is put right for a receipt; work on the shift itself would wait for ever
        if refusal.passing and (isinstance(order, Receipt) or cannot is not None):
            return await self._postpone(receipt_id, refusal)
        message = f"The register refused; nothing was printed: {refusal}."
        details = {"register_code": refusal.spelled, "register_text": refusal.text}
        if refusal.advice:
            details["register_advice"] = refusal.advice
        body = answers.error("KKT_REFUSED", message, receipt_id, details)
        await self.buffer.ask(buffer.Rejected(receipt_id, body, str(refusal)), within=PATIENCE)
        log.warning("order_rejected", receipt_id=receipt_id, pos_id=self.pos_id, reason=str(refusal))
        return Known(receipt_id, State.REJECTED, body)

    async def _postpone(self, receipt_id: str, refusal: RegisterRefused) -> Known:
        """It is the register that cannot now, not the order that is wrong: printed as soon as it can."""
        await self.buffer.ask(buffer.NotPrinted(receipt_id), within=PATIENCE)
        log.warning("order_postponed", receipt_id=receipt_id, pos_id=self.pos_id, reason=str(refusal))
        self.standing.unsettle()
        return Known(receipt_id, State.ACCEPTED, None)
