"""The moves of one order, whether its row is there or cleaned up, and as many of them as a person can read."""

from sqlalchemy import Connection

from drivers.store.views import time_of
from protocols.life import State
from protocols.story import Happened, Story

FIRST, LAST = 20, 400  # moves: a week without the OFD makes thousands of them, all alike

_LIVING = "SELECT number, state, accepted_at FROM receipts WHERE id = :id"
_GONE = "SELECT 0 AS number, state, accepted_at FROM tombstones WHERE id = :id"
_OF_LIVING = "FROM events WHERE receipt = :number"
_OF_GONE = "FROM events INDEXED BY events_of_gone WHERE receipt = 0 AND receipt_id = :id"
_COUNT = "SELECT count(*) {}"
_FIRST = "SELECT at, state, detail {} ORDER BY number LIMIT :first"
_LAST = "SELECT at, state, detail {} ORDER BY number DESC LIMIT :last"


def story_of(connection: Connection, receipt_id: str) -> Story | None:
    """None: there is no such order."""
    who = {"id": receipt_id}
    row = connection.exec_driver_sql(_LIVING, who).first() or connection.exec_driver_sql(_GONE, who).first()
    if row is None:
        return None
    whose = _OF_LIVING if row.number else _OF_GONE
    count = connection.exec_driver_sql(_COUNT.format(whose), {**who, "number": row.number}).scalar_one()
    last = min(LAST, max(0, count - FIRST))
    values = {**who, "number": row.number, "first": FIRST, "last": last}
    began = _moves(connection, _FIRST.format(whose), values)
    went_on = _moves(connection, _LAST.format(whose), values)[::-1]
    return Story(time_of(row.accepted_at), State(row.state), began, count - len(began) - last, went_on)


def _moves(connection: Connection, query: str, values: dict[str, object]) -> list[Happened]:
    found = connection.exec_driver_sql(query, values)
    return [Happened(time_of(at), State(state), detail) for at, state, detail in found]
