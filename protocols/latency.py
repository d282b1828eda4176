"""How long receipts take from the till's request to paper. Pure."""

from collections import deque
from math import ceil

MOST = 200  # receipts
WINDOW = 900.0  # seconds: what was slow this morning is not slow now


class Latencies:
    """Of the last receipts of one register. Times are of a steady clock, in seconds."""

    def __init__(self) -> None:
        self._taken = deque[tuple[float, float]](maxlen=MOST)

    def add(self, seconds: float, now: float) -> None:
        self._taken.append((now, max(0.0, seconds)))

    def p95(self, now: float) -> float | None:
        """What nineteen of twenty did not exceed (nearest rank); None if nothing was printed lately."""
        while self._taken and self._taken[0][0] <= now - WINDOW:
            self._taken.popleft()
        in_order = sorted(seconds for _, seconds in self._taken)
        return in_order[ceil(0.95 * len(in_order)) - 1] if in_order else None
