"""Runs work on the receipts in transactions: many pieces under one fsync, one thread at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, TypeVarTuple, Unpack

import trio
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, NotSupportedError, ProgrammingError

from drivers.store.ballast import Ballast, Reserve, ballast_of
from drivers.store.database import NO_ROOM, close_database, code_of, open_database
from drivers.store.opening import Open, open_store
from drivers.store.receipts import ReceiptStore
from drivers.threads import InThread
from protocols.errors import FailStop

A = TypeVarTuple("A")
R = TypeVar("R")
Work = Callable[[ReceiptStore], Any]


@dataclass(frozen=True, slots=True)
class Done:
    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """This piece of work was taken back; its neighbours were not."""

    error: Exception


class NoRoom(Exception):
    """The disk is full. SQLite has taken the work back whole, and goes on once there is room."""


class Store(Protocol):
    """The port that BufferActor writes through: an async context manager around `transact`."""

    @property
    def reserve(self) -> Reserve:
        """Room on disk for what must be written."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def transact(self, pieces: Sequence[Work]) -> list[Done | Failed]:
        """All pieces in one durable transaction, in order; a failing one is taken back alone.

        When this returns, what is `Done` is on disk; what did not fit there is `Failed(NoRoom())`.
        Raises FailStop for an I/O error: then nobody knows.
        """


class Writer:
    """The SQLite file, open for as long as the context lasts. `opens` is what opens it, `open_database` as a rule."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        *,
        reserve: Reserve | None = None,
        in_thread: InThread = trio.to_thread.run_sync,
        opens: Open = open_database,
    ) -> None:
        self._path, self._now, self._in_thread, self._opens = path, now, in_thread, opens
        self._reserve = reserve or Ballast(ballast_of(path))
        self._thread = trio.CapacityLimiter(1)

    @property
    def reserve(self) -> Reserve:
        return self._reserve

    async def __aenter__(self) -> Self:
        self._connection = await self._run(open_store, self._path, self._reserve, self._now, self._opens)
        self._store = ReceiptStore(self._connection, self._now)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with trio.CancelScope(shield=True):  # a thread's work cannot be interrupted anyway
            await self._run(close_database, self._connection)

    async def transact(self, pieces: Sequence[Work]) -> list[Done | Failed]:
        return await self._run(transact, self._connection, self._store, pieces)

    async def _run(self, function: Callable[[Unpack[A]], R], *args: *A) -> R:
        # not abandoned on cancel: when this returns, the work is done, and when it raises Cancelled, it never began
        return await self._in_thread(function, *args, limiter=self._thread)


# what a piece of work can do wrong by itself; any other error of the database is one of the disk or the file
OF_THE_PIECE = (IntegrityError, DataError, ProgrammingError, NotSupportedError)


def transact(connection: Connection, store: ReceiptStore, pieces: Sequence[Work]) -> list[Done | Failed]:
    """See Store.transact."""
    try:
        with connection.begin():
            return [Done(piece(store)) for piece in pieces]
    except Exception as error:
        full = code_of(error) in NO_ROOM
        if isinstance(error, DatabaseError) and not isinstance(error, OF_THE_PIECE) and not full:
            raise FailStop(f"the receipts cannot be written: {error.orig}") from error
        if len(pieces) == 1:  # whatever it was, it belongs to one piece, not to its neighbours
            return [Failed(NoRoom() if full else error)]
    return [outcome for piece in pieces for outcome in transact(connection, store, [piece])]
