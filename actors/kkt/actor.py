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
from actors.kkt.carriage import AnswerRefused, Carriage, Interrupted, Outgoing
from actors.kkt.decision import carry_out
from actors.kkt.paper import MayBePrinted, NotLast, Refused, put_on_paper
from actors.kkt.policy import Policy
from actors.kkt.press import IN_DOUBT, NoShift, Press
from actors.kkt.recovery import PATIENCE
from actors.kkt.standing import Standing
from actors.kkt.trouble import LOST, NO_DISK, SETTLING, STOPPING, WITHOUT_SHIFT, NotReady, elsewhere
from actors.kkt.upkeep import Upkeep
from actors.kkt.work import cash_before
from actors.mailbox import Address, Ask, is_closing, next_message, turn, waiting
from drivers.clock import Now
from drivers.errors import LinkError
from drivers.kkt.port import Register
from drivers.store.records import BufferFull, Claimed, DiskFull, Elsewhere, Intent, KeyReused, Known
from protocols.decision import Decision, NotResolved
from protocols.fiscal import Baseline, CashCount, OfdQueue, RegisterStatus
from protocols.life import State
from protocols.order import Order
from protocols.receipt import Receipt
from protocols.till import SHIFT, TillWork
from protocols.unfiscal import Unfiscal

log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class Print(Ask[Known | KeyReused | BufferFull | NotReady]):
    """Print this order, once. `Known.answer` is None while its fate is open: repeat the question later."""

    receipt_id: str
    key: str
    fingerprint: str
    order: Order
    asked_at: float = field(default_factory=trio.current_time, init=False)


@dataclass(frozen=True, eq=False)
class Resolve(Ask[NotResolved | NotReady | None]):
    """A person decided what became of an unknown receipt. None: so be it, and the register goes on."""

    receipt_id: str
    decision: Decision


@dataclass(frozen=True, eq=False)
class PutOnPaper(Ask[NotReady | NotLast | Refused | MayBePrinted | None]):
    """What means nothing to the tax office, between receipts. None: it is printed."""

    what: Unfiscal


@dataclass(frozen=True, eq=False)
class GoOn(Ask[NotReady | None]):
    """Somebody put in paper: look now, and finish what was begun. None: the register can print."""


@dataclass(frozen=True, eq=False)
class FetchMessage(Ask[Outgoing | Interrupted | NotReady | None]):
    """The message of the fiscal drive that waits for the OFD. None: none does."""


@dataclass(frozen=True, eq=False)
class PutAnswer(Ask[OfdQueue | AnswerRefused | Interrupted | NotReady]):
    """The OFD's answer to the message that was fetched, whole. Interrupted: it may be in the drive or not."""

    content: bytes


Message = Print | Resolve | PutOnPaper | GoOn | FetchMessage | PutAnswer


@dataclass(frozen=True)
class Ahead:
    """An order whose claim is under way, together with the result of the receipt before it: one fsync for both."""

    order: Print
    claim: buffer.Claim


@dataclass(eq=False)
class KKTActor:
    inbox: trio.MemoryReceiveChannel[Message]
    pos_id: str
    driver: str
    register: Register
    buffer: Address[buffer.Message]
    ofd_sync: Address[ofd_sync.Wake]
    status: Address[status.Message]
    policy: Policy
    random: Random
    new_id: Callable[[], str]
    now: Now
    _ahead: Ahead | None = field(default=None, init=False)
    _put_off: Message | None = field(default=None, init=False)  # taken while looking for an order to claim ahead

    def __post_init__(self) -> None:
        self._standing = Standing()
        self._press = Press(
            self.pos_id, self.register, self.buffer, self._standing, self.policy, self.new_id, self._claim_ahead
        )
        self._upkeep = Upkeep(
            self.pos_id,
            self.driver,
            self.register,
            self.buffer,
            self.ofd_sync,
            self.status,
            self.policy,
            self.random,
            self._standing,
            self._press,
            self.now,
        )
        self._carriage = Carriage(self.register, self._standing, self._upkeep)

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
                    await self._idle()
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
                case PutOnPaper():
                    if not message.abandoned:
                        message.answer(await self._put_on_paper(message.what))
                case FetchMessage():
                    if not message.abandoned:
                        message.answer(STOPPING if is_closing(self.inbox) else await self._carriage.fetch())
                case PutAnswer(content=content):
                    message.answer(STOPPING if is_closing(self.inbox) else await self._carriage.put(content))
                case GoOn():
                    await self._upkeep.look()
                    message.answer(self._standing.trouble)
                case _:
                    assert_never(message)

    async def _idle(self) -> None:
        await self._upkeep.look()
        if self.inbox.statistics().current_buffer_used == 0 and not is_closing(self.inbox):
            await self._upkeep.care()

    async def _go_on(self) -> None:
        """With the order that was claimed ahead."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            with turn(ahead.order):
                ahead.order.answer(await self._print_ahead(ahead))

    # the way of one order

    async def _print(self, message: Print) -> Known | KeyReused | BufferFull | NotReady:
        seen = await self._ready_for(message.order)
        if isinstance(seen, NotReady):
            return seen
        try:
            baseline = await self._press.baseline(message.order, seen)
            claim = _claim(self.pos_id, message, baseline, await cash_before(self.register, message.order))
            found = await self.buffer.ask(claim, within=PATIENCE)
        except NoShift as error:
            return error.trouble
        except IN_DOUBT as error:
            return await self._upkeep.lose(error)
        return await self._print_found(found, claim.intent, message.asked_at)

    async def _print_ahead(self, ahead: Ahead) -> Known | KeyReused | BufferFull | NotReady:
        if self._standing.trouble is not None:  # whether the claim is on disk is for recovery to see
            ahead.claim.leave()
            return self._standing.trouble
        try:
            with trio.fail_after(PATIENCE):
                found = await ahead.claim.wait()
        except IN_DOUBT as error:
            return await self._upkeep.lose(error)
        finally:
            ahead.claim.leave()
        return await self._print_found(found, ahead.claim.intent, ahead.order.asked_at)

    async def _print_found(
        self, found: Claimed | Known | KeyReused | BufferFull | DiskFull | Elsewhere, intent: Intent, asked_at: float
    ) -> Known | KeyReused | BufferFull | NotReady:
        self._upkeep.shifts.sold()
        if isinstance(found, DiskFull):
            return NO_DISK
        if isinstance(found, Elsewhere):
            return elsewhere(found.register)
        if not isinstance(found, Claimed):
            return found
        try:
            outcome = await self._press.print(intent.receipt_id, intent.order, intent.baseline)
        except IN_DOUBT as error:
            await self._upkeep.lose(error)
            return Known(intent.receipt_id, State.PRINTING, None)
        if outcome.state is State.PENDING:
            self._upkeep.printed(trio.current_time() - asked_at)
        return outcome

    async def _ready_for(self, order: Order | Unfiscal) -> RegisterStatus | NotReady:
        """How the register stands, looked at just now, if this may be printed."""
        if is_closing(self.inbox):
            return STOPPING
        turns_shift = isinstance(order, TillWork) and order.kind in SHIFT
        passes = (None, *WITHOUT_SHIFT) if turns_shift else (None,)
        if self._standing.trouble in passes and not self._standing.is_fresh:
            await self._upkeep.look()
        if self._standing.trouble not in passes or self._standing.seen is None:
            return self._standing.trouble or LOST
        return self._standing.seen

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
                claim = _claim(self.pos_id, message, baseline, None)
                self._ahead = Ahead(message, claim)
                self.buffer.tell(claim)

    async def _resolve(self, order: Resolve) -> NotResolved | NotReady | None:
        if self._standing.seen is None:
            return LOST
        try:
            refused = await carry_out(self.pos_id, self.register, self.buffer, order.receipt_id, order.decision)
        except IN_DOUBT as error:
            return await self._upkeep.lose(error)
        if refused is None:
            self._standing.trouble = SETTLING
            self._standing.unsettle()
        return refused

    async def _put_on_paper(self, what: Unfiscal) -> NotReady | NotLast | Refused | MayBePrinted | None:
        seen = await self._ready_for(what)
        if isinstance(seen, NotReady):
            return seen
        try:
            outcome = await put_on_paper(self.register, what, seen.last)
        except LinkError as error:
            await self._upkeep.lose(error)
            return MayBePrinted()
        self._standing.doubt_the_last_look()
        return outcome


def _claim(register: str, message: Print, baseline: Baseline, cash: CashCount | None) -> buffer.Claim:
    order = message.order
    return buffer.Claim(Intent(message.receipt_id, message.key, message.fingerprint, order, baseline, cash, register))
