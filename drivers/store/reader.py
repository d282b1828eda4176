"""Questions to the store that keep no sale waiting: asked beside the writer, each on a connection of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import trio
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from drivers.store.database import CannotOpen, close_database, code_of
from drivers.store.reading import open_to_read
from drivers.threads import InThread

R = TypeVar("R")

AT_ONCE = 2  # a long question, such as one about a week, leaves a place for short ones


class Reader(Protocol):
    """The port that the facade reads receipts through."""

    async def read(self, question: Callable[[Connection], R]) -> R:
        """What the question finds in what is committed at this instant. Raises CannotOpen while that cannot be read."""


class StoreReader:
    def __init__(self, path: Path, in_thread: InThread = trio.to_thread.run_sync) -> None:
        self._path, self._in_thread = path, in_thread
        self._places = trio.CapacityLimiter(AT_ONCE)

    async def read(self, question: Callable[[Connection], R]) -> R:
        """See Reader."""
        return await self._in_thread(ask, self._path, question, limiter=self._places)


def ask(path: Path, question: Callable[[Connection], R]) -> R:
    """See Reader. One transaction, so all that the question sees is of one instant."""
    try:
        connection = open_to_read(path)
        try:
            with connection.begin():
                return question(connection)
        finally:
            close_database(connection)
    except DatabaseError as error:
        raise CannotOpen(f"the receipts in {path} cannot be read: {error.orig}", code_of(error)) from error
