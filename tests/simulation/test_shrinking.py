"""A file that shrinks, killed or without power at any operation: it is whole, and tells what it told before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Connection

from drivers.store import shrinking
from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Retention
from drivers.store.writer import Done, transact
from tests.samples import NOON, intent
from tests.simulation.disk import Disk, How
from tests.simulation.sqlite_module import on
from tests.simulation.test_disk import PATH

HOW: list[How] = ["kill", "drop", "mix"]
KEEPS_KEYS = Retention(rows=1.0, keys=1e9, dead=1e9, events=1.0)


@contextmanager
def opened(disk: Disk) -> Iterator[Connection]:
    connection = open_database(PATH, on(disk))
    try:
        yield connection
    finally:
        close_database(connection)


def told(connection: Connection) -> list[tuple[object, ...]]:
    """What each key hears, whether its row is there or cleaned up. The file is whole."""
    with connection.begin():
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        rows = connection.exec_driver_sql(
            "SELECT key, id, answer FROM receipts UNION SELECT key, id, answer FROM tombstones ORDER BY key"
        )
        return [tuple(row) for row in rows]


def reject(connection: Connection, many: int) -> None:
    store = ReceiptStore(connection, lambda: NOON)
    with connection.begin():
        for number in range(many):
            claim = intent(key=f"key-{number}", receipt_id=f"receipt-{number}")
            store.claim(claim, 1000)
            store.rejected(claim.receipt_id, b"no", "no" * 500)


def moments(disk: Disk) -> list[Disk]:
    """Grows by the disk just before each operation that is to come."""
    found: list[Disk] = []
    disk.before = lambda operation: found.append(disk.copy())
    return found


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A file of an earlier version."""
    disk = Disk()
    module = on(disk)
    earlier = module.connect(str(PATH))
    earlier.execute("PRAGMA journal_mode=WAL")
    earlier.close()
    with monkeypatch.context() as before:
        before.setattr(shrinking, "SMALL", 0)
        with opened(disk) as connection:
            reject(connection, 20)
    return disk


@pytest.mark.parametrize("how", HOW)
def test_an_older_file_that_is_written_anew_loses_nothing_at_any_operation(old: Disk, how: How) -> None:
    with opened(old.copy()) as connection:
        before = told(connection)
    found = moments(old)
    with opened(old):
        pass

    assert len(before) == 20
    assert len(found) > 50
    for number, disk in enumerate(found):
        with opened(disk.freeze(Random(number), how)) as connection:
            assert told(connection) == before, f"operation {number}"


def test_an_older_file_without_room_to_be_written_anew_is_opened_as_it_is(old: Disk) -> None:
    old.room = old.used() + 8 * 4096

    with opened(old) as connection:
        assert len(told(connection)) == 20
        with connection.begin():
            assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() == 0
        assert old.size("kassir.db-wal") < 8 * 4096


@pytest.mark.parametrize("how", HOW)
def test_pages_that_are_given_back_take_nothing_with_them_at_any_operation(
    how: How, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shrinking, "SPARE", 1)
    monkeypatch.setattr(shrinking, "STEP", 4)
    disk = Disk()
    with opened(disk) as connection:
        reject(connection, 60)
    size = disk.size("kassir.db")
    with opened(disk) as connection:
        before = told(connection)
        found = moments(disk)
        clean_up(connection)
        given = told(connection)
    assert given == before
    assert disk.size("kassir.db") < size
    for number, moment in enumerate(found[::3]):
        with opened(moment.freeze(Random(number), how)) as connection:
            assert told(connection) == before, f"operation {number}"


def clean_up(connection: Connection) -> None:
    store = ReceiptStore(connection, lambda: NOON + timedelta(days=1))
    while True:
        (outcome,) = transact(connection, store, [lambda store: store.clean_up(KEEPS_KEYS, 10)])
        assert isinstance(outcome, Done)
        if not outcome.value:
            return
