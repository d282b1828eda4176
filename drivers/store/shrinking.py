"""The room of removed rows goes back to the disk, a few pages at a time, so that a sale waits for no more.

SQLite keeps the pages of removed rows for rows to come. In a file that is made for it (`auto_vacuum`) it can move what
is in use forward and cut the file off, page by page; any other file must be written anew once, as a whole.
"""

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

log = structlog.get_logger()

INCREMENTAL = 2
SMALL = 64 * 1024 * 1024  # bytes of a file that is written anew before a till has waited for long
SPARE = 512  # pages that stay free at least: tomorrow's rows go there
STEP = 64  # pages given back in one transaction


def make_able(connection: Connection) -> None:
    """Writes an older file anew if it is small; a larger one stays as it is, and so does one that finds no room.

    Nothing is lost by a kill or a power cut in it: to SQLite it is one transaction.
    """
    with connection.begin():
        is_able = _pragma(connection, "auto_vacuum") == INCREMENTAL
        size = _pragma(connection, "page_count") * _pragma(connection, "page_size")
    if is_able:
        return
    if size > SMALL:
        log.info("file_gives_no_room_back", bytes=size, most=SMALL)
        return
    try:
        _outside_of_transactions(connection, "PRAGMA auto_vacuum=INCREMENTAL")
        _outside_of_transactions(connection, "VACUUM")
    except OperationalError as error:
        log.warning("file_not_written_anew", bytes=size, reason=str(error.orig))
    # the log has become as large as the file, also where there was no room for all of it
    _outside_of_transactions(connection, "PRAGMA wal_checkpoint(TRUNCATE)")


def give_back(connection: Connection) -> int:
    """Up to STEP pages, if many are free; how many. Inside of a transaction."""
    pages, free = _pragma(connection, "page_count"), _pragma(connection, "freelist_count")
    many = min(STEP, free - max(SPARE, pages // 8))
    if many <= 0 or _pragma(connection, "auto_vacuum") != INCREMENTAL:
        return 0
    for _ in range(many):
        # one by one: it yields an empty row for each page, and who does not fetch them all gets one page back
        connection.exec_driver_sql("PRAGMA incremental_vacuum(1)")
    return many


def _outside_of_transactions(connection: Connection, statement: str) -> None:
    with connection.begin():
        connection.exec_driver_sql("COMMIT")  # of what SQLAlchemy has begun
        result = connection.exec_driver_sql(statement)
        if result.returns_rows:
            result.all()  # as long as one is left the statement runs


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
