"""How much may be under way at once, by urgency: fiscal work first (bulkhead and backpressure).

The bounds are those of the specification of the offline adapter, §3.6: 50 of high priority, 100 others; and where more
than 50 receipts wait, nothing but them and what is needed to see to them is taken.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import trio

from protocols.calls import Rank

AT_ONCE = {Rank.SOON: 50, Rank.PLAIN: 100, Rank.IDLE: 20, Rank.WATCH: 256}
"""Calls under way; fiscal work and health have no bound."""
CROWDED = 50  # receipts that wait; beyond it other work waits for another time
GIVES_WAY = frozenset({Rank.PLAIN, Rank.IDLE})
RETRY_AFTER = 2.0  # seconds


class NoRoom(Exception):
    """Not now: `waiting` receipts come first, or `under_way` calls of the same rank are enough."""

    def __init__(self, rank: Rank, waiting: int, under_way: int) -> None:
        super().__init__(f"{waiting} receipts wait, {under_way} calls of rank {rank} are under way")
        self.rank, self.waiting, self.under_way = rank, waiting, under_way


class Room:
    """Shared by everything that takes calls."""

    def __init__(self) -> None:
        self._under_way: Counter[Rank] = Counter()
        self._refused: Counter[Rank] = Counter()
        self._sales: dict[object, float] = {}  # since when each waits, oldest first
        self.changed = trio.Event()

    @contextmanager
    def place(self, rank: Rank) -> Iterator[None]:
        """Held for as long as the call is under way. Raises NoRoom; never for fiscal work, see `sale`, nor health."""
        if rank not in AT_ONCE:
            yield
            return
        waiting, under_way = len(self._sales), self._under_way[rank]
        if under_way >= AT_ONCE[rank] or (waiting > CROWDED and rank in GIVES_WAY):
            self._refused[rank] += 1
            self.changed.set()
            raise NoRoom(rank, waiting, under_way)
        self._under_way[rank] += 1
        self.changed.set()
        try:
            yield
        finally:
            self._under_way[rank] -= 1
            self.changed.set()

    @contextmanager
    def sale(self) -> Iterator[None]:
        """Held by fiscal work from when all of its request is there: a body that never comes keeps nobody waiting."""
        me = object()
        self._sales[me] = trio.current_time()
        self.changed.set()
        try:
            yield
        finally:
            del self._sales[me]
            self.changed.set()

    def under_way(self, rank: Rank) -> int:
        return self._under_way[rank]

    def figures(self) -> dict[str, Any]:
        """`waiting`: fiscal work that has no answer yet, and for how many seconds the oldest of it. `viewers`: of the
        status stream."""
        since = next(iter(self._sales.values()), None)
        return {
            "waiting": len(self._sales),
            "oldest_s": 0.0 if since is None else round(trio.current_time() - since, 1),
            "viewers": self._under_way[Rank.WATCH],
            "crowded": len(self._sales) > CROWDED,
            "refused": {rank.value: self._refused[rank] for rank in AT_ONCE},
        }
