"""How often one client may call: its own tokens, so that one that runs wild takes nothing from the others."""

import trio
from cachetools import LRUCache

from protocols.rate import Bucket

CLIENTS = 4096  # remembered; whoever was silent for longest is forgotten first
SECOND = 1.0


class Rates:
    """`calls` in any second, for each client; None: as many as it likes."""

    def __init__(self, calls: int | None) -> None:
        self._calls = calls
        self._buckets: LRUCache[str, Bucket] = LRUCache(CLIENTS)
        self.refused = 0

    def take(self, client: str, at_least: int = 0) -> float | None:
        """None: it may call now. Else after how many seconds. `at_least`: so often it may call in any case."""
        if self._calls is None:
            return None
        now = trio.current_time()
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = Bucket(max(self._calls, at_least), SECOND)
        free_at = bucket.free_at(now)
        if free_at > now:
            self.refused += 1
            return free_at - now
        bucket.take(now)
        return None
