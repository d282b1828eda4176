"""CircuitBreakerActor: whether one outward link may be called now. One actor a link; it answers and announces.

Every change of state goes to disk with its reason. An actor that starts takes up from there: what was ordered stays
ordered, what was open is half open, for nobody knows how long it has been.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from random import Random
from typing import Any, assert_never

import structlog
import trio

from actors import breaker_records, buffer, status
from actors.mailbox import ActorDied, Address, Ask, NoAnswer, next_message, turn
from drivers.clock import Now
from drivers.store.records import BreakerRecord
from protocols.alarm import Level
from protocols.breaker import ORDERED, Breaker, Outcome, Permit, Shut, State
from protocols.link_policy import BreakerPolicy

log = structlog.get_logger()

PATIENCE = 5.0  # seconds to wait for the buffer at the start, and for an answer of this actor
SOON = 1.0  # seconds: when to ask again an actor that did not answer
MOST_UNKEPT = 100  # changes that wait for the disk; of more the oldest are forgotten
GATEWAY = "gateway"  # the author of what nobody ordered
PROBING = {State.OPEN, State.HALF_OPEN}
"""A probe that is let out and fails, again and again, is told and logged, but is no news for the disk: a day without
Odoo would be five thousand notices, and both states are taken up alike."""
GRAVITY = {State.OPEN: Level.P2, State.FORCED_OPEN: Level.P2}


@dataclass(frozen=True, eq=False)
class Acquire(Ask[Permit | Shut]):
    """Leave for one call. `Shut.retry_at` is on Trio's clock."""


@dataclass(frozen=True)
class GiveBack:
    """The call is over; it lasted `took` seconds."""

    permit: Permit
    outcome: Outcome
    took: float = 0.0


@dataclass(frozen=True, eq=False)
class Order(Ask[None]):
    """A person's word: into `state` at once, for `lasts` seconds if it is one that only a person brings about."""

    state: State
    reason: str
    author: str
    lasts: float = inf


@dataclass(frozen=True)
class Configure:
    """Other figures from now on; state and window stay. None: calls pass without asking, so the breaker is closed."""

    policy: BreakerPolicy | None


@dataclass(frozen=True, eq=False)
class Describe(Ask[dict[str, Any]]):
    """The state, and what was counted."""


Message = Acquire | GiveBack | Order | Configure | Describe


@dataclass(eq=False)
class CircuitBreakerActor:
    inbox: trio.MemoryReceiveChannel[Message]
    link: str
    policy: BreakerPolicy | None
    buffer: Address[buffer.Message]
    status: Address[status.Message]
    random: Random
    now: Now
    _unkept: deque[BreakerRecord] = field(default_factory=lambda: deque(maxlen=MOST_UNKEPT), init=False)
    _keep_at: float = field(default=-inf, init=False)  # not before; a buffer that is down is not asked at every call
    _telling: breaker_records.KeepBreaker | None = field(default=None, init=False)
    _pulse_at: float = field(default=-inf, init=False)  # no message puts it off: a link in use has them all the time

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        await self._take_up()
        self._announce()
        while True:
            try:
                message = await next_message(self.inbox, until=min(self._wake_at(), self._pulse_at))
            except trio.EndOfChannel:
                return
            before = self._breaker.state
            author = self._serve(message)
            if self._breaker.state is not before or isinstance(message, Order):  # the same one for another time, too
                self._changed(before, author, news=author != GATEWAY or {before, self._breaker.state} != PROBING)
            elif trio.current_time() >= self._pulse_at:
                self._announce()
            if self._unkept and trio.current_time() >= self._keep_at:
                self._keep()

    # what it knows at its start

    async def _take_up(self) -> None:
        self._breaker = Breaker(self.policy or BreakerPolicy(), self.random.random, epoch=self.random.getrandbits(32))
        self._record = self._recorded(GATEWAY)
        if self.policy is None:
            return
        try:
            found = await self.buffer.ask(breaker_records.RecallBreaker(self.link), within=PATIENCE)
        except (NoAnswer, trio.TooSlowError) as error:
            log.warning("breaker_not_recalled", link=self.link, reason=repr(error))
            self._breaker.order(State.HALF_OPEN, "nobody could say how it stood before the start")
            self._record = self._recorded(GATEWAY)
            return
        if found is not None:
            self._resume(found)

    def _resume(self, found: BreakerRecord) -> None:
        state, left = State(found.state), self._left_of(found)
        self._record = found
        if state in ORDERED and left > 0:
            self._breaker.order(state, found.reason, trio.current_time() + left)
        elif state in (State.OPEN, State.HALF_OPEN, State.FORCED_OPEN):
            self._breaker.order(State.HALF_OPEN, f"it was {state} before the start")
        if self._breaker.state is not state:
            self._changed(state, GATEWAY, news=True)

    def _left_of(self, order: BreakerRecord) -> float:
        """Seconds. Never more than it was to last: a computer that lost its clock may think that it is years ago."""
        if order.until is None:
            return inf
        return min(order.until - self.now(), order.until - order.at).total_seconds()

    # one message

    def _serve(self, message: Message | None) -> str:
        """Gives who is behind what follows from it."""
        if message is None:
            self._breaker.tick(trio.current_time())
            return GATEWAY
        with turn(message):
            self._take(message)
        return message.author if isinstance(message, Order) else GATEWAY

    def _take(self, message: Message) -> None:
        now = trio.current_time()
        match message:
            case Acquire():
                if not message.abandoned:  # else its permit would be lost
                    message.answer(self._breaker.acquire(now))
            case GiveBack(permit=permit, outcome=outcome, took=took):
                self._breaker.give_back(permit, outcome, now, took)
            case Order(state=state, reason=reason, lasts=lasts):
                self._breaker.order(state, reason, now + lasts)
                message.answer(None)
            case Configure(policy=policy):
                self._configure(policy, now)
            case Describe():
                message.answer(self._description(now))
            case _:
                assert_never(message)

    def _configure(self, policy: BreakerPolicy | None, now: float) -> None:
        self._breaker.configure(policy or BreakerPolicy(), now)
        if policy is None and self._breaker.state is not State.CLOSED:  # nobody asks, so it would stay as it is
            self._breaker.order(State.CLOSED, "the settings switch the breaker off")

    def _wake_at(self) -> float:
        return self._breaker.until if self._breaker.state in ORDERED else inf

    # what follows from a change

    def _changed(self, before: State, author: str, *, news: bool) -> None:
        self._record = self._recorded(author)
        log.info("breaker_changed", link=self.link, before=before, after=self._breaker.state, reason=self._breaker.why)
        if news:
            self._unkept.append(self._record)
        self._announce()

    def _recorded(self, author: str) -> BreakerRecord:
        now, until = self.now(), self._breaker.until
        ends = None if until == inf else now + timedelta(seconds=until - trio.current_time())
        return BreakerRecord(self.link, self._breaker.state, ends, self._breaker.why, author, now)

    def _keep(self) -> None:
        """Has the changes put on disk, one after the other, and never waits for it."""
        if self._telling is not None:
            try:
                if self._telling.answer_now() is None:
                    self._unkept.popleft()
                else:
                    self._keep_at = trio.current_time() + SOON  # the disk is full
            except trio.WouldBlock:
                return
            except ActorDied as error:
                self._not_kept(error)
            self._telling = None
        if self._unkept:
            self._tell(self._unkept[0])

    def _tell(self, record: BreakerRecord) -> None:
        level = GRAVITY.get(State(record.state), Level.P3)
        question = breaker_records.KeepBreaker(record, level, _told(record))
        try:
            self.buffer.tell(question)
            self._telling = question
        except NoAnswer as error:
            self._not_kept(error)

    def _not_kept(self, error: NoAnswer) -> None:
        self._keep_at = trio.current_time() + SOON
        log.debug("breaker_not_kept", link=self.link, reason=repr(error))

    def _announce(self) -> None:
        self._pulse_at = trio.current_time() + status.PULSE
        status.announce(self.status, f"breaker.{self.link}", self._standing(trio.current_time()))

    def _standing(self, now: float) -> dict[str, Any]:
        record = self._record
        return {
            "state": self._breaker.state.value,
            "since": record.at,
            "reason": record.reason,
            "author": record.author,
            "until": self._retry_at(now),
        }

    def _retry_at(self, now: float) -> datetime | None:
        """When a call is let out again, or an order ends."""
        at = self._breaker.until if self._breaker.state in ORDERED else self._breaker.shut_until(now)
        return None if at in (now, inf) else self.now() + timedelta(seconds=at - now)

    def _description(self, now: float) -> dict[str, Any]:
        figures = self._breaker.figures(now)
        return {
            **self._standing(now),
            "failures_in_a_row": figures.failures_in_a_row,
            "successes_in_a_row": figures.successes_in_a_row,
            "calls_in_window": figures.calls,
            "failure_rate": figures.failure_rate,
            "slow_rate": figures.slow_rate,
            "probes_out": figures.probes_out,
        }


def _told(record: BreakerRecord) -> str:
    return f"The breaker of {record.link} is {record.state}: {record.reason}."
