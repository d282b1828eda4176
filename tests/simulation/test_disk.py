"""The simulated disk under the shipped store: FULL loses nothing at any operation, and what would lose is found out."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import apsw
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from drivers.store import database
from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.writer import Done, Work, transact
from protocols.errors import FailStop
from tests.samples import NOON, document, intent, sale
from tests.simulation.disk import Disk, How, Operation, What
from tests.simulation.file import SECTOR
from tests.simulation.sqlite_module import on

PATH = Path("kassir.db")
HOW: list[How] = ["kill", "drop", "mix"]

Events = list[tuple[int, str, str | None]]


class Killed(BaseException):
    """The process ends here; nothing in it may catch that."""


@contextmanager
def opened(disk: Disk) -> Iterator[Connection]:
    connection = open_database(PATH, on(disk))
    try:
        yield connection
    finally:
        close_database(connection)


def events(connection: Connection) -> Events:
    with connection.begin():
        query = "SELECT receipt, state, detail FROM events ORDER BY number"
        return [(row.receipt, row.state, row.detail) for row in connection.exec_driver_sql(query)]


def moves(connection: Connection) -> Iterator[None]:
    """Two receipts from their claim to the OFD; each step is one acknowledged transaction."""
    store = ReceiptStore(connection, lambda: NOON)
    for number in (1, 2):
        for step in life(number):
            (outcome,) = transact(connection, store, [step])
            assert isinstance(outcome, Done)
            yield


def life(number: int) -> list[Work]:
    name, order = f"receipt-{number}", intent(fd=number - 1, key=f"key-{number}", receipt_id=f"receipt-{number}")
    return [
        lambda store: store.claim(order, 200),
        lambda store: store.printed(name, document(number), way_open=True),
        lambda store: store.take([]),
        lambda store: store.synced(name, f"ofd-{number}"),
    ]


def work(disk: Disk, acknowledged: list[Events]) -> None:
    """A whole life of the process on this disk. `acknowledged` grows by what stands there after each transaction."""
    with opened(disk) as connection:
        for _ in moves(connection):
            acknowledged.append(events(connection))


def histories(disk: Disk) -> list[tuple[Disk, int]]:
    """The disk just before each of its operations and at the end, with the number of acknowledged transactions."""
    found: list[tuple[Disk, int]] = []
    acknowledged: list[Events] = []
    disk.before = lambda operation: found.append((disk.copy(), len(acknowledged)))
    work(disk, acknowledged)
    return [*found, (disk.copy(), len(acknowledged))]


def fresh() -> Disk:
    """With the schema and nothing else."""
    disk = Disk()
    with opened(disk):
        pass
    return disk


def every(what: What, code: int, *, first: int = 1, last: int = 1) -> Callable[[Operation], None]:
    """Fails the operations of this kind from the `first` to the `last` of them."""
    met = 0

    def fail(operation: Operation) -> None:
        nonlocal met
        met += operation.what == what
        if operation.what == what and first <= met <= last:
            raise OSError(code, "as the test wants it")

    return fail


def claim(connection: Connection, key: str = "key-1") -> None:
    with connection.begin():
        ReceiptStore(connection, lambda: NOON).claim(intent(sale(pos_id=key), key=key), 200)


def keys(connection: Connection) -> list[str]:
    with connection.begin():
        return list(connection.exec_driver_sql("SELECT key FROM receipts ORDER BY number").scalars())


@pytest.fixture(scope="module")
def story() -> list[Events]:
    """What stands in the events after each transaction of `work`, when nothing happens to it."""
    acknowledged: list[Events] = [[]]
    work(Disk(), acknowledged)
    return acknowledged


def after(disk: Disk, seed: int, how: How) -> Events:
    """What the next start finds. The file is whole."""
    with opened(disk.copy().freeze(Random(seed), how)) as connection:
        with connection.begin():
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        return events(connection)


@pytest.mark.parametrize("how", HOW)
def test_nothing_acknowledged_is_lost_at_any_operation(how: How, story: list[Events]) -> None:
    check(histories(Disk()), how, story)


@pytest.mark.parametrize("how", HOW)
def test_nothing_acknowledged_is_lost_at_any_operation_of_a_checkpoint(
    how: How, story: list[Events], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.PRAGMAS, "wal_autocheckpoint", ("8", 8))
    check(histories(fresh()), how, story)


def check(moments: list[tuple[Disk, int]], how: How, story: list[Events]) -> None:
    """After a crash the transaction that was under way is there as a whole, or not at all; those before it are."""
    for number, (disk, acknowledged) in enumerate(moments):
        for seed in range(2 if how == "mix" else 1):
            found = after(disk, seed, how)
            assert found in story[acknowledged : acknowledged + 2], f"operation {number}, seed {seed}"


@pytest.mark.parametrize("how", ["drop", "mix"])
def test_without_a_sync_at_each_commit_the_disk_loses_what_was_acknowledged(
    how: How, story: list[Events], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.PRAGMAS, "synchronous", ("NORMAL", 1))

    lost = [number for disk, number in histories(fresh()) if after(disk, 1, how) not in story[number : number + 2]]

    assert len(lost) > 10


@pytest.mark.parametrize("how", ["drop", "mix"])
def test_what_a_start_after_a_kill_tells_outlasts_a_power_cut(how: How) -> None:
    for number, (disk, _) in enumerate(histories(fresh())):
        killed = disk.freeze(Random(0), "kill")
        with opened(killed) as connection:
            told = events(connection)
            cut = killed.freeze(Random(number), how)
        with opened(cut) as connection:
            assert events(connection) == told, f"operation {number}"


def test_an_error_at_the_commit_is_neither_yes_nor_no() -> None:
    present = set()
    for seed in range(12):
        disk = fresh()
        disk.random = Random(seed)
        with opened(disk) as connection:
            disk.before = every("sync", errno.EIO)

            with pytest.raises(OperationalError) as caught:
                claim(connection)

            assert vars(caught.value.orig) == {"sqlite_errorcode": 10, "sqlite_errorname": "SQLITE_IOERR"}
            assert keys(connection) == []
            killed, cut = disk.copy().freeze(Random(seed), "kill"), disk.freeze(Random(seed), "drop")
        with opened(killed) as connection:
            assert keys(connection) == ["key-1"]
        with opened(cut) as connection:
            present.add(len(keys(connection)))
    assert present == {0, 1}


def test_an_error_at_the_commit_stops_the_process() -> None:
    disk = fresh()
    with opened(disk) as connection:
        disk.before = every("sync", errno.EIO)
        with pytest.raises(FailStop, match="disk I/O error"):
            next(moves(connection))


def test_what_a_failed_sync_did_not_bring_no_later_one_brings() -> None:
    found = set()
    for seed in range(20):
        disk = Disk(random=Random(seed))
        disk.create("file")
        disk.write("file", b"new", 0)
        disk.before = every("sync", errno.EIO)
        with pytest.raises(OSError, match="as the test wants it"):
            disk.sync("file")
        disk.sync("file", folder=True)

        assert disk.read("file") == b"new"
        found.add(disk.freeze(Random(0), "drop").read("file"))
    assert found == {b"new", b""}


def test_a_write_that_fails_takes_the_transaction_back() -> None:
    disk = fresh()
    with opened(disk) as connection:
        disk.before = every("write", errno.EIO)
        with pytest.raises(OperationalError) as caught:
            claim(connection)
        assert vars(caught.value.orig)["sqlite_errorname"] == "SQLITE_IOERR"
        assert keys(connection) == []


def test_a_full_disk_takes_the_transaction_back_and_heals() -> None:
    disk = fresh()
    with opened(disk) as connection:
        disk.room = disk.used()
        for _ in range(2):
            with pytest.raises(OperationalError) as caught:
                claim(connection)
            assert vars(caught.value.orig) == {"sqlite_errorcode": 13, "sqlite_errorname": "SQLITE_FULL"}
            assert keys(connection) == []
        disk.room += 100_000

        claim(connection)

        assert keys(connection) == ["key-1"]
    with opened(disk.freeze(Random(0), "drop")) as connection:
        assert keys(connection) == ["key-1"]


@pytest.mark.parametrize("what", ["create", "write", "truncate", "sync", "delete"])
def test_a_kill_in_an_operation_passes_through_the_program(what: What) -> None:
    def kill(operation: Operation) -> None:
        if operation.what == what:
            disk.freeze(Random(0), "kill")
            raise Killed

    disk = Disk()
    disk.before = kill
    with pytest.raises(Killed):
        work(disk, [])


def test_a_ghost_changes_nothing_but_itself_and_is_not_heard() -> None:
    disk = fresh()
    heard: list[Operation] = []
    disk.before = disk.after = heard.append
    with opened(disk) as connection:
        claim(connection, "before")
        frozen, until_then = disk.freeze(Random(0), "kill"), len(heard)
        claim(connection, "after")
    assert len(heard) == until_then > 0
    with opened(frozen) as connection:
        assert keys(connection) == ["before"]


def test_the_same_seed_gives_the_same_images() -> None:
    def images(seed: int) -> list[dict[str, bytes]]:
        chance, frozen = Random(seed), []
        for disk, _ in histories(Disk()):
            image = disk.freeze(chance, "mix")
            frozen.append({name: image.read(name) for name in image.names()})
        return frozen

    once = images(1)
    apsw.randomness(8)  # somebody else in this process draws from SQLite's one source of chance
    assert images(1) == once
    assert images(2) != once


def test_every_start_draws_other_salts() -> None:
    """With the same ones, what is left of an older log would pass for a part of the new one."""
    disk, salts = fresh(), set()
    for _ in range(3):
        with opened(disk):
            salts.add(disk.read("kassir.db-wal", 16, 8))
            disk = disk.freeze(Random(0), "drop")
            disk.delete("kassir.db-wal")
    assert len(salts) == 3


def test_a_torn_write_is_torn_between_sectors() -> None:
    old, new = b"o" * SECTOR, b"n" * SECTOR
    left = set()
    for seed in range(200):
        disk = Disk()
        disk.create("file")
        disk.write("file", old * 3, 0)
        disk.sync("file", folder=True)
        disk.write("file", new * 3, 0)
        left.add(disk.freeze(Random(seed), "mix").read("file"))
    assert left == {a + b + c for a in (old, new) for b in (old, new) for c in (old, new)}


def test_a_name_outlasts_a_power_cut_once_its_folder_was_synced() -> None:
    disk = Disk()
    disk.create("file")
    disk.write("file", b"data", 0)
    disk.sync("file")
    assert disk.copy().freeze(Random(0), "drop").names() == []

    disk.sync("file", folder=True)
    disk.delete("file")
    assert disk.names() == []
    returned = disk.copy().freeze(Random(0), "drop")
    assert returned.read("file") == b"data"

    disk.create("other")
    disk.delete("other", folder=True)
    assert disk.freeze(Random(0), "drop").names() == []


def test_a_file_that_somebody_has_open_is_locked() -> None:
    disk = fresh()
    with opened(disk):
        with pytest.raises(FailStop, match="database is locked"), opened(disk):
            pass
        with opened(disk.copy()):
            pass


def test_a_disk_leaves_nothing_behind_in_sqlite() -> None:
    before = apsw.vfs_names()
    with opened(Disk()):
        assert apsw.vfs_names() == before
