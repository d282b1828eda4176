"""The alarms of registers on disk: a row when one begins, gets another level and ends, and none in between.

The newest row of a code says whether it stands. So the alarms that stand now can be kept as often as one likes, also
by a program that was started anew: what stood before is not begun again, and what ended meanwhile is ended.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from protocols.alarm import Alarm, Level, changes

MOST = 20_000  # rows; a cover whose switch is loose can begin and end an alarm every few seconds

_STAND = """
    SELECT code, level, message FROM register_events
    WHERE change <> 'ended' AND number IN (
        SELECT max(number) FROM register_events WHERE pos_id = :pos_id GROUP BY code
    )
    ORDER BY code
"""
_ADD = """
    INSERT INTO register_events (at, pos_id, code, change, level, message)
    VALUES (:at, :pos_id, :code, :change, :level, :message)
"""
_FORGET = """
    DELETE FROM register_events WHERE number IN (
        SELECT number FROM register_events AS old
        WHERE (at < :before OR number <= (SELECT max(number) FROM register_events) - :most)
            AND (change = 'ended' OR EXISTS (
                SELECT 1 FROM register_events AS later
                WHERE later.pos_id = old.pos_id AND later.code = old.code AND later.number > old.number
            ))
            AND NOT (change = 'ended' AND EXISTS (  -- of a clock put back: what it ended would seem to stand again
                SELECT 1 FROM register_events AS earlier
                WHERE earlier.pos_id = old.pos_id AND earlier.code = old.code AND earlier.number < old.number
                    AND earlier.at >= :before
                    AND earlier.number > (SELECT max(number) FROM register_events) - :most
            ))
        ORDER BY number LIMIT :limit
    )
"""


class RegisterEvents:
    """On one connection, inside of a transaction. `now` gives the wall clock as an aware datetime."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection, self._now = connection, now

    def keep(self, pos_id: str, alarms: Sequence[Alarm]) -> None:
        """These are all that stand at the register now. Writes nothing if they stood already."""
        at = int(self._now().timestamp() * 1000)
        for change, alarm in changes(self.standing(pos_id), alarms):
            row = {"code": alarm.code, "change": change, "level": alarm.level, "message": alarm.message}
            self._connection.exec_driver_sql(_ADD, {"at": at, "pos_id": pos_id, **row})

    def standing(self, pos_id: str) -> list[Alarm]:
        """As they were when they began, or got their level."""
        rows = self._connection.exec_driver_sql(_STAND, {"pos_id": pos_id})
        return [Alarm(row.code, Level(row.level), row.message) for row in rows]

    def forget(self, before: int, limit: int, most: int = MOST) -> int:
        """Removes up to `limit` rows from before that millisecond, or beyond the newest `most`; gives how many.

        An alarm that stands keeps its newest row, however old.
        """
        return self._connection.exec_driver_sql(_FORGET, {"before": before, "most": most, "limit": limit}).rowcount
