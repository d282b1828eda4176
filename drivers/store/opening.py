"""Opens the receipts of a data folder, on a full disk too, and never begins anew in silence."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection

from drivers.store.ballast import Reserve, ballast_of
from drivers.store.damage import refuse_if_noted, set_aside
from drivers.store.database import DAMAGE, NO_ROOM, CannotOpen

log = structlog.get_logger()

# on a full disk SQLite cannot make its -shm file, and pysqlite3 (0.6.1) tells no more of it than that
PERHAPS_NO_ROOM = NO_ROOM | {"SQLITE_IOERR"}

Open = Callable[[Path], Connection]


def open_store(path: Path, reserve: Reserve, now: Callable[[], datetime], opens: Open) -> Connection:
    """What `opens` gives, which is `open_database` as a rule. Raises FailStop.

    Damaged files are set aside, and from then on there is no opening until a person has seen to it.
    """
    refuse_if_noted(path)
    if _is_gone(path):
        raise set_aside(path, "the file is gone or empty, though a gateway has worked in this folder", now())
    try:
        connection = _open(path, reserve, opens)
    except CannotOpen as error:
        if error.code in DAMAGE:
            raise set_aside(path, str(error), now()) from error
        raise
    if not reserve.in_place():
        log.error("disk_nearly_full", path=str(path))
    return connection


def _open(path: Path, reserve: Reserve, opens: Open) -> Connection:
    try:
        return opens(path)
    except CannotOpen as error:
        if error.code not in PERHAPS_NO_ROOM or not reserve.spend():
            raise
    return opens(path)


def _is_gone(path: Path) -> bool:
    """The ballast is made once there is a database: alone it is what a lost or emptied one leaves behind."""
    return ballast_of(path).exists() and not (path.exists() and path.stat().st_size)
