"""What the machines on the receipts' file share: the file, a wall clock, and closing and opening at any step."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.writer import Done, Failed, transact
from tests.samples import NOON

R = TypeVar("R")

DAY = 86_400.0
MEMORY = Path("/dev/shm")  # a commit there waits for no disk, and no machine here cuts the power


@cache
def fresh() -> bytes:
    """A database without receipts: made once, for the tables take longer to make than a whole example."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kassir.db"
        close_database(open_database(path))
        return path.read_bytes()


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.path = self.folder / "kassir.db"
        self.path.write_bytes(fresh())
        self.now = NOON
        self.open()

    def open(self) -> None:
        self.connection = open_database(self.path)
        self.store = ReceiptStore(self.connection, lambda: self.now)

    @rule()
    def close_and_open(self) -> None:
        """Nothing of what the model knows may change by it."""
        close_database(self.connection)
        self.open()

    @rule(hours=st.sampled_from([1, 24, -1]))
    def wait(self, hours: int) -> None:
        """The wall clock may also be set back."""
        self.now += timedelta(hours=hours)

    def ago(self, seconds: float) -> datetime:
        return self.now - timedelta(seconds=seconds)

    def transact(self, *pieces: Callable[[ReceiptStore], Any]) -> list[Done | Failed]:
        """Together, as BufferActor does it under load."""
        return transact(self.connection, self.store, pieces)

    def run(self, work: Callable[[ReceiptStore], R]) -> R:
        """In a transaction of its own; a failure is the failure of the test."""
        (outcome,) = self.transact(work)
        if isinstance(outcome, Failed):
            raise outcome.error
        found: R = outcome.value
        return found

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with self.connection.begin():
            return [tuple(row) for row in self.connection.exec_driver_sql(query)]

    def teardown(self) -> None:
        close_database(self.connection)
        shutil.rmtree(self.folder)
