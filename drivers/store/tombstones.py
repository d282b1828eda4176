"""What is left of cleaned-up receipts: the key, so that a repeat prints nothing, and the answer that it hears."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Row, bindparam, select

from drivers.store.records import Buried
from drivers.store.schema import tombstones
from protocols.life import FINAL, State

FINALS = ", ".join(f"'{state}'" for state in FINAL)

# by state, as SQLite would choose, it would read a week of receipts at each look
BY_AGE = "INDEXED BY receipts_over"
_OLD = f"""
    SELECT number FROM receipts {BY_AGE}
    WHERE state IN ({FINALS}) AND moved_at < :before ORDER BY moved_at LIMIT :limit
"""  # noqa: S608  our own names only
# among the oldest only: a look at all of very many would hold up a sale
_DEAD = """
    SELECT number, id, fn, fd FROM (
        SELECT number, id, fn, fd, moved_at FROM receipts WHERE state = 'dead' ORDER BY number LIMIT 1000
    ) AS oldest WHERE moved_at < :before LIMIT 1
"""
_BURY = """
    INSERT INTO tombstones (key, fingerprint, id, state, answer, fn, fd, fp, accepted_at)
    SELECT key, fingerprint, id, state, answer, fn, fd,
        CASE WHEN document IS NULL THEN NULL ELSE json_extract(CAST(document AS TEXT), '$.fp') END, accepted_at
    FROM receipts WHERE number = :number
"""
_REMOVE = "DELETE FROM receipts WHERE number = :number"
_FORGET = """
    DELETE FROM tombstones WHERE key IN (
        SELECT key FROM tombstones WHERE accepted_at < :before ORDER BY accepted_at LIMIT :limit
    )
"""
_BY_KEY = select(tombstones.c.id, tombstones.c.state, tombstones.c.fingerprint, tombstones.c.answer).where(
    tombstones.c.key == bindparam("key")
)
_BY_ID = select(tombstones).where(tombstones.c.id == bindparam("id"))
_BY_DOCUMENT = select(tombstones.c.id).where(tombstones.c.fn == bindparam("fn"), tombstones.c.fd == bindparam("fd"))


def bury(connection: Connection, before: int, limit: int) -> int:
    """Turns up to `limit` rows that are final since before that millisecond into tombstones; gives how many."""
    numbers = connection.exec_driver_sql(_OLD, {"before": before, "limit": limit}).scalars().all()
    for number in numbers:
        _bury(connection, number)
    return len(numbers)


def bury_dead_letter(connection: Connection, before: int) -> Row[int, str, str, int] | None:
    """Of the dead letters from before that millisecond the oldest becomes a tombstone: number, id, fn and fd of it."""
    row = connection.exec_driver_sql(_DEAD, {"before": before}).first()
    if row is not None:
        _bury(connection, row.number)
    return row


def _bury(connection: Connection, number: int) -> None:
    connection.exec_driver_sql(_BURY, {"number": number})
    connection.exec_driver_sql(_REMOVE, {"number": number})


def forget(connection: Connection, before: int, limit: int) -> int:
    """Removes up to `limit` tombstones of what was accepted before that millisecond; gives how many."""
    return connection.exec_driver_sql(_FORGET, {"before": before, "limit": limit}).rowcount


def recall(connection: Connection, key: str) -> Row[str, str, str, bytes] | None:
    """id, state, fingerprint and answer."""
    return connection.execute(_BY_KEY, {"key": key}).first()


def look(connection: Connection, receipt_id: str) -> Buried | None:
    row = connection.execute(_BY_ID, {"id": receipt_id}).first()
    if row is None:
        return None
    return Buried(row.id, State(row.state), row.answer, datetime.fromtimestamp(row.accepted_at / 1000, UTC))


def holds(connection: Connection, fn: str, fd: int) -> bool:
    """Whether this document was a receipt's that is cleaned up by now."""
    return connection.execute(_BY_DOCUMENT, {"fn": fn, "fd": fd}).first() is not None
