"""How often children may fail: OTP's restart intensity, and the wait before each restart."""

from collections import deque
from dataclasses import dataclass
from random import Random


class RestartsExhausted(Exception):
    """A supervisor's budget is spent; its parent must decide."""


@dataclass(frozen=True)
class Budget:
    """`restarts` is the burst that is tolerated within `per` seconds. The wait before a restart starts at
    `backoff` seconds and doubles with each restart still in the window, up to `ceiling`; half of it is jitter.
    """

    restarts: int
    per: float
    backoff: float = 0.1
    ceiling: float = 30.0


class Ledger:
    """The restarts of one run of a supervisor. Pure: the caller brings the time and the chance."""

    def __init__(self, budget: Budget, random: Random) -> None:
        self._budget, self._random = budget, random
        self._spent: deque[float] = deque()

    def spend(self, now: float) -> float:
        """Seconds to wait before the restart that is now due. Raises RestartsExhausted."""
        while self._spent and self._spent[0] <= now - self._budget.per:
            self._spent.popleft()
        if len(self._spent) >= self._budget.restarts:
            raise RestartsExhausted(f"{self._budget.restarts} restarts within {self._budget.per:g} s did not help")
        self._spent.append(now)
        # doubling ends before the float does: 2**30 already passes any ceiling
        longest = min(self._budget.ceiling, self._budget.backoff * 2.0 ** min(len(self._spent) - 1, 30))
        return longest * (0.5 + self._random.random() / 2)
