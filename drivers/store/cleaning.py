"""What goes in time: rows, events, notices, dead letters, keys. A few at a time, for a sale may wait behind them."""

from sqlalchemy import Connection

from drivers.store import outlived, shrinking, tombstones
from drivers.store.notices import Notices
from drivers.store.records import Retention
from protocols.alarm import Alarm, Level

DAY = 86_400.0


def clean_up(connection: Connection, notices: Notices, now: int, retention: Retention, limit: int) -> int:
    """Buries up to `limit` rows that are final for long, and removes as many old events and notices; how many.

    When none is left: gives free pages back to the disk; how many. When none are to give, 0, and once a look the
    oldest dead letter is buried and the oldest keys are forgotten, `limit` at most, though there be more: a clock that
    is years ahead for an hour must not cost all of them. `now`: milliseconds.
    """
    events_before = now - _milliseconds(retention.events)
    cleaned = (
        tombstones.bury(connection, now - _milliseconds(retention.rows), limit)
        + outlived.forget(connection, events_before, limit)
        + notices.forget(events_before, limit)
    )
    more = cleaned or shrinking.give_back(connection)
    if not more:  # so once a look at most: old rows that are many must not hurry the keys
        tombstones.forget(connection, now - _milliseconds(retention.keys), limit)
        _bury_dead_letter(connection, notices, now, retention.dead)
    return more


def _bury_dead_letter(connection: Connection, notices: Notices, now: int, after: float) -> None:
    """The oldest, if it is that old. It will never be sent any more, so a person is told."""
    buried = tombstones.bury_dead_letter(connection, now - _milliseconds(after))
    if buried is not None:
        lost = f"The OFD has not got document {buried.fd} of fiscal drive {buried.fn}, receipt {buried.id}"
        message = f"{lost}: nobody sent it again in {after / DAY:g} days, and it is cleaned up."
        notices.note("gateway", Alarm("DEAD_LETTER_GIVEN_UP", Level.P2, message))


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
