"""Breakers on disk: how each link's stands, so that a program that is started anew does not begin with a storm."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from drivers.store.notices import Notices
from drivers.store.records import BreakerRecord
from protocols.alarm import Alarm, Level

_RECALL = "SELECT link, state, until, reason, author, at FROM breakers WHERE link = :link"
_KEEP = """
    INSERT INTO breakers (link, state, until, reason, author, at)
    VALUES (:link, :state, :until, :reason, :author, :at)
    ON CONFLICT (link) DO UPDATE SET
        state = excluded.state, until = excluded.until, reason = excluded.reason, author = excluded.author,
        at = excluded.at
"""


class Breakers:
    """On one connection, inside of a transaction."""

    def __init__(self, connection: Connection, notices: Notices) -> None:
        self._connection, self._notices = connection, notices

    def recall(self, link: str) -> BreakerRecord | None:
        """As it was kept last; None if it never was."""
        row = self._connection.exec_driver_sql(_RECALL, {"link": link}).first()
        if row is None:
            return None
        until = None if row.until is None else _time(row.until)
        return BreakerRecord(row.link, row.state, until, row.reason, row.author, _time(row.at))

    def keep(self, record: BreakerRecord, level: Level, message: str) -> None:
        """In place of what was kept of this link before, with a notice of source `link.<name>`."""
        row = {
            "link": record.link,
            "state": record.state,
            "until": None if record.until is None else _stamp(record.until),
            "reason": record.reason,
            "author": record.author,
            "at": _stamp(record.at),
        }
        self._connection.exec_driver_sql(_KEEP, row)
        self._notices.note(f"link.{record.link}", Alarm(f"BREAKER_{record.state.upper()}", level, message))


def _stamp(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
