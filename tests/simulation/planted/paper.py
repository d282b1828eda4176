"""Planted on the way to paper: intents, prints, and what recovery makes of a lost answer."""

from collections.abc import Iterable, Sequence
from typing import Any
from unittest.mock import patch

import trio

from actors import buffer
from actors.facade import placing
from actors.facade.reach import Reach
from actors.kkt import actor, press, recovery, upkeep
from actors.kkt.actor import Ahead, KKTActor, Print
from actors.kkt.press import IN_DOUBT, Press
from actors.kkt.recovery import PATIENCE, Halted
from actors.kkt.trouble import LOST
from actors.kkt.upkeep import Upkeep
from actors.kkt.work import perform
from actors.mailbox import Address
from drivers.errors import LinkError
from drivers.kkt.port import Register, RegisterRefused
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Claimed, Intent, Known, Unfinished
from protocols import answers
from protocols.fiscal import Baseline, CashCount, CashSlip, FiscalDocument, RegisterStatus, ShiftReport
from protocols.life import State
from protocols.order import Order
from protocols.till import TillWork
from protocols.verdict import Found, Undecided, Verdict, WasNotPrinted, WasPrinted, is_of
from tests.simulation.planted.patches import Patch, together

# intents


def no_intent() -> Patch:
    """The claim goes to disk only after the print."""

    async def prints_first(self: KKTActor, message: Print) -> Any:
        seen = self._standing.seen
        if self._standing.trouble is not None or seen is None:
            return self._standing.trouble or LOST
        try:
            known = await self.buffer.ask(buffer.Recall(message.key, message.fingerprint), within=PATIENCE)
            if known is not None:
                return known
            baseline = await self._press.baseline(message.order, await self.register.status())
            document = await perform(self.register, message.order)
            claim = actor._claim(self.pos_id, message, baseline, None)
            await self.buffer.ask(claim, within=PATIENCE)
            return await self._press._keep(message.receipt_id, document)
        except IN_DOUBT as error:
            return await self._upkeep.lose(error)

    return patch.object(KKTActor, "_print", prints_first)


def looks_then_inserts() -> Patch:
    """The facade looks whether the key is free; the insert that follows binds it again whoever has it by then."""
    claim, first_answer = ReceiptStore.claim, placing._first_answer

    async def looks(reach: Reach, address: Address[Any], order: Print) -> Any:
        known = await reach.buffer.ask(buffer.Recall(order.key, order.fingerprint), within=reach.patience)
        return await first_answer(reach, address, order) if known is None else known

    def inserts(self: ReceiptStore, intent: Intent, capacity: int) -> Any:
        self._connection.exec_driver_sql("UPDATE receipts SET key = id WHERE key = :key", {"key": intent.key})
        return claim(self, intent, capacity)

    return together(patch.object(placing, "_first_answer", looks), patch.object(ReceiptStore, "claim", inserts))


def claim_ahead_not_awaited() -> Patch:
    """An order claimed ahead is printed while its claim is still being written, whatever comes of it."""

    async def prints_at_once(self: KKTActor, ahead: Ahead) -> Any:
        ahead.claim.leave()
        return await self._print_found(Claimed(ahead.order.receipt_id), ahead.claim.intent, ahead.order.asked_at)

    return patch.object(KKTActor, "_print_ahead", prints_at_once)


# the print itself


def command_repeated() -> Patch:
    """A command whose answer is lost is sent again, without a question to the register."""

    async def performs_twice(register: Register, order: Order) -> Any:
        try:
            return await perform(register, order)
        except LinkError:
            await register.close()
            await register.connect()
            return await perform(register, order)

    return patch.object(press, "perform", performs_twice)


def refused_and_kept() -> Patch:
    """A receipt that the till is told was refused stays accepted on disk and is printed later."""

    async def rejects(
        self: Press, receipt_id: str, order: Order, baseline: Baseline, refusal: RegisterRefused
    ) -> Known:
        await recovery.bring_to_rest(self.register)
        body = answers.error("KKT_REFUSED", str(refusal), receipt_id)
        await self.buffer.ask(buffer.NotPrinted(receipt_id), within=PATIENCE)
        self.standing.unsettle()
        return Known(receipt_id, State.REJECTED, body)

    return patch.object(Press, "_reject", rejects)


def refusal_taken_for_no_print() -> Patch:
    """A refusal is final at once, also one that came after the command was carried out and its answer garbled."""

    async def gives_up(register: Register, order: Order) -> Any:
        try:
            return await perform(register, order)
        except LinkError as error:
            raise RegisterRefused(0, str(error)) from error

    async def rejects(
        self: Press, receipt_id: str, order: Order, baseline: Baseline, refusal: RegisterRefused
    ) -> Known:
        body = answers.error("KKT_REFUSED", str(refusal), receipt_id)
        await self.buffer.ask(buffer.Rejected(receipt_id, body, str(refusal)), within=PATIENCE)
        return Known(receipt_id, State.REJECTED, body)

    return together(patch.object(press, "perform", gives_up), patch.object(Press, "_reject", rejects))


def open_receipt_not_cancelled() -> Patch:
    """What the register has open after a broken link stays open."""

    async def only_looks(register: Register, fresh: RegisterStatus | None = None) -> RegisterStatus:
        return fresh or await register.status()

    return together(*(patch.object(module, "bring_to_rest", only_looks) for module in (upkeep, press, recovery)))


# recovery


def no_recovery_at_start() -> Patch:
    """A gateway that starts takes it that nothing is in doubt."""
    make = KKTActor.__post_init__

    def settled(self: KKTActor) -> None:
        make(self)
        self._standing.settled = True

    return patch.object(KKTActor, "__post_init__", settled)


def accepted_left_to_the_till() -> Patch:
    """What recovery finds not printed waits until the till asks again, and some tills never do."""

    async def settles_only(self: Upkeep) -> bool:
        lingers_for = self.standing.doubtful_since + self.policy.linger - trio.current_time()
        await recovery.settle(self.pos_id, self.register, self.buffer, lingers_for=lingers_for)
        self.standing.settled = True
        return True

    return patch.object(Upkeep, "_settle", settles_only)


def no_baseline() -> Patch:
    """Recovery knows no document before the intent and compares with all that the drive has."""

    def everything(_baseline: Baseline, seen: RegisterStatus) -> range | Undecided:
        return range(1, seen.last.fd + 1)

    return patch.object(recovery, "to_read", everything)


def reprint_without_asking() -> Patch:
    """Whatever has no answer is printed again."""

    def nothing(_baseline: Baseline, _seen: RegisterStatus) -> range | Undecided:
        return range(0)

    return patch.object(recovery, "to_read", nothing)


def number_without_content() -> Patch:
    """Whatever document came after the intent is taken for the receipt's."""

    def the_first(_order: Order, found: Iterable[Found | None]) -> Verdict:
        new = [document for document in found if isinstance(document, FiscalDocument | ShiftReport)]
        return WasPrinted(new[0]) if new else WasNotPrinted()

    return patch.object(recovery, "judge", the_first)


def content_taken_twice() -> Patch:
    """Of two documents that look like the receipt the first is taken, though a stranger may have printed it."""

    def the_first_alike(order: Order, found: Iterable[Found | None]) -> Verdict:
        new = [document for document in found if isinstance(document, FiscalDocument | ShiftReport)]
        equal = [document for document in new if is_of(order, document)]
        return WasPrinted(equal[0]) if equal else WasNotPrinted()

    return patch.object(recovery, "judge", the_first_alike)


Settled = tuple[bool, list[Unfinished]]


def linger_ignored() -> Patch:
    """Recovery asks at once, while a command may still be on its way to the register."""
    settle = recovery.settle

    async def at_once(pos_id: str, register: Register, at: Address[buffer.Message], **how: Any) -> Settled:
        return await settle(pos_id, register, at, **{**how, "lingers_for": 0.0})

    return patch.object(upkeep, "settle", at_once)


def gives_up_on_doubt() -> Patch:
    """Every lost answer is left to a person, though the register could tell."""

    async def shrugs(*_: object, **__: object) -> Verdict:
        return Undecided("the answer was lost")

    return patch.object(recovery, "_ask_register", shrugs)


def drive_not_compared() -> Patch:
    """Numbers are compared without a look at the drive that they belong to."""

    def numbers_alone(baseline: Baseline, seen: RegisterStatus) -> range | Undecided:
        return range(baseline.fd + 1, seen.last.fd + 1)

    return patch.object(recovery, "to_read", numbers_alone)


def baseline_overwritten() -> Patch:
    """A new baseline goes to disk before the verdict on the old one: a kill between them forgets what was printed."""

    async def settles(
        pos_id: str, register: Register, at: Address[buffer.Message], *, lingers_for: float, insist: bool = True
    ) -> Settled:
        unfinished = await at.ask(buffer.ListUnfinished(pos_id), within=PATIENCE)
        seen = await recovery.bring_to_rest(register)
        for doubtful in unfinished:
            if doubtful.state is State.PRINTING:
                await at.ask(buffer.NotPrinted(doubtful.receipt_id), within=PATIENCE)
                await at.ask(buffer.PrintAgain(doubtful.receipt_id, seen.last, doubtful.cash), within=PATIENCE)
                verdict = await recovery._ask_register(register, doubtful, seen, insist=insist)
                await recovery._record(at, doubtful.receipt_id, verdict)
            elif doubtful.state is State.UNKNOWN:
                raise Halted(doubtful.receipt_id)
        return True, await at.ask(buffer.ListUnfinished(pos_id), within=PATIENCE)

    return patch.object(upkeep, "settle", settles)


def slips_counted_alone() -> Patch:
    """One cash slip more than before is taken for the order's, whatever its sum."""

    def by_number(
        work: TillWork, baseline: Baseline, before: CashCount, now: CashCount, found: Sequence[Found | None]
    ) -> Verdict:
        if now.count == before.count:
            return WasNotPrinted()
        return WasPrinted(CashSlip(baseline.fn, work.kind, work.amount_kopecks, now.count))

    return patch.object(recovery, "judge_cash", by_number)


def till_work_repeated() -> Patch:
    """A shift report or cash slip whose answer was lost is printed again; only receipts are asked for."""
    ask = recovery._ask_register

    async def receipts_only(register: Register, doubtful: Unfinished, seen: RegisterStatus, *, insist: bool) -> Verdict:
        if isinstance(doubtful.order, TillWork):
            return WasNotPrinted()
        return await ask(register, doubtful, seen, insist=insist)

    return patch.object(recovery, "_ask_register", receipts_only)


def unknown_does_not_halt() -> Patch:
    """A register goes on printing behind a receipt that it cannot tell of."""
    unfinished = ReceiptStore.unfinished

    def without_unknown(self: ReceiptStore, pos_id: str) -> list[Unfinished]:
        return [each for each in unfinished(self, pos_id) if each.state is not State.UNKNOWN]

    return patch.object(ReceiptStore, "unfinished", without_unknown)
