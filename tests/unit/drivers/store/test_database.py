"""The file: opened so that it survives a power cut, or not at all; its schema made by migrations, each whole."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import ref

import pysqlite3.dbapi2
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import DatabaseError

from drivers.store import database
from drivers.store.database import FIXED_IN, MIGRATIONS, close_database, migrate, newest_revision, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Retention
from drivers.store.schema import metadata
from protocols.alarm import Alarm, Level
from protocols.errors import FailStop
from protocols.fiscal import Baseline
from protocols.life import State
from protocols.order import dump
from protocols.receipt import Kind
from tests.samples import NOON, document, intent, sale

SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "wal_autocheckpoint": 1000}


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    connection = open_database(path)
    try:
        yield connection
    finally:
        close_database(connection)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kassir.db"


def pragma(connection: Connection, name: str) -> object:
    found = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
    connection.rollback()
    return found


def tables(connection: Connection) -> set[str]:
    with connection.begin():
        return set(inspect(connection).get_table_names())


@pytest.mark.parametrize("name", SAFE)
def test_the_connection_is_one_that_survives_a_power_cut(path: Path, name: str) -> None:
    with opened(path) as connection:
        assert pragma(connection, name) == SAFE[name]


def test_a_file_that_was_there_before_is_made_safe_too(path: Path) -> None:
    path.parent.mkdir()
    with pysqlite3.dbapi2.connect(path) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("CREATE TABLE anything (x)")
    other.close()

    with opened(path) as connection:
        assert pragma(connection, "journal_mode") == "wal"


def test_the_library_is_one_without_the_wal_reset_bug() -> None:
    assert pysqlite3.dbapi2.sqlite_version_info >= FIXED_IN


def test_a_library_that_can_lose_receipts_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pysqlite3.dbapi2, "sqlite_version_info", (3, 51, 2))

    with pytest.raises(FailStop, match=r"3\.51\.3"):
        open_database(path)


def test_a_setting_that_sqlite_does_not_take_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database.PRAGMAS, "synchronous", ("NORMAL", 2))

    with pytest.raises(FailStop, match="synchronous"):
        open_database(path)


def spoil_with_garbage(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def spoil_with_a_folder(path: Path) -> None:
    path.mkdir()


def spoil_with_a_newer_schema(path: Path) -> None:
    with opened(path) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize("spoil", [spoil_with_garbage, spoil_with_a_folder, spoil_with_a_newer_schema])
def test_a_file_that_cannot_be_opened_stops_the_process_with_a_plain_sentence(path: Path, spoil: object) -> None:
    assert callable(spoil)
    path.parent.mkdir()
    spoil(path)

    with pytest.raises(FailStop, match=r"the receipts in .*kassir\.db cannot be opened: "):
        open_database(path)


def test_the_tables_are_those_that_queries_are_written_against(path: Path) -> None:
    with opened(path) as connection, connection.begin():
        found = inspect(connection)
        for table in metadata.tables.values():
            columns = {column["name"]: column for column in found.get_columns(table.name)}
            assert set(columns) == set(table.columns.keys())
            for column in table.columns:
                kept = columns[column.name]
                assert (str(kept["type"]), kept["nullable"] and not column.primary_key) == (
                    str(column.type),
                    bool(column.nullable),
                )


def test_every_table_of_the_file_is_known_to_the_queries(path: Path) -> None:
    with opened(path) as connection:
        assert tables(connection) == {*metadata.tables, "alembic_version"}


def test_every_state_has_its_count_and_no_other(path: Path) -> None:
    with opened(path) as connection, connection.begin():
        assert set(connection.exec_driver_sql("SELECT state FROM counts").scalars()) == set(State)


def test_opening_again_changes_nothing(path: Path) -> None:
    with opened(path):
        pass
    with opened(path) as connection:
        assert tables(connection) == {*metadata.tables, "alembic_version"}


def test_the_newest_migration_is_the_one_whose_file_has_the_highest_number() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert newest_revision() == scripts.get_current_head()


def test_a_schema_that_is_the_newest_is_opened_without_alembic(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path):
        pass
    monkeypatch.delattr(command, "upgrade")

    with opened(path) as connection:
        assert tables(connection) == {*metadata.tables, "alembic_version"}


def go_back(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.downgrade(config, revision)
    finally:
        connection.rollback()


def test_there_is_no_way_back_to_a_schema_that_forgets_keys(path: Path) -> None:
    with opened(path) as connection:
        with pytest.raises(NotImplementedError, match="backup"):
            go_back(connection, "0001")

        assert {"tombstones", "handovers", "register_events"} < tables(connection)
    with opened(path) as connection:
        assert tables(connection) == {*metadata.tables, "alembic_version"}


NOTICES = "SELECT number, at, source, code, change, level, message FROM notices ORDER BY number"


def test_alarms_of_registers_are_carried_over_to_notices_and_back(path: Path) -> None:
    cover, full = Alarm("COVER_OPEN", Level.P3, "open"), Alarm("DISK_FULL", Level.P1, "full")
    with opened(path) as connection:
        notices = ReceiptStore(connection, lambda: NOON).notices
        with connection.begin():
            notices.keep("kkt.POS-001", [cover])
            notices.note("link.ofd", full)
            before = connection.exec_driver_sql(NOTICES).all()

        go_back(connection, "0004")
        with connection.begin():
            old = connection.exec_driver_sql("SELECT pos_id, code, change FROM register_events").all()
        migrate(connection)

        with connection.begin():
            assert connection.exec_driver_sql(NOTICES).all() == before[:1]
            assert notices.standing("kkt.POS-001") == [cover]
    assert old == [("POS-001", "COVER_OPEN", "began")]


OF_THE_FIRST_VERSION = """
    INSERT INTO receipts (id, pos_id, state, key, fingerprint, receipt, baseline_fn, baseline_fd, accepted_at, moved_at)
    VALUES ('R', 'POS-001', 'printing', 'K', '1:0', :receipt, 'FN', 7, 1, 2)
"""


def test_receipts_of_the_first_version_are_carried_over_with_their_kind_and_their_life(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", module=pysqlite3.dbapi2)
    with engine.connect() as connection:
        migrate(connection, "0001")
        with connection.begin():
            connection.exec_driver_sql(OF_THE_FIRST_VERSION, {"receipt": dump(sale(kind=Kind.REFUND))})
    engine.dispose()

    with opened(path) as connection:
        store = ReceiptStore(connection, lambda: NOON)
        with connection.begin():
            (kept,) = store.unfinished("POS-001")
            store.printed(kept.receipt_id, document(8), way_open=True)
            totals = store.totals()
            lived = connection.exec_driver_sql("SELECT state FROM events ORDER BY number").scalars().all()

    assert (kept.order, kept.baseline) == (sale(kind=Kind.REFUND), Baseline("FN", 7))
    assert totals.by_state[State.PENDING] == 1
    assert lived == ["accepted", "printing", "pending"]


def test_a_way_back_leaves_the_events_of_orders_that_are_there_and_they_go_with_their_row_again(path: Path) -> None:
    week = Retention(rows=-1, keys=1e9, dead=1e9, events=1e9)
    with opened(path) as connection:
        store = ReceiptStore(connection, lambda: NOON)
        with connection.begin():
            refused, waits = intent(fd=0), intent(fd=1)
            store.claim(refused, 10)
            store.rejected(refused.receipt_id, b"no", "no")
            store.clean_up(week, 10)
            store.claim(waits, 10)

        go_back(connection, "0007")

        with connection.begin():
            assert connection.exec_driver_sql("SELECT state FROM events").scalars().all() == ["accepted", "printing"]
            store.rejected(waits.receipt_id, b"no", "no")
            connection.exec_driver_sql("DELETE FROM receipts")
            assert connection.exec_driver_sql("SELECT state FROM events").scalars().all() == []
        migrate(connection)


LOOKUPS = "SELECT name FROM sqlite_master WHERE name IN ('events_of_gone', 'receipts_by_print', 'receipts_by_delivery')"


def test_a_way_back_takes_the_indexes_of_lookups_with_it_and_nothing_else(path: Path) -> None:
    with opened(path) as connection:
        store = ReceiptStore(connection, lambda: NOON)
        with connection.begin():
            store.claim(intent(), 10)

        go_back(connection, "0008")
        with connection.begin():
            assert connection.exec_driver_sql(LOOKUPS).all() == []
        migrate(connection)

        with connection.begin():
            assert len(connection.exec_driver_sql(LOOKUPS).all()) == 3
            assert len(store.unfinished("POS-001")) == 1


BROKEN = """
from alembic import op

revision = "9001"
down_revision = "0009"


def upgrade() -> None:
    op.execute("CREATE TABLE half (x)")
    op.execute("INSERT INTO counts VALUES ('pending', 0)")
"""


def test_a_migration_that_fails_in_the_middle_leaves_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    for name in ("env.py", *(f"versions/{script.name}" for script in MIGRATIONS.glob("versions/0*.py"))):
        (scripts / name).write_text((MIGRATIONS / name).read_text("utf-8"), "utf-8")
    with opened(path) as connection:
        (scripts / "versions" / "9001_broken.py").write_text(BROKEN, "utf-8")
        monkeypatch.setattr(database, "MIGRATIONS", scripts)

        with pytest.raises(DatabaseError):
            migrate(connection)

        connection.rollback()
        assert "half" not in tables(connection)
        with connection.begin():
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0009"


def test_a_file_that_was_closed_is_let_go_of_so_restarts_cost_no_memory(path: Path) -> None:
    with opened(path) as connection:
        ReceiptStore(connection, lambda: NOON).totals()
        dialect = ref(connection.engine.dialect)
    del connection
    gc.collect()

    assert dialect() is None
