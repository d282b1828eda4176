"""OFDRelayActor: carries one register's documents to the OFD, as its fiscal drive made them, and the answers back.

The drive hands its messages out one by one and keeps each until it has taken the answer, so a cut anywhere loses
nothing: the same message is fetched and sent again, and the OFD knows it by its numbers. Nothing here prints.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Protocol, TypeVar

import structlog
import trio

from actors import buffer, deliveries, status
from actors.kkt import actor as kkt
from actors.kkt.carriage import AnswerRefused, Outgoing
from actors.kkt.trouble import NotReady
from actors.mailbox import Address, NoAnswer, is_closing, next_message, waiting
from actors.ofd_sync import Wake
from drivers.clock import Now
from drivers.errors import LinkError
from drivers.ofd_session import Courier
from protocols.alarm import Alarm, Level
from protocols.errors import ProtocolError
from protocols.fiscal import OfdQueue
from protocols.ofd import confirmation, container, session

log = structlog.get_logger()

R = TypeVar("R")
Message = Wake

PATIENCE = 60.0  # seconds to wait for the register, which may be printing or settling, and for the buffer


class Link(Protocol):
    """The policy around the way to the OFD."""

    async def call(self, work: Callable[[], Awaitable[R]]) -> R:
        """What `work` gives, or raises LinkError."""


@dataclass(frozen=True)
class Policy:
    """Seconds. After a failure the pause is any up to a bound that doubles from `first_pause` to `longest_pause`."""

    first_pause: float = 5.0
    longest_pause: float = 300.0
    look_every: float = 60.0  # though nobody said that a document waits

    def bound(self, failures: int) -> float:
        return min(self.longest_pause, self.first_pause * 2.0 ** min(failures - 1, 30))


class Hindered(Exception):
    """Not now; the message is the reason. `alarm`: a person must see to it, and hurrying is of no use.

    `may_wake`: a document that is printed meanwhile is a reason to try again at once.
    """

    def __init__(self, reason: str, *, alarm: Alarm | None = None, may_wake: bool = False) -> None:
        super().__init__(reason)
        self.alarm, self.may_wake = alarm, may_wake


@dataclass
class Account:
    """What people are told. `refusal` is the last document that the OFD found bad, which is out of the way."""

    queue: int | None = None
    carried: int = 0
    last_success: datetime | None = None
    last_error: str | None = None
    refusal: dict[str, Any] | None = None
    alarm: Alarm | None = None

    def told(self) -> dict[str, Any]:
        alarms = [self.alarm] if self.alarm else []
        return {
            "way": "relay",
            "status": "online" if self.last_error is None else "offline",
            "queue": self.queue,
            "carried": self.carried,
            "last_success": self.last_success,
            "last_error": self.last_error,
            "last_refusal": self.refusal,
            "alarms": [{"code": each.code, "level": each.level.value, "message": each.message} for each in alarms],
        }


@dataclass(eq=False)
class OFDRelayActor:
    inbox: trio.MemoryReceiveChannel[Message]
    pos_id: str
    kkt: Address[kkt.Message]
    courier: Courier
    link: Link
    buffer: Address[buffer.Message]
    status: Address[status.Message]
    policy: Policy
    random: Random
    now: Now
    account: Account = field(default_factory=Account, init=False)
    _failures: int = field(default=0, init=False)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        while True:
            try:
                await self._carry_all()
                look_at, may_wake = trio.current_time() + self.policy.look_every, True
            except Hindered as hindrance:
                look_at, may_wake = trio.current_time() + self._pause(hindrance), hindrance.may_wake
            if not await self._woken(look_at, may_wake=may_wake):
                return

    async def _woken(self, look_at: float, *, may_wake: bool) -> bool:
        """Waits until `look_at`, or for news; False when the actor is to end."""
        while trio.current_time() < look_at:
            self._announce()
            try:
                message = await next_message(self.inbox, until=min(look_at, trio.current_time() + status.PULSE))
            except trio.EndOfChannel:
                return False
            for _ in waiting(self.inbox, 1000):  # one pass serves all of them
                pass
            if message is not None and may_wake:
                return True
        return not is_closing(self.inbox)

    def _pause(self, hindrance: Hindered) -> float:
        """Full jitter: registers of one shop do not all come back at once."""
        self._failures += 1
        if hindrance.alarm is not None and hindrance.alarm != self.account.alarm:
            log.error("relay_alarm", pos_id=self.pos_id, code=hindrance.alarm.code, message=hindrance.alarm.message)
        elif self.account.last_error is None:
            log.warning("relay_hindered", pos_id=self.pos_id, reason=str(hindrance))
        self.account.last_error, self.account.alarm = str(hindrance), hindrance.alarm
        bound = self.policy.longest_pause if hindrance.alarm else self.policy.bound(self._failures)
        return self.random.uniform(bound / 2, bound) if hindrance.alarm else self.random.uniform(0, bound)

    async def _carry_all(self) -> None:
        """One document after another. Raises Hindered."""
        while not is_closing(self.inbox):
            outgoing = await self._fetch()
            if outgoing is None:
                self._succeed(OfdQueue("", 0, 0))
                return
            answer = await self._send(outgoing)
            queue = await self._put(answer)
            self.account.carried += 1
            self.account.last_success = self.now()
            self._succeed(queue)
            await self._ask(self.buffer, deliveries.Confirmed(queue.fn, queue.unconfirmed))

    async def _fetch(self) -> Outgoing | None:
        found = await self._ask(self.kkt, kkt.FetchMessage())
        if isinstance(found, NotReady):
            raise Hindered(found.message, may_wake=True)
        if found is not None:
            self._check(found)
        return found

    def _check(self, outgoing: Outgoing) -> None:
        try:
            message = session.decode(outgoing.message)
        except ProtocolError as error:
            raise self._alarm("OFD_MESSAGE_MALFORMED", f"the register's message for the OFD is none: {error}") from error
        if message.fn != outgoing.fn:
            raise self._alarm("OFD_MESSAGE_FOREIGN", f"the message is of drive {message.fn}, not of {outgoing.fn}")

    async def _send(self, outgoing: Outgoing) -> session.Message:
        try:
            answer = await self.link.call(partial(self.courier.exchange, outgoing.message))
        except LinkError as error:
            raise Hindered(str(error) or type(error).__name__) from error
        except ProtocolError as error:
            raise Hindered(f"the OFD's answer is none: {error}") from error
        if answer.fn != outgoing.fn:
            raise Hindered(f"the OFD's answer is for drive {answer.fn}, not for {outgoing.fn}")
        if not answer.body:
            raise Hindered("the OFD ended the session without an answer")
        return answer

    async def _put(self, answer: session.Message) -> OfdQueue:
        outcome = await self._ask(self.kkt, kkt.PutAnswer(answer.encode()))
        if isinstance(outcome, NotReady):
            raise Hindered(outcome.message, may_wake=True)
        if isinstance(outcome, AnswerRefused):
            raise self._alarm("OFD_ANSWER_REFUSED", f"the fiscal drive refuses the OFD's answer: {outcome.reason}")
        self._note_refusal(answer)
        return outcome

    def _note_refusal(self, answer: session.Message) -> None:
        """Where the answer can be read: a real OFD's is encrypted, and only the register knows what it says."""
        try:
            told = confirmation.read(container.decode(answer.body))
        except ProtocolError:
            return
        if not told.accepted:
            self.account.refusal = {"fn": told.fn, "fd": told.fd, "code": told.code, "at": self.now()}
            log.error("ofd_refused_document", pos_id=self.pos_id, fn=told.fn, fd=told.fd, code=told.code)

    async def _ask(self, address: Address[Any], question: Any) -> Any:
        try:
            return await address.ask(question, within=PATIENCE)
        except (NoAnswer, trio.TooSlowError) as error:
            raise Hindered(f"{address.name} does not answer: {error!r}") from error

    def _alarm(self, code: str, reason: str) -> Hindered:
        """What comes again as long as nobody does anything."""
        message = f"Documents of {self.pos_id} do not reach the OFD: {reason}."
        return Hindered(reason, alarm=Alarm(code, Level.P2, message))

    def _succeed(self, queue: OfdQueue) -> None:
        if self.account.last_error is not None:
            log.info("relay_resumed", pos_id=self.pos_id)
        self._failures, self.account.last_error, self.account.alarm = 0, None, None
        self.account.queue = queue.waiting
        self._announce()

    def _announce(self) -> None:
        status.announce(self.status, f"ofd.{self.pos_id}", self.account.told())
