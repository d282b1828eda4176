"""Opens the SQLite file so that what was committed survives a power cut, and says no if it would not."""

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from drivers.store import shrinking
from protocols.errors import FailStop

MIGRATIONS = Path(__file__).with_name("migrations")
FIXED_IN = (3, 51, 3)  # SQLite release notes: earlier ones can corrupt a WAL database (the WAL-reset bug)

DAMAGE = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
NO_ROOM = frozenset({"SQLITE_FULL"})

PRAGMAS = {  # name: (what to set, what must be read back)
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "busy_timeout": ("5000", 5000),
    "wal_autocheckpoint": ("1000", 1000),
}


class CannotOpen(FailStop):
    """`code` is SQLite's name of what is wrong, such as SQLITE_CORRUPT; empty if it has none."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def open_database(path: Path, module: Any = pysqlite3.dbapi2) -> Connection:
    """The one connection that writes, its schema migrated to the newest. Raises CannotOpen, in plain words.

    `module`: the DB-API to SQLite; another one can bring a disk of its own.
    """
    if module.sqlite_version_info < FIXED_IN:
        raise CannotOpen(f"SQLite {module.sqlite_version} can lose receipts; 3.51.3 or newer is needed")
    engine = create_engine(
        f"sqlite:///{path}",
        module=module,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's text goes to the log, where no buyer's address belongs
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = engine.connect()
        with ExitStack() as unless_ready:
            unless_ready.callback(close_database, connection)
            _check(connection)
            _sync(connection)
            migrate(connection)
            shrinking.make_able(connection)
            unless_ready.pop_all()
    except (OSError, DatabaseError, CommandError) as error:
        cause = getattr(error, "orig", error)
        raise CannotOpen(f"the receipts in {path} cannot be opened: {cause}", code_of(error)) from error
    return connection


def code_of(error: BaseException) -> str:
    """SQLite's name of an error that came through SQLAlchemy; empty if it has none."""
    return str(getattr(getattr(error, "orig", None), "sqlite_errorname", ""))


def migrate(connection: Connection, revision: str = "head") -> None:
    """Brings the schema to `revision`; each migration is one transaction, whole or not at all."""
    if revision == "head" and _revision(connection) == newest_revision():
        return  # alembic would load every script anew only to find that: it takes three times as long as all else here
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.rollback()  # ends the look at the present revision; every migration has committed itself


def newest_revision() -> str:
    """What the newest migration is called, by the number that its file's name begins with."""
    return max(script.name for script in MIGRATIONS.glob("versions/*.py")).partition("_")[0]


def _revision(connection: Connection) -> str | None:
    with connection.begin():
        if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").scalar():
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def close_database(connection: Connection) -> None:
    engine: Engine = connection.engine
    connection.close()
    engine.dispose()


def _prepare(dbapi_connection: pysqlite3.dbapi2.Connection, _record: object) -> None:
    # SQLAlchemy begins by `_begin`: sqlite3's own way begins late and leaves DDL outside of the transaction
    dbapi_connection.isolation_level = None
    if dbapi_connection.execute("PRAGMA page_count").fetchone() == (0,):
        dbapi_connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # a file that has it already would be written to
    for name, (wanted, _) in PRAGMAS.items():
        dbapi_connection.execute(f"PRAGMA {name}={wanted}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check(connection: Connection) -> None:
    for name, (_, wanted) in PRAGMAS.items():
        found = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        if found != wanted:
            raise CannotOpen(f"SQLite refused {name}={wanted} (it says {found}); receipts would not be safe")
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise CannotOpen(str(found), "SQLITE_CORRUPT")
    connection.rollback()


def _sync(connection: Connection) -> None:
    """A kill can leave commits that are written and not yet synced; what is read from now on must outlast a power cut.

    This writes, though it changes nothing, and a commit syncs all those before it.
    """
    with connection.begin():
        connection.exec_driver_sql("PRAGMA user_version=0")
