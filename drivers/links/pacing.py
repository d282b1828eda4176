"""When the next call of one link may be made: its rate, and the pauses that the other side asks for."""

import trio

from drivers.errors import TooManyCalls
from protocols.link_policy import RatePolicy
from protocols.rate import Bucket, Rate

MOST_WAITING = 256
SOON = 1.0  # seconds: when to ask again where nobody can say
LONGEST_PAUSE = 3600.0  # seconds: an hour is believed, a typing mistake of a year is not


class Pacing:
    """First come, first served."""

    def __init__(self, name: str, policy: RatePolicy | None) -> None:
        self._name, self._rate = name, Rate(_buckets(policy))
        self._head_of_line = trio.Lock()

    async def take(self, until: float) -> float:
        """Waits for a token, at `until` the latest (Trio's clock); gives the time it is of. Raises TooManyCalls."""
        now = trio.current_time()
        if not self._head_of_line.locked() and self._rate.take(now) is None:
            return now
        waiting = self._head_of_line.statistics().tasks_waiting
        if waiting >= MOST_WAITING or until <= now:
            raise self._too_many(max(now + SOON, self._rate.held_until))
        with trio.move_on_at(until):
            async with self._head_of_line:
                return await self._wait(until)
        raise self._too_many(trio.current_time() + SOON)

    def put_back(self, taken_at: float) -> None:
        """The call was not made after all."""
        self._rate.put_back(taken_at)

    def hold(self, pause: float) -> None:
        """No calls for so many seconds."""
        self._rate.hold(trio.current_time() + min(pause, LONGEST_PAUSE))

    def configure(self, policy: RatePolicy | None) -> None:
        """Other figures from now on; what was taken stays taken."""
        self._rate = self._rate.changed(_buckets(policy))

    def left(self) -> dict[str, int]:
        """Tokens by the seconds of their period, for people."""
        now = trio.current_time()
        return {f"{bucket.seconds:g}s": bucket.left(now) for bucket in self._rate.buckets}

    async def _wait(self, until: float) -> float:
        while (at := self._rate.take(trio.current_time())) is not None:
            if at >= until:  # nobody waits for what will not come in time
                raise self._too_many(at)
            await trio.sleep_until(at)
        return trio.current_time()

    def _too_many(self, retry_at: float) -> TooManyCalls:
        return TooManyCalls(f"{self._name}: its rate allows no call now", retry_at)


def _buckets(policy: RatePolicy | None) -> list[Bucket]:
    if policy is None:
        return []
    wanted = ((policy.per_second, 1.0), (policy.per_minute, 60.0))
    return [Bucket(calls, seconds) for calls, seconds in wanted if calls is not None]
