"""An order on disk as its reader sees it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from drivers.store import tombstones
from drivers.store.records import Buried, View
from drivers.store.schema import receipts
from protocols import fiscal as fiscal_words
from protocols import order as order_words
from protocols.life import State

_BY_ID = select(receipts).where(receipts.c.id == bindparam("id"))


def look(connection: Connection, receipt_id: str) -> View | Buried | None:
    """None: there is no such order."""
    row = connection.execute(_BY_ID, {"id": receipt_id}).first()
    return tombstones.look(connection, receipt_id) if row is None else view_of(row)


def view_of(row: Row[Any]) -> View:
    return View(
        row.id,
        row.pos_id,
        order_words.load(row.kind, row.content),
        State(row.state),
        None if row.document is None else fiscal_words.load(row.kind, row.document),
        row.found,
        row.attempts,
        row.last_error,
        time_of(row.accepted_at),
        None if row.printed_at is None else time_of(row.printed_at),
        None if row.synced_at is None else time_of(row.synced_at),
        time_of(row.moved_at),
    )


def time_of(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
