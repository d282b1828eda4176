"""When the next call of one link may be made: its rate, and the pauses that the other side asks for."""

import trio

from drivers.errors import NoCallNow, Paused, TooManyCalls
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
        """Waits for a token, at `until` the latest (Trio's clock); gives the time it is of. Raises NoCallNow."""
        now = trio.current_time()
        if not self._head_of_line.locked() and self._rate.take(now) is None:
            return now
        waiting = self._head_of_line.statistics().tasks_waiting
        if waiting >= MOST_WAITING or until <= now:
            raise self._no_call(now + SOON)
        with trio.move_on_at(until):
            async with self._head_of_line:
                return await self._wait(until)
        raise self._no_call(trio.current_time() + SOON)

    def put_back(self, taken_at: float) -> None:
        """The call was not made after all."""
        self._rate.put_back(taken_at)

    def hold(self, pause: float) -> None:
        """No calls for so many seconds."""
        self._rate.hold(trio.current_time() + min(pause, LONGEST_PAUSE))

    def resume(self) -> None:
        """Calls at once, though the other side asked for a pause."""
        self._rate.release()

    @property
    def paused_for(self) -> float:
        """Seconds that are left of the pause that the other side asked for; 0 where there is none."""
        return max(0.0, self._rate.held_until - trio.current_time())

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
                raise self._no_call(at)
            await trio.sleep_until(at)
        return trio.current_time()

    def _no_call(self, retry_at: float) -> NoCallNow:
        if pause := self.paused_for:
            message = f"{self._name}: the other side asked for a pause, of which {pause:.0f} s are left"
            return Paused(message, max(retry_at, self._rate.held_until))
        return TooManyCalls(f"{self._name}: its rate allows no call now", retry_at)


def _buckets(policy: RatePolicy | None) -> list[Bucket]:
    if policy is None:
        return []
    wanted = ((policy.per_second, 1.0), (policy.per_minute, 60.0))
    return [Bucket(calls, seconds) for calls, seconds in wanted if calls is not None]
