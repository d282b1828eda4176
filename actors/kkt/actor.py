"""KKTActor: one register. Nothing else touches the device.

A receipt's intent is on disk before the first byte goes out, its result before the POS hears of it. When an answer
is lost the actor lets the link go and has recovery ask the register what became of the receipt before anything is
printed again. A register that is away is a state to report, not a crash.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import assert_never

import structlog
import trio

from actors import buffer, ofd_sync, status
from actors.kkt.decision import carry_out
from actors.kkt.press import IN_DOUBT, NoShift, Press
from actors.kkt.recovery import PATIENCE, Halted, NotYet, bring_to_rest, settle
from actors.kkt.standing import Standing
from actors.kkt.trouble import (
    LOST,
    NO_DISK,
    SETTLING,
    STOPPING,
    NotReady,
    describe,
    halted,
    trouble_after,
    trouble_of,
)
from actors.kkt.work import cash_before
from actors.mailbox import Address, Ask, NoAnswer, is_closing, next_message, turn, waiting
from drivers.kkt.port import Register, RegisterRefused
from drivers.store.records import BufferFull, Claimed, DiskFull, Intent, KeyReused, Known, Unfinished
from protocols.decision import Decision, NotResolved
from protocols.fiscal import Baseline, CashCount, RegisterStatus
from protocols.life import State
from protocols.order import Order
from protocols.receipt import Receipt

log = structlog.get_logger()

LOOK = 5.0  # seconds between two looks at an idle register
REFUSALS = 5  # to show a document that recovery asks for: after so many the register cannot tell


@dataclass(frozen=True, eq=False)
class Print(Ask[Known | KeyReused | BufferFull | NotReady]):
    """Print this order, once. `Known.answer` is None while its fate is open: repeat the question later."""

    receipt_id: str
    key: str
    fingerprint: str
    order: Order


@dataclass(frozen=True, eq=False)
class Resolve(Ask[NotResolved | NotReady | None]):
    """A person decided what became of an unknown receipt. None: so be it, and the register goes on."""

    receipt_id: str
    decision: Decision


Message = Print | Resolve


@dataclass(frozen=True)
class Ahead:
    """An order whose claim is under way, together with the result of the receipt before it: one fsync for both."""

    order: Print
    claim: buffer.Claim


@dataclass(frozen=True)
class Policy:
    """Seconds. `linger`: the longest time that a command can be under way on this link before it arrives."""

    linger: float = 10.0
    reconnect: float = 0.5
    longest_reconnect: float = 30.0


@dataclass(eq=False)
class KKTActor:
    inbox: trio.MemoryReceiveChannel[Message]
    pos_id: str
    register: Register
    buffer: Address[buffer.Message]
    ofd_sync: Address[ofd_sync.Message]
    status: Address[status.Message]
    policy: Policy
    random: Random
    new_id: Callable[[], str]
    _failures: int = field(default=0, init=False)
    _refusals: int = field(default=0, init=False)  # in a row, of what recovery asks
    _ahead: Ahead | None = field(default=None, init=False)
    _put_off: Message | None = field(default=None, init=False)  # taken while looking for an order to claim ahead

    def __post_init__(self) -> None:
        self._standing = Standing()
        self._press = Press(
            self.pos_id, self.register, self.buffer, self._standing, self.new_id, claim_next=self._claim_ahead
        )

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        self._standing.doubtful_since = trio.current_time()  # an earlier incarnation's command may still be under way
        task_status.started()
        try:
            while True:
                try:
                    message = await next_message(self.inbox, until=self._standing.look_at)
                except trio.EndOfChannel:
                    return
                if message is None:
                    await self._look()
                else:
                    await self._take(message)
                while self._ahead is not None:
                    await self._go_on()
                if self._put_off is not None:
                    message, self._put_off = self._put_off, None
                    await self._take(message)
        finally:
            with turn(self._ahead and self._ahead.order, self._put_off):
                pass  # whoever waits for them hears that they will not be answered
            with trio.move_on_after(1, shield=True):
                await self.register.close()

    async def _take(self, message: Message) -> None:
        with turn(message):
            match message:
                case Print():
                    if not message.abandoned:  # else its asker has gone: the key is free, nothing was begun
                        message.answer(await self._print(message))
                case Resolve():
                    message.answer(await self._resolve(message))
                case _:
                    assert_never(message)

    async def _go_on(self) -> None:
        """With the order that was claimed ahead."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            with turn(ahead.order):
                ahead.order.answer(await self._print_ahead(ahead))

    # the way of one order

    async def _print(self, message: Print) -> Known | KeyReused | BufferFull | NotReady:
        if is_closing(self.inbox):
            return STOPPING
        if self._standing.trouble is None and not self._standing.is_fresh:
            await self._look()
        if self._standing.trouble is not None or self._standing.seen is None:
            return self._standing.trouble or LOST
        try:
            baseline = await self._baseline(message.order, self._standing.seen)
            claim = _claim(message, baseline, await cash_before(self.register, message.order))
            found = await self.buffer.ask(claim, within=PATIENCE)
        except NoShift as error:
            return error.trouble
        except IN_DOUBT as error:
            return await self._lose(error)
        return await self._print_found(found, claim.intent)

    async def _print_ahead(self, ahead: Ahead) -> Known | KeyReused | BufferFull | NotReady:
        if self._standing.trouble is not None:  # whether the claim is on disk is for recovery to see
            ahead.claim.leave()
            return self._standing.trouble
        try:
            with trio.fail_after(PATIENCE):
                found = await ahead.claim.wait()
        except IN_DOUBT as error:
            return await self._lose(error)
        finally:
            ahead.claim.leave()
        return await self._print_found(found, ahead.claim.intent)

    async def _print_found(
        self, found: Claimed | Known | KeyReused | BufferFull | DiskFull, intent: Intent
    ) -> Known | KeyReused | BufferFull | NotReady:
        if isinstance(found, DiskFull):
            return NO_DISK
        if not isinstance(found, Claimed):
            return found
        try:
            outcome = await self._press.print(intent.receipt_id, intent.order, intent.baseline)
        except IN_DOUBT as error:
            await self._lose(error)
            return Known(intent.receipt_id, State.PRINTING, None)
        if outcome.state is State.PENDING:
            self._wake()
        return outcome

    async def _baseline(self, order: Order, seen: RegisterStatus) -> Baseline:
        """The last document before this order; before a receipt with a shift open. Raises NoShift, IN_DOUBT."""
        return await self._press.open_shift(seen) if isinstance(order, Receipt) else seen.last

    def _claim_ahead(self, baseline: Baseline) -> None:
        """Takes the next order from the mailbox, if there is one, and claims it in the same transaction.

        Only a receipt behind a receipt: for those nothing else has to be asked of the register in between.
        """
        if is_closing(self.inbox) or not self._standing.settled or trio.current_time() >= self._standing.look_at:
            return
        for message in waiting(self.inbox, 1):
            if not isinstance(message, Print) or not isinstance(message.order, Receipt):
                self._put_off = message
            elif not message.abandoned:
                claim = _claim(message, baseline, None)
                self._ahead = Ahead(message, claim)
                self.buffer.tell(claim)

    async def _resolve(self, order: Resolve) -> NotResolved | NotReady | None:
        if self._standing.seen is None:
            return LOST
        try:
            refused = await carry_out(self.pos_id, self.register, self.buffer, order.receipt_id, order.decision)
        except IN_DOUBT as error:
            return await self._lose(error)
        if refused is None:
            self._standing.trouble = SETTLING
            self._standing.unsettle()
        return refused

    # looking after the register

    async def _look(self) -> None:
        """Asks the register how it is, settles what is open, and decides whether it can print."""
        fresh = None
        try:
            if self._standing.seen is None:
                await self.register.connect()
                fresh = await self.register.status()
                self._standing.see(fresh)
            if not self._standing.settled and await self._settle():
                fresh = None
            seen = await bring_to_rest(self.register, fresh)
            self._standing.see(seen)
            self._standing.trouble = trouble_of(seen) or (None if self._standing.settled else SETTLING)
            self._failures = self._refusals = 0
            self._standing.look_at = trio.current_time() + LOOK
        except Halted as found:
            self._halt(found.receipt_id)
        except NoShift as error:
            self._standing.trouble, self._standing.look_at = error.trouble, trio.current_time() + LOOK
        except IN_DOUBT as error:
            await self._lose(error)
        self._announce()

    async def _settle(self) -> bool:
        """Settles and prints what is open; leaves it for the next look while the register cannot print.

        False if nothing was open, and so nothing asked of the register.
        """
        lingers_for = self._standing.doubtful_since + self.policy.linger - trio.current_time()
        insist = self._refusals < REFUSALS
        asked, accepted = await settle(self.pos_id, self.register, self.buffer, lingers_for=lingers_for, insist=insist)
        for order in accepted:
            if not await self._print_again(order):
                return True
        self._standing.settled = True
        self._wake()
        return asked or bool(accepted)

    async def _print_again(self, accepted: Unfinished) -> bool:
        """False if it must wait, and those behind it with it."""
        seen = await bring_to_rest(self.register)
        self._standing.see(seen)
        if trouble_of(seen) is not None:
            return False
        order = accepted.order
        baseline = await self._baseline(order, seen)
        cash = await cash_before(self.register, order)
        await self.buffer.ask(buffer.PrintAgain(accepted.receipt_id, baseline, cash), within=PATIENCE)
        outcome = await self._press.print(accepted.receipt_id, order, baseline)
        return outcome.state is not State.ACCEPTED

    def _halt(self, receipt_id: str) -> None:
        trouble = halted(receipt_id)
        if self._standing.trouble != trouble:
            log.critical("register_halted", alert="P1", pos_id=self.pos_id, receipt_id=receipt_id)
        self._standing.trouble = trouble
        self._standing.look_at = trio.current_time() + LOOK

    async def _lose(self, error: Exception) -> NotReady:
        """Something is in doubt: the link is let go, and before the next print recovery asks the register."""
        if self._standing.seen is not None:
            self._standing.seen, self._standing.settled = None, False
            log.warning("register_lost", pos_id=self.pos_id, reason=repr(error))
        self._refusals += isinstance(error, RegisterRefused)
        await self.register.close()
        pause = min(self.policy.longest_reconnect, self.policy.reconnect * 2.0 ** min(self._failures, 30))
        self._failures += 1
        pause = error.seconds if isinstance(error, NotYet) else pause * (0.5 + self.random.random() / 2)
        self._standing.look_at = trio.current_time() + pause
        self._standing.trouble = trouble = trouble_after(error)
        self._announce()
        return trouble

    # telling others

    def _wake(self) -> None:
        try:
            self.ofd_sync.tell(ofd_sync.Wake())
        except NoAnswer as error:  # it looks by itself before long
            log.debug("wake_skipped", reason=repr(error))

    def _announce(self) -> None:
        status.announce(
            self.status, f"kkt.{self.pos_id}", describe(self.pos_id, self._standing.trouble, self._standing.seen)
        )


def _claim(message: Print, baseline: Baseline, cash: CashCount | None) -> buffer.Claim:
    return buffer.Claim(Intent(message.receipt_id, message.key, message.fingerprint, message.order, baseline, cash))
