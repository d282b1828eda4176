"""How fast a queue is worked off, measured over the time in which somebody works on it. Pure: the caller brings the
time (seconds, any steady clock).
"""

from collections import deque

LOOKED_AT = 50  # pieces: about a minute of deliveries


class Pace:
    """Told of each piece as it begins and ends; several may be under way at once."""

    def __init__(self) -> None:
        self._under_way = 0
        self._busy, self._busy_since = 0.0, 0.0
        self._ends: deque[float] = deque(maxlen=LOOKED_AT + 1)  # how long anybody had worked when each was done

    def begin(self, now: float) -> None:
        if self._under_way == 0:
            self._busy_since = now
            if not self._ends:
                self._ends.append(self._busy)
        self._under_way += 1

    def end(self, now: float, *, done: bool) -> None:
        """`done`: it is off the queue."""
        if done:
            self._ends.append(self._busy + now - self._busy_since)
        self._under_way -= 1
        if self._under_way == 0:
            self._busy += now - self._busy_since

    @property
    def seconds_each(self) -> float | None:
        """Of work for a piece, by the newest; None before the first."""
        pieces = len(self._ends) - 1
        return (self._ends[-1] - self._ends[0]) / pieces if pieces > 0 else None
