"""How a link asks its breaker, an actor, for leave; see drivers.links.Gate."""

from dataclasses import dataclass

import structlog
import trio

from actors.circuit_breaker import PATIENCE, SOON, Acquire, GiveBack, Message
from actors.mailbox import ActorDied, Address, NoAnswer
from drivers.errors import CircuitOpen, NoCallNow
from protocols.breaker import Outcome, Permit, Shut

log = structlog.get_logger()


@dataclass(frozen=True)
class BreakerGate:
    """Of one link. A permit that nobody can use any more goes back."""

    link: str
    breaker: Address[Message]

    async def acquire(self) -> Permit:
        question = Acquire()
        answer: Permit | Shut | None = None
        try:
            self.breaker.tell(question)
            with trio.move_on_after(PATIENCE):
                answer = await question.wait()
        except NoAnswer:
            answer = None
        finally:
            if answer is None:
                self._return_unread(question)
            question.leave()
        match answer:
            case Permit():
                return answer
            case Shut(retry_at=retry_at):
                raise CircuitOpen(f"the breaker of {self.link} keeps calls back", retry_at)
            case None:
                raise NoCallNow(f"the breaker of {self.link} does not answer", trio.current_time() + SOON)

    def give_back(self, permit: Permit, outcome: Outcome, took: float) -> None:
        try:
            self.breaker.tell(GiveBack(permit, outcome, took))
        except NoAnswer as error:  # a probe's place is free again when its time is over
            log.warning("permit_not_given_back", link=self.link, reason=repr(error))

    def _return_unread(self, question: Acquire) -> None:
        """We were cancelled, or gave up, in the very step in which the answer came."""
        try:
            answer = question.answer_now()
        except (trio.WouldBlock, ActorDied):
            return
        if isinstance(answer, Permit):
            self.give_back(answer, Outcome.UNUSED, 0.0)
