"""How often a link may be called: tokens, each of which comes back when its time is over. Pure: the caller brings the
time (seconds, any steady clock).

A bucket that is filled drop by drop would let through twice its size within one of its periods: all that it holds, and
all that drips in meanwhile. Those who count our calls count just that. So here a token comes back a whole period after
it was taken, and no more than `calls` ever fall into any stretch of `seconds`.
"""

from collections import deque
from collections.abc import Sequence


class Bucket:
    """At most `calls` in any `seconds`."""

    def __init__(self, calls: int, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds
        self._taken: deque[float] = deque()  # tokens that are not back yet, oldest first

    def free_at(self, now: float) -> float:
        """When there is a token; `now` at the earliest."""
        self._trim(now)
        too_many = len(self._taken) - self.calls
        return now if too_many < 0 else self._taken[too_many] + self.seconds

    def take(self, at: float) -> None:
        self._taken.append(at)

    def put_back(self, at: float) -> None:
        """The token that was taken then was not needed. One that has come back meanwhile is none any more."""
        if at in self._taken:
            self._taken.remove(at)

    def left(self, now: float) -> int:
        self._trim(now)
        return max(0, self.calls - len(self._taken))

    def inherit(self, other: "Bucket") -> None:
        """Takes over what was taken from another of the same period."""
        self._taken = other._taken

    def _trim(self, now: float) -> None:
        while self._taken and self._taken[0] + self.seconds <= now:
            self._taken.popleft()


class Rate:
    """Several buckets, of all of which a call takes a token; none of them: any number of calls."""

    def __init__(self, buckets: Sequence[Bucket] = ()) -> None:
        self.buckets = tuple(buckets)
        self._held_until = float("-inf")

    def take(self, now: float) -> float | None:
        """None: the call may be made, and a token of this `now` is taken. Else when to ask again."""
        at = max((bucket.free_at(now) for bucket in self.buckets), default=now)
        at = max(at, self._held_until)
        if at > now:
            return at
        for bucket in self.buckets:
            bucket.take(now)
        return None

    def put_back(self, taken_at: float) -> None:
        """The call was not made after all."""
        for bucket in self.buckets:
            bucket.put_back(taken_at)

    def hold(self, until: float) -> None:
        """No calls until then: the other side asked for a pause."""
        self._held_until = max(self._held_until, until)

    def release(self) -> None:
        """The pause is over, whatever was asked for."""
        self._held_until = float("-inf")

    @property
    def held_until(self) -> float:
        return self._held_until

    def changed(self, buckets: Sequence[Bucket]) -> "Rate":
        """With other buckets, which know what was taken from those of the same period."""
        other = Rate(buckets)
        other.hold(self._held_until)
        for bucket in other.buckets:
            for old in self.buckets:
                if old.seconds == bucket.seconds:
                    bucket.inherit(old)
        return other
