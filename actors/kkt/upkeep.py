"""Looking after a register: its link, what is open on it, and what can wait until nobody sells."""

from dataclasses import dataclass, field
from random import Random

import structlog
import trio

from actors import buffer, deliveries, ofd_sync, status
from actors.diary import Diary
from actors.kkt.description import describe_register
from actors.kkt.policy import Policy
from actors.kkt.press import IN_DOUBT, NoShift, Press
from actors.kkt.recovery import PATIENCE, Halted, NotYet, bring_to_rest, settle
from actors.kkt.shifts import Shifts
from actors.kkt.standing import Standing
from actors.kkt.trouble import SETTLING, NotReady, halted, trouble_after, trouble_of
from actors.kkt.watching import Watching
from actors.kkt.work import cash_before
from actors.mailbox import Address, NoAnswer
from drivers.clock import Now
from drivers.errors import LinkError
from drivers.kkt.port import Register, RegisterRefused
from drivers.store.records import Unfinished
from protocols.fiscal import RegisterStatus
from protocols.latency import Latencies
from protocols.life import State
from protocols.till import SHIFT, Work

log = structlog.get_logger()

LOOK = 5.0  # seconds between two looks at an idle register
REFUSALS = 5  # to show a document that recovery asks for: after so many the register cannot tell


@dataclass(eq=False)
class Upkeep:
    """Part of KKTActor: it runs in the actor's turn, between two messages."""

    pos_id: str
    driver: str
    register: Register
    buffer: Address[buffer.Message]
    ofd_sync: Address[ofd_sync.Wake]
    status: Address[status.Message]
    policy: Policy
    random: Random
    standing: Standing
    press: Press
    now: Now
    _failures: int = field(default=0, init=False)
    _refusals: int = field(default=0, init=False)  # in a row, of what recovery asks

    def __post_init__(self) -> None:
        self.watching = Watching(self.pos_id, self.register, self.now, Diary(f"kkt.{self.pos_id}", self.buffer))
        self.shifts = Shifts(self.pos_id, self.buffer, self.policy)
        self.latencies = Latencies()

    async def look(self) -> None:
        """Asks the register how it is, settles what is open, and decides whether it can print."""
        fresh = None
        try:
            if self.standing.seen is None:
                await self.register.connect()
                self.watching.new_link()
                fresh = await self.register.status()
                self.standing.see(fresh)
            if not self.standing.settled and await self._settle():
                fresh = None
            seen = await bring_to_rest(self.register, fresh)
            self.standing.see(seen)
            self.standing.trouble = trouble_of(seen) or (None if self.standing.settled else SETTLING)
            self._failures = self._refusals = 0
            self.standing.look_at = trio.current_time() + LOOK
        except Halted as found:
            self._halt(found.receipt_id)
        except NoShift as error:
            self.standing.trouble, self.standing.look_at = error.trouble, trio.current_time() + LOOK
        except IN_DOUBT as error:
            await self.lose(error)
        self._announce()

    async def care(self) -> None:
        """What may wait while somebody sells: a longer look, and a shift that is to be closed by itself."""
        if self.standing.seen is None:
            return
        try:
            if self.watching.is_due and not self.standing.seen.busy:
                await self.watching.inspect()
                self._tell_confirmed()
        except LinkError as error:
            await self.lose(error)
            return
        await self.shifts.see(self.standing.seen, self.watching.register_now)
        if self.standing.trouble is None and self.shifts.wants_closing(self.watching.register_now):
            await self._close_shift(self.standing.seen)
        seen = self.standing.seen  # None again if the link was lost over a closing
        self.watching.judge(self.shifts.age(self.watching.register_now), seen.paper if seen else None)
        self._announce()

    async def lose(self, error: Exception) -> NotReady:
        """Something is in doubt: the link is let go, and before the next print recovery asks the register."""
        if self.standing.seen is not None:
            self.standing.seen, self.standing.settled = None, False
            log.warning("register_lost", pos_id=self.pos_id, reason=repr(error))
        await self.register.close()
        pause = min(self.policy.longest_reconnect, self.policy.reconnect * 2.0 ** min(self._failures, 30))
        self._failures += 1
        pause = error.seconds if isinstance(error, NotYet) else pause * (0.5 + self.random.random() / 2)
        self.standing.look_at = trio.current_time() + pause
        self.standing.trouble = trouble = trouble_after(error)
        self._announce()
        return trouble

    def _tell_confirmed(self) -> None:
        """What the OFD has by the drive's own word, however it came there. Told at each inspection: it may get lost."""
        seen = self.watching.inspection.condition if self.watching.inspection else None
        if not self.policy.tells_confirmed or seen is None or seen.unconfirmed is None:
            return
        try:
            self.buffer.tell(deliveries.Confirmed(seen.fn, seen.unconfirmed))
        except NoAnswer as error:
            log.debug("confirmed_not_told", pos_id=self.pos_id, reason=repr(error))

    def printed(self, seconds: float) -> None:
        """A receipt, so long after the till asked for it."""
        self.latencies.add(seconds, trio.current_time())
        self.wake()

    def wake(self) -> None:
        """There is something to deliver."""
        try:
            self.ofd_sync.tell(ofd_sync.Wake())
        except NoAnswer as error:  # it looks by itself before long
            log.debug("wake_skipped", reason=repr(error))

    async def _settle(self) -> bool:
        """Settles and prints what is open; leaves it for the next look while the register cannot print.

        False if nothing was open, and so nothing asked of the register. Raises NoShift where receipts wait for a
        shift; work on the shift that waits behind them does not.
        """
        lingers_for = self.standing.doubtful_since + self.policy.linger - trio.current_time()
        asked, accepted = await self._ask_what_became(lingers_for)
        held: NoShift | None = None
        for order in accepted:
            try:
                if (held is None or order.order.kind in SHIFT) and not await self._print_again(order):
                    return True
            except NoShift as error:
                held = error
        if held is not None:
            raise held
        self.standing.settled = True
        self.wake()
        return asked or bool(accepted)

    async def _ask_what_became(self, lingers_for: float) -> tuple[bool, list[Unfinished]]:
        insist = self._refusals < REFUSALS
        try:
            return await settle(self.pos_id, self.register, self.buffer, lingers_for=lingers_for, insist=insist)
        except RegisterRefused:
            self._refusals += 1
            raise

    async def _print_again(self, accepted: Unfinished) -> bool:
        """False if it must wait, and those behind it with it."""
        seen = await bring_to_rest(self.register)
        self.standing.see(seen)
        if trouble_of(seen) is not None:
            return False
        order = accepted.order
        baseline = await self.press.baseline(order, seen)
        cash = await cash_before(self.register, order)
        await self.buffer.ask(buffer.PrintAgain(accepted.receipt_id, baseline, cash), within=PATIENCE)
        outcome = await self.press.print(accepted.receipt_id, order, baseline)
        if outcome.state is State.PENDING:
            self.printed((self.now() - accepted.accepted_at).total_seconds())
        return outcome.state is not State.ACCEPTED

    def _halt(self, receipt_id: str) -> None:
        trouble = halted(receipt_id)
        if self.standing.trouble != trouble:
            log.critical("register_halted", alert="P1", pos_id=self.pos_id, receipt_id=receipt_id)
        self.standing.trouble = trouble
        self.standing.look_at = trio.current_time() + LOOK

    async def _close_shift(self, seen: RegisterStatus) -> None:
        """An order like any other: whatever becomes of its answer, it is done once."""
        log.info("shift_closing", pos_id=self.pos_id, shift_number=seen.shift_number)
        try:
            await self.shifts.see(await self.press.turn_shift(Work.CLOSE_SHIFT, seen), self.watching.register_now)
        except NoShift as error:
            self.shifts.put_off_closing()
            log.warning("shift_not_closed", pos_id=self.pos_id, reason=error.trouble.message)
        except IN_DOUBT as error:
            await self.lose(error)

    def _announce(self) -> None:
        p95 = self.latencies.p95(trio.current_time())
        described = describe_register(self.standing, self.watching, self.policy)
        state = {
            "pos_id": self.pos_id,
            "driver": self.driver,
            **described,
            "shift_opened_at": self.shifts.opened_at,
            "receipt_latency_p95_s": None if p95 is None else round(p95, 2),
        }
        status.announce(self.status, f"kkt.{self.pos_id}", state)
