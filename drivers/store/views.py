"""A row of receipts as its reader sees it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from drivers.store.records import View
from protocols import fiscal as fiscal_words
from protocols import order as order_words
from protocols.life import State


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
