"""What is left of cleaned-up receipts: the key, so that a repeat prints nothing, and the answer that it hears."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Row, bindparam, select

from drivers.store.records import Buried
from drivers.store.schema import tombstones
from protocols.life import FINAL, State

FINALS = ", ".join(f"'{state}'" for state in FINAL)

_OLD = f"SELECT number FROM receipts WHERE state IN ({FINALS}) AND moved_at < :before LIMIT :limit"  # noqa: S608  ours
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
        connection.exec_driver_sql(_BURY, {"number": number})
        connection.exec_driver_sql(_REMOVE, {"number": number})
    return len(numbers)


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
