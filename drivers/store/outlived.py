"""Events whose order is cleaned up: the log tells them on, for as long as its readers ask for what is past.

They come to be by a trigger at the removal of a row; of an order that has its row, no event is here.
"""

from sqlalchemy import Connection

_FORGET = """
    DELETE FROM events WHERE number IN (
        SELECT number FROM events INDEXED BY events_outlived WHERE receipt = 0 AND at < :before ORDER BY at LIMIT :limit
    )
"""


def forget(connection: Connection, before: int, limit: int) -> int:
    """Removes up to `limit` of them from before that millisecond; gives how many."""
    return connection.exec_driver_sql(_FORGET, {"before": before, "limit": limit}).rowcount
