"""The real receipts on the real SQLite file, without a thread: a virtual clock does not see threads and would jump."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, TypeVarTuple, Unpack

import trio

from drivers.clock import utc_now
from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.writer import Done, Failed, Work, transact

A = TypeVarTuple("A")
R = TypeVar("R")


@dataclass
class FakeReserve:
    """Room on disk that stands or not, and how often it was spent."""

    stands: bool = True
    spent: int = 0

    def in_place(self) -> bool:
        return self.stands

    def spend(self) -> bool:
        self.spent += 1
        return True


async def in_place(function: Callable[[Unpack[A]], R], /, *args: *A, limiter: trio.CapacityLimiter | None = None) -> R:
    """Stands in for a thread."""
    await trio.lowlevel.checkpoint()
    return function(*args)


class InlineStore:
    """Stands in for `drivers.store.writer.Writer`.

    `transactions`: how many pieces each one had. `takes`: virtual seconds a transaction lasts. `crashes`: errors that
    the next transactions end in, before their work or after it is on disk; None for one that passes.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._path, self._now = path, now
        self.reserve = FakeReserve()
        self.transactions: list[int] = []
        self.takes = 0.0
        self.crashes = deque[tuple[Literal["before", "after"], Exception] | None]()

    async def __aenter__(self) -> Self:
        self.connection = open_database(self._path)
        self.receipts = ReceiptStore(self.connection, self._now)
        return self

    async def __aexit__(self, *_: object) -> None:
        close_database(self.connection)

    async def transact(self, pieces: Sequence[Work]) -> list[Done | Failed]:
        await trio.sleep(self.takes)
        when, error = (self.crashes.popleft() if self.crashes else None) or ("", None)
        if error is not None and when == "before":
            raise error
        self.transactions.append(len(pieces))
        outcomes = transact(self.connection, self.receipts, pieces)
        if error is not None:
            raise error
        return outcomes

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What is on disk, asked in SQL."""
        with self.connection.begin():
            return [tuple(row) for row in self.connection.exec_driver_sql(query)]
