"""OFDSyncActor: delivers printed receipts to the OFD, in order, for as long as it takes.

A silent OFD costs a receipt nothing: only an answer about that very receipt counts towards its attempts. A refused
receipt holds up its own register until it is delivered or dead, so that the OFD sees each register's documents in
order; other registers go on.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime

import structlog
import trio

from actors import buffer, circuit_breaker, deliveries, status
from actors.mailbox import Address, NoAnswer, is_closing, next_message, waiting
from drivers.clock import Now
from drivers.ofd import Ofd, OfdRefused, OfdUnreachable
from drivers.store.records import Delivery
from protocols import answers
from protocols.breaker import Outcome, Permit, Shut

log = structlog.get_logger()

PATIENCE = 10.0  # seconds to wait for the buffer or the breaker
PAUSE = 1.0  # seconds after a failed call; long outages are the breaker's business


@dataclass(frozen=True)
class Wake:
    """A receipt was printed."""


Message = Wake


@dataclass(frozen=True)
class Policy:
    """A receipt is dead after `max_attempts` refusals; between two of them the wait doubles (seconds)."""

    max_attempts: int = 20
    initial_backoff: float = 5.0
    max_backoff: float = 300.0
    look_every: float = 300.0  # though nobody said that a receipt waits

    def backoff(self, attempts: int) -> float:
        return float(min(self.max_backoff, self.initial_backoff * 2.0 ** min(attempts - 1, 30)))


@dataclass(eq=False)
class OFDSyncActor:
    inbox: trio.MemoryReceiveChannel[Message]
    ofd: AbstractAsyncContextManager[Ofd]
    buffer: Address[buffer.Message]
    breaker: Address[circuit_breaker.Message]
    status: Address[status.Message]
    policy: Policy
    now: Now
    _held: dict[str, float] = field(default_factory=dict, init=False)  # register: when to try it again
    _way_open: bool = field(default=True, init=False)
    _delivered: int = field(default=0, init=False)
    _last_sync: datetime | None = field(default=None, init=False)
    _last_error: str | None = field(default=None, init=False)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with self.ofd as ofd:
            task_status.started()
            must_requeue = counted = True  # the incarnation before may have died of what it was sending
            while True:
                try:
                    if must_requeue:
                        await self.buffer.ask(deliveries.Requeue(counted), within=PATIENCE)
                        must_requeue = counted = False
                    look_at = await self._deliver_all(ofd)
                except (NoAnswer, trio.TooSlowError) as error:
                    log.warning("delivery_interrupted", reason=repr(error))
                    must_requeue, look_at = True, trio.current_time() + PAUSE
                if not await self._woken(look_at):
                    return

    async def _woken(self, look_at: float) -> bool:
        """Waits for news, at most until `look_at`; False when the actor is to end."""
        while True:
            self._announce()
            try:
                message = await next_message(self.inbox, until=min(look_at, trio.current_time() + status.PULSE))
            except trio.EndOfChannel:
                return False
            for news in [message, *waiting(self.inbox, 1000)]:  # one pass serves all of them
                if not isinstance(news, Wake | None):
                    raise TypeError(f"not a message of this actor: {news!r}")
            if message is not None or trio.current_time() >= look_at:
                return True
            _tell(self.buffer, buffer.WayOpen(self._way_open))  # one that was restarted takes it for open

    async def _deliver_all(self, ofd: Ofd) -> float:
        """Delivers what can be delivered now; gives the time to look again."""
        while not is_closing(self.inbox):
            permit = await self.breaker.ask(circuit_breaker.Acquire(), within=PATIENCE)
            if isinstance(permit, Shut):
                self._set_way(is_open=False)
                return permit.retry_at
            outcome = await self._deliver_one(ofd, permit)
            if outcome is None:
                break
            if outcome is Outcome.FAILURE:
                return trio.current_time() + PAUSE
        return min([trio.current_time() + self.policy.look_every, *self._held.values()])

    async def _deliver_one(self, ofd: Ofd, permit: Permit) -> Outcome | None:
        """What the call said of the link; None when no receipt waits."""
        outcome: Outcome | None = None
        try:
            delivery = await self.buffer.ask(deliveries.Take(self._held_now()), within=PATIENCE)
            if delivery is not None:
                outcome = await self._send(ofd, delivery)
        finally:  # also when cancelled: a permit that is kept would keep the breaker half open
            self.breaker.tell(circuit_breaker.GiveBack(permit, outcome or Outcome.UNUSED))
        return outcome

    async def _send(self, ofd: Ofd, delivery: Delivery) -> Outcome:
        if delivery.attempts > self.policy.max_attempts:  # what ends every sender must not be sent for ever
            await self._refused(delivery, "none of the attempts to deliver it came to an end")
            return Outcome.UNUSED
        try:
            accepted = await ofd.deliver(answers.delivery(delivery.receipt_id, delivery.receipt, delivery.document))
        except trio.Cancelled:  # we are to stop, which says nothing of the receipt either
            _tell(self.buffer, deliveries.Unreached(delivery.receipt_id, delivery.attempts, "the gateway stopped"))
            raise
        except OfdUnreachable as error:
            await self._unreached(delivery, str(error))
            return Outcome.FAILURE
        except OfdRefused as error:
            self._set_way(is_open=True)
            await self._refused(delivery, str(error))
            return Outcome.SUCCESS  # the link works: it brought an answer
        await self.buffer.ask(deliveries.Synced(delivery.receipt_id, accepted.ofd_id), within=PATIENCE)
        self._set_way(is_open=True)
        self._last_sync, self._last_error = self.now(), None
        self._delivered += 1
        return Outcome.SUCCESS

    async def _unreached(self, delivery: Delivery, reason: str) -> None:
        self._last_error = reason
        log.warning("ofd_unreached", receipt_id=delivery.receipt_id, reason=reason)
        await self.buffer.ask(deliveries.Unreached(delivery.receipt_id, delivery.attempts, reason), within=PATIENCE)

    async def _refused(self, delivery: Delivery, reason: str) -> None:
        dead = delivery.attempts >= self.policy.max_attempts
        self._last_error = reason
        log.error("ofd_refused", receipt_id=delivery.receipt_id, attempts=delivery.attempts, dead=dead, reason=reason)
        await self.buffer.ask(deliveries.Refused(delivery.receipt_id, reason, dead), within=PATIENCE)
        if not dead:
            self._held[delivery.pos_id] = trio.current_time() + self.policy.backoff(delivery.attempts)

    def _held_now(self) -> tuple[str, ...]:
        self._held = {pos_id: until for pos_id, until in self._held.items() if until > trio.current_time()}
        return tuple(self._held)

    def _set_way(self, *, is_open: bool) -> None:
        if self._way_open != is_open:
            self._way_open = is_open
            _tell(self.buffer, buffer.WayOpen(is_open))

    def _announce(self) -> None:
        state = {
            "status": "online" if self._way_open else "offline",
            "last_successful_sync": self._last_sync,
            "last_error": self._last_error,
            "delivered": self._delivered,
        }
        status.announce(self.status, "ofd", state)


def _tell(buffer_at: Address[buffer.Message], message: buffer.Message) -> None:
    """What the buffer does not hear it learns later: the way at the next pulse, the rest at `Requeue`."""
    try:
        buffer_at.tell(message)
    except NoAnswer as error:
        log.warning("buffer_not_told", message=repr(message), reason=repr(error))
