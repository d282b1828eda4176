"""The file gives the room of what was cleaned up back, in small steps; an older one is written anew first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pysqlite3.dbapi2
import pytest
from sqlalchemy import Connection

from drivers.store import shrinking
from drivers.store.database import close_database, open_database
from drivers.store.reading import open_to_read
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Known, Retention
from drivers.store.shrinking import INCREMENTAL, SPARE, STEP
from drivers.store.writer import Done, transact
from tests.samples import NOON, intent

DAY = 86_400.0
RETENTION = Retention(rows=7 * DAY, keys=400 * DAY, dead=90 * DAY, events=7 * DAY)
LIMIT = 50
PAGE, FRAME = 4096, 4120  # bytes, of the file and of its log
MANY = 3000

COPIES = """
    INSERT INTO receipts (id, pos_id, state, key, fingerprint, kind, content, baseline_fn, baseline_fd, answer,
        accepted_at, moved_at)
    WITH RECURSIVE copy(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copy WHERE number < :many)
    SELECT id || copy.number, pos_id, state, key || copy.number, fingerprint, kind, CAST(content || :words AS BLOB),
        baseline_fn, baseline_fd, answer, accepted_at, moved_at
    FROM receipts, copy
"""


class Years:
    """A store whose clock is set by hand."""

    def __init__(self, path: Path, connection: Connection) -> None:
        self.path, self.connection, self.now = path, connection, NOON
        self.store = ReceiptStore(connection, self.clock)

    def clock(self) -> datetime:
        return self.now

    def reject(self, many: int) -> None:
        """So many sales that came to nothing, each long enough for a page of its own."""
        claim = intent(key="first")
        with self.connection.begin():
            self.store.claim(claim, 1000)
            self.store.rejected(claim.receipt_id, b"no", "no")
            self.connection.exec_driver_sql(COPIES, {"many": many - 1, "words": " " * 2000})

    def clean_up(self) -> int:
        (outcome,) = transact(self.connection, self.store, [lambda store: store.clean_up(RETENTION, LIMIT)])
        assert isinstance(outcome, Done)
        return int(outcome.value)

    def pragma(self, name: str) -> object:
        with self.connection.begin():
            return self.connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    def size(self) -> int:
        """Bytes of the file, all that is in the log being written into it."""
        self.connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        return self.path.stat().st_size

    def log_size(self) -> int:
        return self.path.with_name(f"{self.path.name}-wal").stat().st_size


@contextmanager
def opened(path: Path) -> Iterator[Years]:
    connection = open_database(path)
    try:
        yield Years(path, connection)
    finally:
        close_database(connection)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kassir.db"


@pytest.fixture
def old(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of an earlier version, with some receipts."""
    other = pysqlite3.dbapi2.connect(path)
    other.execute("PRAGMA journal_mode=WAL")
    other.close()
    with monkeypatch.context() as before:
        before.setattr(shrinking, "SMALL", 0)
        with opened(path) as years:
            years.reject(100)
            assert years.pragma("auto_vacuum") == 0
    return path


def test_a_new_file_can_give_room_back(path: Path) -> None:
    with opened(path) as years:
        assert years.pragma("auto_vacuum") == INCREMENTAL


def test_after_a_clean_up_of_thousands_the_file_is_small_again_and_no_step_of_it_was_long(path: Path) -> None:
    with opened(path) as years:
        years.reject(MANY)
        full = years.size()
        years.connection.connection.driver_connection.execute("PRAGMA wal_autocheckpoint=0")  # type: ignore[union-attr]
        years.now += timedelta(days=8)
        frames, gone = [], 0
        while done := years.clean_up():
            frames.append((years.log_size() - gone) // FRAME)
            gone = years.log_size()
            assert done <= 3 * LIMIT

        assert full > MANY * PAGE / 2
        assert years.size() <= full / 4
        assert years.pragma("freelist_count") == SPARE
        assert max(frames) <= 4 * STEP + 3 * LIMIT
        assert years.pragma("integrity_check") == "ok"
        assert isinstance(years.store.recall("first", intent().fingerprint), Known)


def test_some_free_pages_are_kept_for_what_comes_tomorrow(path: Path) -> None:
    with opened(path) as years:
        years.reject(SPARE // 2)
        years.now += timedelta(days=8)
        while years.clean_up():
            pass

        free = years.pragma("freelist_count")
        assert isinstance(free, int)
        assert 0 < free < SPARE


def test_an_older_file_is_written_anew_at_its_opening_and_keeps_all_it_holds(old: Path) -> None:
    before = everything(old)

    with opened(old) as years:
        assert years.pragma("auto_vacuum") == INCREMENTAL
        assert years.pragma("journal_mode") == "wal"
        assert years.log_size() <= 10 * FRAME

    assert everything(old) == before


def test_an_older_file_that_is_large_stays_as_it_is_and_its_clean_up_comes_to_an_end(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shrinking, "SMALL", 100 * PAGE)
    monkeypatch.setattr(shrinking, "SPARE", 1)
    with opened(old) as years:
        years.now += timedelta(days=8)
        assert 0 in (years.clean_up() for _ in range(100))

        free = years.pragma("freelist_count")
        assert isinstance(free, int)
        assert free > 50
        assert years.pragma("auto_vacuum") == 0


def everything(path: Path) -> list[object]:
    """Read beside the gateway: an opening by it would write the file anew."""
    connection = open_to_read(path)
    try:
        with connection.begin():
            return [
                connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all()
                for table in ("receipts", "events", "counts", "notices", "tombstones", "alembic_version")
            ]
    finally:
        close_database(connection)
