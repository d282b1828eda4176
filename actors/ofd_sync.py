"""OFDSyncActor: delivers printed receipts to the OFD, in order, for as long as it takes.

Each register's receipts go one after the other (unless the settings let its OFD have more of them at once), those of
several registers side by side. A silent OFD costs a receipt nothing: only an answer about that very receipt counts
towards its attempts. A refused receipt holds up its own register until it is delivered or dead, so that the OFD sees
each register's documents in order; other registers go on. A dead letter that was sent again is out of order anyway:
refused once more it is put off by itself, for one word about many of them must not hold up a register for days.
"""

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from math import inf

import structlog
import trio

from actors import buffer, circuit_breaker, deliveries, status
from actors.mailbox import Address, Ask, NoAnswer, is_closing, next_message, turn
from actors.ofd_sync_account import Account
from actors.sync_job import Job, JobState
from drivers.clock import Now
from drivers.errors import CircuitOpen, LinkError, NoCallNow, Paused
from drivers.links import Link, Passage
from drivers.ofd import Ofd, OfdRefused
from drivers.store.records import Delivery, DiskFull
from protocols import answers, breaker

log = structlog.get_logger()

PATIENCE = 10.0  # seconds to wait for the buffer or the breaker
SOON = 5.0  # seconds to wait for the next receipt, which nothing can cut short
PAUSE = 1.0  # seconds after a failed call; long outages are the breaker's business
ASK_AGAIN = 5.0  # seconds until a breaker that is open is asked again: a person may have closed it meanwhile
LONG_PAUSE = 60.0  # seconds; an OFD that asks for no more sets the pace, with more it is out of reach
MOST_PUT_OFF = 1000  # dead letters that are refused again; those beyond hold up their register as others do
ANNOUNCE_EVERY = 0.25  # seconds between two announcements while receipts go out


@dataclass(frozen=True)
class Wake:
    """A receipt was printed."""


@dataclass(frozen=True)
class NoWay:
    """The OFD is out of reach; asking again makes sense after so many seconds."""

    retry_after: float


@dataclass(frozen=True)
class Begun:
    """`seconds`: how long it will take, as measured of late; None: nothing was measured yet."""

    job_id: str
    seconds: float | None


@dataclass(frozen=True)
class Running:
    """Another job is under way."""

    job_id: str


@dataclass(frozen=True, eq=False)
class Sync(Ask[Begun | Running | NoWay]):
    """Deliver what waits, now. `force`: without regard to pauses, and though the breaker keeps calls back.

    The same `key` is the same job.
    """

    key: str
    force: bool
    who: str


Message = Wake | Sync


@dataclass(frozen=True)
class Policy:
    """A receipt is dead after `max_attempts` refusals; between two of them the wait doubles (seconds).

    `at_once`: so many receipts of one register may be out; more than one, and the OFD may see them out of order.
    """

    max_attempts: int = 20
    initial_backoff: float = 5.0
    max_backoff: float = 300.0
    look_every: float = 300.0  # though nobody said that a receipt waits
    at_once: int = 1

    def backoff(self, attempts: int) -> float:
        return float(min(self.max_backoff, self.initial_backoff * 2.0 ** min(attempts - 1, 30)))


@dataclass(eq=False)
class OFDSyncActor:
    """`registers`: those whose receipts go to the OFD this way; while all of them are busy nobody looks for more.

    `elsewhere`: those whose documents reach it by another.
    """

    inbox: trio.MemoryReceiveChannel[Message]
    ofd: AbstractAsyncContextManager[Ofd]
    link: Link
    buffer: Address[buffer.Message]
    breaker: Address[circuit_breaker.Message]
    status: Address[status.Message]
    policy: Policy
    now: Now
    new_id: Callable[[], str]
    registers: Collection[str] = ()
    elsewhere: Collection[str] = ()
    _out: Counter[str] = field(default_factory=Counter, init=False)  # deliveries under way, by register
    _held: dict[str, float] = field(default_factory=dict, init=False)  # register: when to try it again
    _put_off: dict[str, float] = field(default_factory=dict, init=False)  # likewise receipts that were dead letters
    _pause_until: float = field(default=-inf, init=False)  # after a failure
    _must_requeue: bool = field(default=True, init=False)
    _attempts_count: bool = field(default=True, init=False)  # the incarnation before may have died of what it sent
    _announced_at: float = field(default=-inf, init=False)

    def __post_init__(self) -> None:
        self._account = Account(self.now)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        self._news = trio.Event()
        async with self.ofd as ofd, trio.open_nursery() as nursery:
            task_status.started()
            nursery.start_soon(self._listen)
            while not is_closing(self.inbox):
                await self._rest(await self._fill(nursery, ofd))

    # what it is told

    async def _listen(self) -> None:
        """Takes messages as they come, also while deliveries are under way."""
        pulse_at = trio.current_time() + status.PULSE  # not put off by messages: a busy shop has one all the time
        while True:
            try:
                message = await next_message(self.inbox, until=pulse_at)
            except trio.EndOfChannel:
                self._news.set()
                return
            with turn(message):
                if isinstance(message, Sync):
                    await self._begin(message)
                elif not isinstance(message, Wake | None):
                    raise TypeError(f"not a message of this actor: {message!r}")
            if trio.current_time() >= pulse_at:
                self._pulse()
                pulse_at = trio.current_time() + status.PULSE
            if message is not None:
                self._news.set()

    def _pulse(self) -> None:
        self._announce()
        self._tell_way()  # a buffer that was restarted takes it for open

    async def _begin(self, wanted: Sync) -> None:
        account, job = self._account, self._account.job
        if job is not None and (job.running or job.key == wanted.key):
            same = job.key == wanted.key
            wanted.answer(Begun(job.job_id, account.seconds_for(job.total)) if same else Running(job.job_id))
            return
        try:
            if wanted.force:
                await self._clear_the_way(wanted.who)
            shut_for = account.retry_at - trio.current_time()
            if not account.way_open and shut_for > 0:
                wanted.answer(NoWay(shut_for))
                return
            total = await self.buffer.ask(deliveries.Deliverable(tuple(self.elsewhere)), within=PATIENCE)
        except (NoAnswer, trio.TooSlowError) as error:
            log.warning("sync_not_begun", reason=repr(error))  # whoever asked hears it too: the question is given up
            return
        account.job = Job(self.new_id(), wanted.key, total, self.now())
        log.info("sync_begun", job_id=account.job.job_id, who=wanted.who, force=wanted.force, total=total)
        if not total:
            account.end_job(JobState.DONE)
        self._announce()
        wanted.answer(Begun(account.job.job_id, account.seconds_for(total)))

    async def _clear_the_way(self, who: str) -> None:
        """For one attempt; what a person ordered of the breaker stays ordered."""
        self._held.clear()
        self._put_off.clear()
        found = await self.breaker.ask(circuit_breaker.Describe(), within=PATIENCE)
        if found["state"] == breaker.State.OPEN:
            order = circuit_breaker.Order(breaker.State.HALF_OPEN, "a delivery was forced", who)
            await self.breaker.ask(order, within=PATIENCE)
        if found["state"] != breaker.State.FORCED_OPEN:
            self._pause_until = self._account.retry_at = -inf
            self.link.resume()

    # the deliveries

    async def _fill(self, nursery: trio.Nursery, ofd: Ofd) -> float:
        """Begins all deliveries that may begin now; gives the time to look again."""
        try:
            if self._must_requeue and not self._out:  # those under way must not lose their rows
                await self.buffer.ask(deliveries.Requeue(self._attempts_count), within=PATIENCE)
                self._must_requeue = self._attempts_count = False
            while not self._must_requeue and not self._all_busy():
                passage = await self.link.enter(trio.current_time())
                delivery = await self._next(passage)
                if delivery is None:
                    break
                nursery.start_soon(self._deliver, ofd, passage, delivery)
        except NoCallNow as error:
            return self._keep_back(error)
        except (NoAnswer, trio.TooSlowError) as error:
            self._interrupted(error)
        now = trio.current_time()
        if self._pause_until > now:
            return self._pause_until
        again = (*self._held.values(), *self._put_off.values())
        return min([now + self.policy.look_every, *(until for until in again if until > now)])

    async def _next(self, passage: Passage) -> Delivery | None:
        """What to send; None, and the passage is left, if nothing may go now."""
        self._account.retry_at = -inf
        if trio.current_time() < self._pause_until:
            passage.leave()
            return None
        # the answer speaks of this job, and of none while a call is out: its end may free a register meanwhile
        job = None if self._out else self._account.running_job
        try:
            with trio.CancelScope(shield=True):  # else, cancelled, nobody would know that it was taken
                wanted = deliveries.Take(self._passed_over(), tuple(self._put_off))
                delivery = await self.buffer.ask(wanted, within=SOON)
        except BaseException:  # whatever it was, cancelled too: nobody else knows of the passage
            passage.leave()
            raise
        if isinstance(delivery, DiskFull):
            passage.leave()
            self._pause_until = trio.current_time() + SOON
            return None
        if delivery is None:
            passage.leave()
            if job is not None and job is self._account.running_job:
                self._end_job_without_work()
            return None
        self._out[delivery.pos_id] += 1
        self._account.pace.begin(trio.current_time())
        return delivery

    def _keep_back(self, shut: NoCallNow) -> float:
        """When to ask for leave again."""
        if self._out:
            return inf  # the end of a call wakes us
        self._account.retry_at = shut.retry_at
        long = shut.retry_at > trio.current_time() + LONG_PAUSE
        if isinstance(shut, CircuitOpen) or (long and isinstance(shut, Paused)):
            self._set_way(is_open=False)
            self._account.end_job(JobState.STOPPED, str(shut))
        return min(shut.retry_at, trio.current_time() + ASK_AGAIN)

    def _all_busy(self) -> bool:
        """Receipts of a register that the settings know no more go between two of another's."""
        return bool(self.registers) and all(self._out[pos_id] >= self.policy.at_once for pos_id in self.registers)

    def _passed_over(self) -> tuple[str, ...]:
        """Registers; what is over is forgotten, of receipts too."""
        now = trio.current_time()
        self._held = {pos_id: until for pos_id, until in self._held.items() if until > now}
        self._put_off = {receipt_id: until for receipt_id, until in self._put_off.items() if until > now}
        busy = [pos_id for pos_id, number in self._out.items() if number >= self.policy.at_once]
        return (*self._held, *busy, *self.elsewhere)

    async def _deliver(self, ofd: Ofd, passage: Passage, delivery: Delivery) -> None:
        done = False
        try:
            done = await self._send(ofd, passage, delivery)
        except (NoAnswer, trio.TooSlowError) as error:
            self._interrupted(error)
        finally:
            passage.leave()
            self._out -= Counter({delivery.pos_id: 1})
            self._account.pace.end(trio.current_time(), done=done)
            self._news.set()

    async def _send(self, ofd: Ofd, passage: Passage, delivery: Delivery) -> bool:
        """Whether the receipt is off the queue."""
        if delivery.attempts > self.policy.max_attempts:  # what ends every sender must not be sent for ever
            return await self._refused(delivery, "none of the attempts to deliver it came to an end")
        what = answers.delivery(delivery.receipt_id, delivery.receipt, delivery.document)
        try:
            accepted = await passage.run(partial(ofd.deliver, what), repeatable=True)
        except trio.Cancelled:  # we are to stop, which says nothing of the receipt either
            _tell(self.buffer, deliveries.Unreached(delivery.receipt_id, delivery.attempts, "the gateway stopped"))
            raise
        except LinkError as error:
            await self._unreached(delivery, str(error))
            return False
        except OfdRefused as error:
            self._set_way(is_open=True)
            return await self._refused(delivery, str(error))
        await self.buffer.ask(deliveries.Synced(delivery.receipt_id, accepted.ofd_id), within=PATIENCE)
        self._set_way(is_open=True)
        self._account.synced()
        return True

    async def _unreached(self, delivery: Delivery, reason: str) -> None:
        self._account.unreached(reason)
        self._pause_until = trio.current_time() + PAUSE
        log.warning("ofd_unreached", receipt_id=delivery.receipt_id, reason=reason)
        await self.buffer.ask(deliveries.Unreached(delivery.receipt_id, delivery.attempts, reason), within=PATIENCE)

    async def _refused(self, delivery: Delivery, reason: str) -> bool:
        """Whether it was the last time."""
        dead = delivery.attempts >= self.policy.max_attempts
        log.error("ofd_refused", receipt_id=delivery.receipt_id, attempts=delivery.attempts, dead=dead, reason=reason)
        had_died = await self.buffer.ask(deliveries.Refused(delivery.receipt_id, reason, dead), within=PATIENCE)
        if not dead:
            alone = had_died and len(self._put_off) < MOST_PUT_OFF
            waits, of = (self._put_off, delivery.receipt_id) if alone else (self._held, delivery.pos_id)
            waits[of] = trio.current_time() + self.policy.backoff(delivery.attempts)
        self._account.refused(reason)
        return dead

    def _interrupted(self, error: Exception) -> None:
        log.warning("delivery_interrupted", reason=repr(error))
        self._must_requeue = True
        self._pause_until = trio.current_time() + PAUSE

    # between deliveries

    async def _rest(self, look_at: float) -> None:
        """Until there is news, at most until `look_at`."""
        self._announce_in_time()
        with trio.move_on_at(look_at):
            await self._news.wait()
        self._news = trio.Event()

    def _set_way(self, *, is_open: bool) -> None:
        if self._account.way_open != is_open:
            self._account.way_open = is_open
            self._tell_way()
            self._announce()

    def _tell_way(self) -> None:
        _tell(self.buffer, buffer.WayOpen(self._account.way_open, self._account.outlook))

    def _end_job_without_work(self) -> None:
        if self._held:
            reason = f"a refused receipt holds up those behind it: {', '.join(self._held)}"
            self._account.end_job(JobState.STOPPED, reason)
        elif self._put_off:
            self._account.end_job(JobState.STOPPED, "dead letters that were sent again are refused again")
        else:
            self._account.end_job(JobState.DONE)

    def _announce_in_time(self) -> None:
        """While receipts go out, not after each of them."""
        if not self._out or trio.current_time() >= self._announced_at + ANNOUNCE_EVERY:
            self._announce()

    def _announce(self) -> None:
        self._announced_at = trio.current_time()
        status.announce(self.status, "ofd", self._account.told(self._out.total()))


def _tell(buffer_at: Address[buffer.Message], message: buffer.Message) -> None:
    """What the buffer does not hear it learns later: the way at the next pulse, the rest at `Requeue`."""
    try:
        buffer_at.tell(message)
    except NoAnswer as error:
        log.warning("buffer_not_told", message=repr(message), reason=repr(error))
