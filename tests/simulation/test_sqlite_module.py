"""The module on a simulated disk beside pysqlite3, which it stands in for: the same statements, the same outcomes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import create_engine

from tests.simulation.disk import Disk
from tests.simulation.sqlite_module import on

TABLE = (
    "CREATE TABLE receipts (number INTEGER PRIMARY KEY, key TEXT UNIQUE, body BLOB NOT NULL, fd INTEGER CHECK (fd > 0))"
)
INSERT = "INSERT INTO receipts (key, body, fd) VALUES (:key, :body, :fd)"
ROW = {"key": "a", "body": b"\x00\xff", "fd": 1}


@pytest.fixture(params=["pysqlite3", "simulated"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    module: Any = dbapi2 if request.param == "pysqlite3" else on(Disk())
    connection = module.connect(str(tmp_path / "kassir.db"))
    connection.isolation_level = None
    connection.execute(TABLE)
    connection.execute(INSERT, ROW)
    yield connection
    connection.close()


def test_rows_come_as_they_were_put(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT key, body, fd, NULL AS empty, 0.5 FROM receipts WHERE key = ?", ("a",))

    assert [column[0] for column in cursor.description] == ["key", "body", "fd", "empty", "0.5"]
    assert cursor.fetchone() == ("a", b"\x00\xff", 1, None, 0.5)
    assert cursor.fetchone() is None


def test_rows_are_fetched_in_parts(connection: Any) -> None:
    cursor = connection.execute(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 6) SELECT x FROM n"
    )

    assert cursor.fetchone() == (1,)
    assert cursor.fetchmany(2) == [(2,), (3,)]
    assert next(iter(cursor)) == (4,)
    assert cursor.fetchall() == [(5,), (6,)]


def test_a_query_that_finds_nothing_has_columns_all_the_same(connection: Any) -> None:
    cursor = connection.execute("SELECT key FROM receipts WHERE key = 'none'")

    assert [column[0] for column in cursor.description] == ["key"]
    assert cursor.fetchall() == []


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("UPDATE receipts SET fd = 2 WHERE key = 'a'", 1),
        ("UPDATE receipts SET fd = 2 WHERE key = 'none'", 0),
        ("\n  INSERT INTO receipts (key, body) VALUES ('b', x'00'), ('c', x'00')", 2),
        ("INSERT INTO receipts (key, body) VALUES ('a', x'00') ON CONFLICT (key) DO NOTHING", 0),
        ("DELETE FROM receipts", 1),
        ("SELECT * FROM receipts", -1),
        ("CREATE TABLE other (x)", -1),
    ],
)
def test_a_statement_tells_how_many_rows_it_moved(connection: Any, statement: str, count: int) -> None:
    cursor = connection.execute(statement)

    assert cursor.rowcount == count
    assert (cursor.description is None) == (not statement.startswith("SELECT"))


def test_many_rows_are_put_at_once(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.executemany(INSERT, [ROW | {"key": key} for key in "bcd"])

    assert cursor.rowcount == 3
    assert connection.execute("SELECT count(*) FROM receipts").fetchone() == (4,)


@pytest.mark.parametrize(
    ("statement", "parameters", "error", "name"),
    [
        (INSERT, ROW, dbapi2.IntegrityError, "SQLITE_CONSTRAINT"),
        (INSERT, ROW | {"key": "b", "fd": 0}, dbapi2.IntegrityError, "SQLITE_CONSTRAINT"),
        (INSERT, ROW | {"key": "b", "body": None}, dbapi2.IntegrityError, "SQLITE_CONSTRAINT"),
        ("SELEKT", (), dbapi2.OperationalError, "SQLITE_ERROR"),
        ("SELECT * FROM nowhere", (), dbapi2.OperationalError, "SQLITE_ERROR"),
        ("COMMIT", (), dbapi2.OperationalError, "SQLITE_ERROR"),
        ("SELECT zeroblob(2000000000)", (), dbapi2.DataError, "SQLITE_TOOBIG"),
        ("SELECT ?", (), dbapi2.ProgrammingError, None),
    ],
)
def test_a_failing_statement_says_so_in_the_same_words(
    connection: Any, statement: str, parameters: Any, error: type[Exception], name: str | None
) -> None:
    with pytest.raises(error) as caught:
        connection.execute(statement, parameters)

    assert type(caught.value) is error
    assert getattr(caught.value, "sqlite_errorname", None) == name


def test_a_closed_connection_takes_no_statement(connection: Any) -> None:
    connection.close()

    with pytest.raises(dbapi2.ProgrammingError):
        connection.execute("SELECT 1")


def test_what_is_rolled_back_is_gone_and_what_is_committed_stays(connection: Any) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM receipts")
    connection.rollback()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(INSERT, ROW | {"key": "b"})
    connection.commit()
    connection.rollback()

    assert connection.execute("SELECT key FROM receipts ORDER BY number").fetchall() == [("a",), ("b",)]


@pytest.mark.parametrize("parameters", [{"state": "printing"}, {}])
def test_sqlalchemy_finds_in_it_what_it_needs(parameters: dict[str, str]) -> None:
    engine = create_engine("sqlite:///kassir.db", module=on(Disk()))
    with engine.begin() as connection:
        connection.exec_driver_sql(TABLE)
        connection.exec_driver_sql(INSERT, ROW)
    with engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT key, floor(1.5) AS whole FROM receipts", parameters)
        assert (row.key, row.whole) == ("a", 1)
    engine.dispose()
