"""Everything that happened to orders, and every notice, newest first, page by page.

Read beside the writer, on a connection of its own: whoever reads through a year keeps no sale waiting.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import trio
from sqlalchemy import Connection, Row
from sqlalchemy.exc import DatabaseError

from drivers.store.database import CannotOpen, close_database, code_of
from drivers.store.reading import open_to_read
from drivers.threads import InThread
from protocols.alarm import Change, Level
from protocols.event_log import OF_STATE, Asked, Mark, Severity, register_of, severity_of
from protocols.life import State

# all of them our own names: what a request says comes as values
_OF_ORDERS = "SELECT {} FROM events WHERE number <= :of_orders AND at >= :since AND state IN ({})"
_OF_NOTICES = """
    SELECT {} FROM notices
    WHERE number <= :of_notices AND at >= :since AND change || level IN ({})
"""
_NEWEST = "SELECT (SELECT max(number) FROM events), (SELECT max(number) FROM notices)"
_COUNT = "SELECT ({}) + ({})"
# the whole of a table is counted without looking at its rows, a part of it is not
_COUNT_ALL = """
    SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM events WHERE number > :of_orders)
        + (SELECT count(*) FROM notices) - (SELECT count(*) FROM notices WHERE number > :of_notices)
"""
# each table to the end of the page only, and numbers alone: SQLite sorts in memory
_PAGE = """
    WITH page AS (
        SELECT * FROM ({} ORDER BY at DESC, number DESC LIMIT :end)
        UNION ALL SELECT * FROM ({} ORDER BY at DESC, number DESC LIMIT :end)
        ORDER BY at DESC, is_notice DESC, number DESC LIMIT :limit OFFSET :offset
    )
    SELECT page.is_notice, page.at, coalesce(receipts.id, events.receipt_id) AS id,
        coalesce(receipts.pos_id, events.pos_id) AS printed_on,
        coalesce(events.state, notices.change) AS event, notices.source, notices.code,
        notices.level, coalesce(events.detail, notices.message) AS message
    FROM page
    LEFT JOIN events ON page.is_notice = 0 AND events.number = page.number
    LEFT JOIN receipts ON receipts.number = events.receipt
    LEFT JOIN notices ON page.is_notice = 1 AND notices.number = page.number
    ORDER BY page.at DESC, page.is_notice DESC, page.number DESC
"""
_ORDER_COLUMNS = "0 AS is_notice, number, at"
_NOTICE_COLUMNS = "1, number, at"


@dataclass(frozen=True, slots=True)
class Entry:
    """Of an order: `event` is the state it came to. A notice: alarm_began, alarm_changed, alarm_ended or noted.

    `source` (a component as the status names it), `code` and `alert` (P1 to P3) are a notice's. `pos_id`: of the
    register that has the order in hand, or that the notice is of.
    """

    timestamp: datetime
    level: Severity
    event: str
    source: str | None
    pos_id: str | None
    receipt_id: str | None
    code: str | None
    alert: Level | None
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """`total`: of all pages. `as_of` names the log that this page is of."""

    total: int
    page: int
    limit: int
    as_of: str
    items: tuple[Entry, ...]


class Events(Protocol):
    """The port that the facade reads through."""

    async def page(self, asked: Asked) -> Page:
        """Raises CannotOpen while the file is not there to be read."""


class EventLog:
    def __init__(self, path: Path, in_thread: InThread = trio.to_thread.run_sync) -> None:
        self._path, self._in_thread = path, in_thread
        self._one = trio.CapacityLimiter(1)

    async def page(self, asked: Asked) -> Page:
        """See Events."""
        return await self._in_thread(read_page, self._path, asked, limiter=self._one)


def read_page(path: Path, asked: Asked) -> Page:
    """See Events."""
    try:
        connection = open_to_read(path)
        try:
            with connection.begin():
                return page_of(connection, asked)
        finally:
            close_database(connection)
    except DatabaseError as error:
        raise CannotOpen(f"the events in {path} cannot be read: {error.orig}", code_of(error)) from error


def page_of(connection: Connection, asked: Asked) -> Page:
    mark = asked.as_of or _newest(connection)
    values = {
        "of_orders": mark.of_orders,
        "of_notices": mark.of_notices,
        "since": int(asked.since.timestamp() * 1000) if asked.since else 0,
        "limit": asked.limit,
        "offset": (asked.page - 1) * asked.limit,
        "end": asked.page * asked.limit,
    }
    total = connection.exec_driver_sql(_count_of(asked), values).scalar_one()
    if values["offset"] >= total:
        return Page(total, asked.page, asked.limit, str(mark), ())
    rows = connection.exec_driver_sql(_PAGE.format(*_parts(asked, _ORDER_COLUMNS, _NOTICE_COLUMNS)), values)
    return Page(total, asked.page, asked.limit, str(mark), tuple(_entry(row) for row in rows))


def _count_of(asked: Asked) -> str:
    if asked.level is None and asked.since is None:
        return _COUNT_ALL
    return _COUNT.format(*_parts(asked, "count(*)", "count(*)"))


def _newest(connection: Connection) -> Mark:
    of_orders, of_notices = connection.exec_driver_sql(_NEWEST).one()
    return Mark(of_orders or 0, of_notices or 0)


def _parts(asked: Asked, of_orders: str, of_notices: str) -> tuple[str, str]:
    """The events that are asked for, as these columns of the two tables."""
    states = [state for state in State if asked.level in (None, OF_STATE[state])]
    kinds = [kind for kind in product(Change, Level) if asked.level in (None, severity_of(*kind))]
    named = ", ".join(f"'{state}'" for state in states), ", ".join(f"'{change}{level}'" for change, level in kinds)
    return _OF_ORDERS.format(of_orders, named[0]), _OF_NOTICES.format(of_notices, named[1])


def _entry(row: Row[Any]) -> Entry:
    at = datetime.fromtimestamp(row.at / 1000, UTC)
    if not row.is_notice:
        state = State(row.event)
        said = row.message or f"the order is {state}"
        return Entry(at, OF_STATE[state], state.value, None, row.printed_on, row.id, None, None, said)
    change, level = Change(row.event), Level(row.level)
    said = f"Over: {row.message}" if change is Change.ENDED else row.message
    event = change.value if change is Change.NOTED else f"alarm_{change}"
    grave, pos_id = severity_of(change, level), register_of(row.source)
    return Entry(at, grave, event, row.source, pos_id, None, row.code, level, said)
