"""Notices on disk. Of an alarm a row when it begins, gets another level and ends, and none in between; single events.

The newest row of an alarm's code says whether it stands. So the alarms that stand now can be kept as often as one
likes, also by a program that was started anew: what stood before is not begun again, and what ended meanwhile is ended.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from drivers.store.records import Begun
from protocols.alarm import Alarm, Change, Level, changes

MOST = 20_000  # rows; a cover whose switch is loose can begin and end an alarm every few seconds

_STAND = """
    SELECT code, level, message FROM notices
    WHERE change <> 'ended' AND number IN (
        SELECT max(number) FROM notices WHERE source = :source AND change <> 'noted' GROUP BY code
    )
    ORDER BY code
"""
# where that row is gone by now, the oldest that is left
_BEGAN = """
    SELECT coalesce(max(at) FILTER (WHERE change = 'began'), min(at)) FROM notices
    WHERE source = :source AND code = :code AND change <> 'noted' AND number > coalesce((
        SELECT max(number) FROM notices WHERE source = :source AND code = :code AND change = 'ended'
    ), 0)
"""
_ADD = """
    INSERT INTO notices (at, source, code, change, level, message)
    VALUES (:at, :source, :code, :change, :level, :message)
"""
_FORGET = """
    DELETE FROM notices WHERE number IN (
        SELECT number FROM notices AS old
        WHERE (at < :before OR number <= (SELECT max(number) FROM notices) - :most)
            AND (change IN ('ended', 'noted') OR EXISTS (
                SELECT 1 FROM notices AS later
                WHERE later.source = old.source AND later.code = old.code AND later.number > old.number
                    AND later.change <> 'noted'
            ))
            AND NOT (change = 'ended' AND EXISTS (  -- of a clock put back: what it ended would seem to stand again
                SELECT 1 FROM notices AS earlier
                WHERE earlier.source = old.source AND earlier.code = old.code AND earlier.number < old.number
                    AND earlier.change <> 'noted'
                    AND earlier.at >= :before
                    AND earlier.number > (SELECT max(number) FROM notices) - :most
            ))
        ORDER BY number LIMIT :limit
    )
"""


class Notices:
    """On one connection, inside of a transaction. `now` gives the wall clock as an aware datetime."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection, self._now = connection, now

    def keep(self, source: str, alarms: Sequence[Alarm]) -> None:
        """These are all that stand at the source now. Writes nothing if they stood already."""
        for change, alarm in changes(self.standing(source), alarms):
            self._add(source, change, alarm)

    def note(self, source: str, what: Alarm) -> None:
        """A single event: it does not stand, and an alarm of the same code neither begins nor ends by it."""
        self._add(source, Change.NOTED, what)

    def standing(self, source: str) -> list[Alarm]:
        """As they were when they began, or got their level."""
        rows = self._connection.exec_driver_sql(_STAND, {"source": source})
        return [Alarm(row.code, Level(row.level), row.message) for row in rows]

    def begun(self, source: str) -> list[Begun]:
        """What stands, and since when."""
        return [Begun(source, alarm, self._began(source, alarm.code)) for alarm in self.standing(source)]

    def forget(self, before: int, limit: int, most: int = MOST) -> int:
        """Removes up to `limit` rows from before that millisecond, or beyond the newest `most`; gives how many.

        An alarm that stands keeps its newest row, however old.
        """
        return self._connection.exec_driver_sql(_FORGET, {"before": before, "most": most, "limit": limit}).rowcount

    def _began(self, source: str, code: str) -> datetime:
        found = self._connection.exec_driver_sql(_BEGAN, {"source": source, "code": code})
        return datetime.fromtimestamp(found.scalar_one() / 1000, UTC)

    def _add(self, source: str, change: Change, alarm: Alarm) -> None:
        row = {"code": alarm.code, "change": change, "level": alarm.level, "message": alarm.message}
        at = int(self._now().timestamp() * 1000)
        self._connection.exec_driver_sql(_ADD, {"at": at, "source": source, **row})
