"""SQLite on a simulated disk, as the DB-API module that SQLAlchemy's pysqlite dialect expects.

As much of it as the shipped store needs, with the errors and the error names of pysqlite3.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, cast

import apsw
from pysqlite3 import dbapi2

from tests.simulation.disk import Disk
from tests.simulation.vfs import connect, registered

COUNTED = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
ERRORS: dict[int, type[Exception]] = {  # as pysqlite3 sorts SQLite's results; any other is a DatabaseError
    **dict.fromkeys((apsw.SQLITE_INTERNAL, apsw.SQLITE_NOTFOUND), dbapi2.InternalError),
    **dict.fromkeys((apsw.SQLITE_CONSTRAINT, apsw.SQLITE_MISMATCH), dbapi2.IntegrityError),
    **dict.fromkeys((apsw.SQLITE_MISUSE, apsw.SQLITE_RANGE), dbapi2.InterfaceError),
    **dict.fromkeys(
        (
            apsw.SQLITE_ERROR,
            apsw.SQLITE_PERM,
            apsw.SQLITE_ABORT,
            apsw.SQLITE_BUSY,
            apsw.SQLITE_LOCKED,
            apsw.SQLITE_READONLY,
            apsw.SQLITE_INTERRUPT,
            apsw.SQLITE_IOERR,
            apsw.SQLITE_FULL,
            apsw.SQLITE_CANTOPEN,
            apsw.SQLITE_PROTOCOL,
            apsw.SQLITE_SCHEMA,
        ),
        dbapi2.OperationalError,
    ),
    apsw.SQLITE_TOOBIG: dbapi2.DataError,
}


def on(disk: Disk) -> "Module":
    """For `create_engine(module=...)`: of a file's path only the name counts, the disk is one folder."""
    return Module(disk)


class Module:
    """What SQLAlchemy asks of a DB-API module."""

    paramstyle = "qmark"
    sqlite_version = apsw.sqlite_lib_version()
    sqlite_version_info = tuple(map(int, sqlite_version.split(".")))
    Warning = dbapi2.Warning
    Error = dbapi2.Error
    InterfaceError = dbapi2.InterfaceError
    DatabaseError = dbapi2.DatabaseError
    DataError = dbapi2.DataError
    OperationalError = dbapi2.OperationalError
    IntegrityError = dbapi2.IntegrityError
    InternalError = dbapi2.InternalError
    ProgrammingError = dbapi2.ProgrammingError
    NotSupportedError = dbapi2.NotSupportedError

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def connect(self, path: str, **_: object) -> "Connection":
        try:
            return Connection(connect(Path(path).name, self._disk), self._disk)
        except apsw.Error as error:
            raise in_pysqlites_words(error) from error


class Connection:
    """In autocommit until a BEGIN, whatever `isolation_level` is set to."""

    isolation_level: str | None = None

    def __init__(self, connection: apsw.Connection, disk: Disk) -> None:
        self._connection, self._disk = connection, disk
        self.execute("PRAGMA locking_mode=EXCLUSIVE")  # first of all: afterwards WAL would want shared memory

    def cursor(self) -> "Cursor":
        return Cursor(self._connection, self._disk)

    def execute(self, statement: str, parameters: Any = ()) -> "Cursor":
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        if self._connection.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        try:
            self._connection.close()
        except apsw.Error as error:
            raise in_pysqlites_words(error) from error

    def create_function(self, name: str, arguments: int, function: Callable[..., Any], **how: bool) -> None:
        self._connection.create_scalar_function(name, function, arguments, **how)


class Cursor:
    """Holds all rows of its last statement: nothing is read later."""

    arraysize = 1
    description: list[tuple[Any, ...]] | None = None
    rowcount = -1
    lastrowid: int | None = None

    def __init__(self, connection: apsw.Connection, disk: Disk) -> None:
        self._connection, self._disk = connection, disk
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    def execute(self, statement: str, parameters: Any = ()) -> "Cursor":
        columns: list[str] = []

        def note(running: apsw.Cursor, *_: object) -> bool:  # once it has ended without rows, it tells no columns
            columns.extend(name for name, _ in running.get_description())
            return True

        try:
            cursor = self._connection.cursor()
            cursor.exec_trace = note
            with registered(self._disk) if statement == "VACUUM" else nullcontext():  # into a file of its own
                self._rows = iter(cursor.execute(statement, parameters).fetchall())
        except apsw.Error as error:
            raise in_pysqlites_words(error) from error
        self.description = [(name, None, None, None, None, None, None) for name in columns] or None
        self.rowcount = self._connection.changes() if COUNTED.match(statement) else -1
        self.lastrowid = self._connection.last_insert_rowid()
        return self

    def executemany(self, statement: str, many: Sequence[Any]) -> "Cursor":
        self.rowcount = sum(self.execute(statement, parameters).rowcount for parameters in many)
        return self

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def close(self) -> None:
        self._rows = iter(())


def in_pysqlites_words(error: apsw.Error) -> Exception:
    """What pysqlite3 would have raised."""
    said: Any
    if isinstance(error, apsw.BindingsError | apsw.ConnectionClosedError):
        said = dbapi2.ProgrammingError(str(error))
    else:
        result = cast(Any, error)  # its type hints are silent on the code it carries
        said = ERRORS.get(result.result, dbapi2.DatabaseError)(str(error))
        said.sqlite_errorcode, said.sqlite_errorname = result.result, apsw.mapping_result_codes[result.result]
    return cast(Exception, said)
