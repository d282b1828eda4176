"""OFDRelayActor: carries one register's documents to the OFD, as its fiscal drive made them, and the answers back.

The drive hands its messages out one by one and keeps each until it has taken the answer, so a cut anywhere loses
nothing: the same message is fetched and sent again, and the OFD knows it by its numbers. Nothing here prints.
"""

from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, TypeVar

import structlog
import trio

from actors import buffer, deliveries, notices, status
from actors.diary import Diary
from actors.kkt import actor as kkt
from actors.kkt.carriage import AnswerRefused, Interrupted, Outgoing
from actors.kkt.trouble import NotReady
from actors.mailbox import Address, Ask, NoAnswer, is_closing, next_message, waiting
from actors.ofd_relay_account import Account, Hindered
from actors.ofd_sync import Wake
from drivers.clock import Now
from drivers.errors import LinkError, NoCallNow
from drivers.links import Link
from drivers.ofd_session import Courier
from protocols.alarm import Alarm, Level
from protocols.errors import ProtocolError
from protocols.fiscal import OfdQueue
from protocols.ofd import confirmation, container, session

log = structlog.get_logger()

Message = Wake
News = notices.Note | buffer.WayOpen  # to the buffer
R = TypeVar("R")

PATIENCE = 60.0  # seconds to wait for the register, which may be printing or settling, and for the buffer


@dataclass(frozen=True)
class Policy:
    """Seconds. After a failure the pause is any up to a bound that doubles from `first_pause` to `longest_pause`."""

    shortest_pause: float = 1.0  # where the link says when a call may be made
    first_pause: float = 5.0
    longest_pause: float = 300.0
    look_every: float = 60.0  # though nobody said that a document waits

    def bound(self, failures: int) -> float:
        return min(self.longest_pause, self.first_pause * 2.0 ** min(failures - 1, 30))


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

    def __post_init__(self) -> None:
        self.name = f"ofd.{self.pos_id}"
        self._fn: str | None = None  # of the drive, once it had something to send
        self._stood: tuple[str, int] | None = None  # drive and first document without an answer, after the last one
        self._diary = Diary(self.name, self.buffer)

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
            for news in [message, *waiting(self.inbox, 1000)]:  # one pass serves all of them
                if not isinstance(news, Wake | None):
                    raise TypeError(f"not a message of this actor: {news!r}")
            if message is not None and may_wake:
                return True
        return not is_closing(self.inbox)

    def _pause(self, hindrance: Hindered) -> float:
        """Full jitter: registers of one shop do not all come back at once."""
        alarm = hindrance.alarm
        if alarm is not None and alarm != self.account.alarm:
            log.error("relay_alarm", pos_id=self.pos_id, code=alarm.code, message=alarm.message)
        elif self.account.hindrance is None:
            log.warning("relay_hindered", pos_id=self.pos_id, reason=str(hindrance))
        self.account.hinder(hindrance)
        if hindrance.retry_at is not None:  # no call was made, so none has failed
            wait = hindrance.retry_at - trio.current_time()
            return min(max(wait, self.policy.shortest_pause), self.policy.longest_pause)
        self._failures += 1
        if alarm is not None:
            return self.random.uniform(self.policy.longest_pause / 2, self.policy.longest_pause)
        return self.random.uniform(0, self.policy.bound(self._failures))

    async def _carry_all(self) -> None:
        """One document after another. Raises Hindered."""
        while not is_closing(self.inbox):
            outgoing = await self._fetch()
            if outgoing is None:
                self._resume(0)
                return
            answer = await self._send(outgoing)
            queue = await self._put(answer)
            self._check_progress(queue)
            self.account.carried += 1
            self.account.last_success = self.now()
            self._resume(queue.waiting)
            await self._ask(self.buffer, deliveries.Confirmed(queue.fn, queue.unconfirmed))

    async def _fetch(self) -> Outgoing | None:
        found = await self._ask(self.kkt, kkt.FetchMessage())
        if isinstance(found, NotReady | Interrupted):
            raise _hindered_by(found)
        if found is not None:
            self._fn, self.account.queue = found.fn, found.waiting
            self._check(found)
        return found

    def _check(self, outgoing: Outgoing) -> None:
        try:
            message = session.decode(outgoing.message)
        except ProtocolError as error:
            raise self._alarm(
                "OFD_MESSAGE_MALFORMED", f"the register's message for the OFD is none: {error}"
            ) from error
        if message.fn != outgoing.fn:
            raise self._alarm("OFD_MESSAGE_FOREIGN", f"the message is of drive {message.fn}, not of {outgoing.fn}")

    async def _send(self, outgoing: Outgoing) -> session.Message:
        try:
            answer = await self.link.call(partial(self.courier.exchange, outgoing.message), repeatable=True)
        except NoCallNow as error:
            raise Hindered(str(error), retry_at=error.retry_at) from error
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
        if isinstance(outcome, NotReady | Interrupted):
            raise _hindered_by(outcome)
        if isinstance(outcome, AnswerRefused):
            raise self._alarm("OFD_ANSWER_REFUSED", f"the fiscal drive refuses the OFD's answer: {outcome.reason}")
        self._note_refusal(answer)
        return outcome

    def _check_progress(self, queue: OfdQueue) -> None:
        """Raises Hindered where it stands as after the answer before: else the OFD would get one message on and on."""
        before, self._stood = self._stood, (queue.fn, queue.unconfirmed)
        if self._stood == before:
            raise self._alarm(
                "OFD_ANSWER_WITHOUT_EFFECT",
                f"the drive took the answer to document {queue.unconfirmed} and still has it",
            )

    def _note_refusal(self, answer: session.Message) -> None:
        """Where the answer can be read: a real OFD's is encrypted, and only the register knows what it says."""
        try:
            told = confirmation.read(container.decode(answer.body))
        except ProtocolError:
            return
        if told.accepted:
            return
        self.account.refusal = {"fn": told.fn, "fd": told.fd, "code": told.code, "at": self.now()}
        log.error("ofd_refused_document", pos_id=self.pos_id, fn=told.fn, fd=told.fd, code=told.code)
        message = f"The OFD finds document {told.fd} of drive {told.fn} bad (code {told.code}): have it looked at."
        self._tell(notices.Note(self.name, "OFD_DOCUMENT_BAD", Level.P2, message))

    def _tell(self, message: News) -> None:
        """A notice that gets lost stands in the log, and how the way is is told again at the next pulse."""
        try:
            self.buffer.tell(message)
        except NoAnswer as error:
            log.debug("buffer_not_told", pos_id=self.pos_id, reason=repr(error))

    async def _ask(self, address: Address[Any], question: Ask[R]) -> R:
        try:
            return await address.ask(question, within=PATIENCE)
        except (NoAnswer, trio.TooSlowError) as error:
            raise Hindered(f"{address.name} does not answer: {error!r}", waits=True, may_wake=True) from error

    def _alarm(self, code: str, reason: str) -> Hindered:
        """What comes again as long as nobody does anything."""
        message = f"Documents of {self.pos_id} do not reach the OFD: {reason}."
        return Hindered(reason, alarm=Alarm(code, Level.P2, message))

    def _resume(self, queue: int) -> None:
        if self.account.hindrance is not None:
            log.info("relay_resumed", pos_id=self.pos_id)
        self._failures = 0
        self.account.resume(queue)
        self._announce()

    def _announce(self) -> None:
        self._diary.note((self.account.alarm,) if self.account.alarm else ())
        if self._fn is not None:
            self._tell(buffer.WayOpen(self.account.way_open, fn=self._fn))
        status.announce(self.status, self.name, self.account.told())


def _hindered_by(register: NotReady | Interrupted) -> Hindered:
    if isinstance(register, Interrupted):
        return Hindered(register.reason, waits=True)
    return Hindered(register.message, waits=True, may_wake=True)
