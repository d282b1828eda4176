"""CircuitBreakerActor: whether one outward link may be called now. One actor a link; it answers and announces."""

from dataclasses import dataclass
from typing import assert_never

import structlog
import trio

from actors import status
from actors.mailbox import Address, Ask, next_message, turn
from protocols.breaker import Breaker, Outcome, Permit, Settings, Shut

log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class Acquire(Ask[Permit | Shut]):
    """Leave for one call. `Shut.retry_at` is on Trio's clock."""


@dataclass(frozen=True)
class GiveBack:
    """The call is over."""

    permit: Permit
    outcome: Outcome


Message = Acquire | GiveBack


@dataclass(eq=False)
class CircuitBreakerActor:
    inbox: trio.MemoryReceiveChannel[Message]
    link: str
    settings: Settings
    status: Address[status.Message]

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        self._breaker = Breaker(self.settings)
        task_status.started()
        self._announce()
        while True:
            try:
                message = await next_message(self.inbox, until=trio.current_time() + status.PULSE)
            except trio.EndOfChannel:
                return
            before = self._breaker.state
            if message is not None:
                with turn(message):
                    self._take(message)
            if self._breaker.state is not before:
                log.info("breaker_changed", link=self.link, before=before, after=self._breaker.state)
            if message is None or self._breaker.state is not before:
                self._announce()

    def _take(self, message: Message) -> None:
        match message:
            case Acquire():
                message.answer(self._breaker.acquire(trio.current_time()))
            case GiveBack(permit=permit, outcome=outcome):
                self._breaker.give_back(permit, outcome, trio.current_time())
            case _:
                assert_never(message)

    def _announce(self) -> None:
        status.announce(self.status, f"breaker.{self.link}", {"state": self._breaker.state.value})
