"""How many calls of one link are out at once, and how many wait for their turn: a slow system takes no more of us."""

import trio

from drivers.errors import TooManyCalls
from protocols.link_policy import BulkheadPolicy

SOON = 1.0  # seconds: when to ask again where nobody can say


class Bulkhead:
    """First come, first served. `holder`: whatever object stands for the call."""

    def __init__(self, name: str, policy: BulkheadPolicy) -> None:
        self._name, self._policy = name, policy
        self._places = trio.CapacityLimiter(policy.in_flight)

    @property
    def in_flight(self) -> int:
        return int(self._places.borrowed_tokens)

    @property
    def waiting(self) -> int:
        return self._places.statistics().tasks_waiting

    async def enter(self, holder: object, until: float) -> None:
        """A place, at `until` the latest (Trio's clock). Raises TooManyCalls."""
        try:
            self._places.acquire_on_behalf_of_nowait(holder)
        except trio.WouldBlock:
            await self._wait(holder, until)

    def leave(self, holder: object) -> None:
        self._places.release_on_behalf_of(holder)

    def configure(self, policy: BulkheadPolicy) -> None:
        """Calls that are out stay out; those that wait go on waiting."""
        self._policy = policy
        self._places.total_tokens = policy.in_flight

    async def _wait(self, holder: object, until: float) -> None:
        now = trio.current_time()
        if self.waiting >= self._policy.queue or until <= now:
            raise TooManyCalls(f"{self._name}: {self.in_flight} calls are out and {self.waiting} wait", now + SOON)
        with trio.move_on_at(min(until, now + self._policy.wait)):
            await self._places.acquire_on_behalf_of(holder)
            return
        now = trio.current_time()
        raise TooManyCalls(f"{self._name}: no place came free among {self.in_flight} calls", now + SOON)
