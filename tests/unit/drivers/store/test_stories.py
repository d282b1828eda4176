"""The moves of one order on disk: also of one that is cleaned up, and no more of them than a person can read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Retention
from drivers.store.stories import FIRST, LAST, story_of
from protocols.life import State
from tests.samples import NOON, document, intent

KEEPS_EVENTS = Retention(rows=1.0, keys=1e9, dead=1e9, events=1e9)
KEEPS_KEYS = Retention(rows=1.0, keys=1e9, dead=1e9, events=1.0)


class Days:
    def __init__(self, connection: Connection) -> None:
        self.connection, self.now = connection, NOON
        self.store = ReceiptStore(connection, self.clock)

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def printed(self, fd: int = 1) -> str:
        claim = intent(fd=fd - 1)
        self.store.claim(claim, 1000)
        self.store.printed(claim.receipt_id, document(fd), way_open=True)
        return claim.receipt_id

    def synced(self, fd: int = 1) -> str:
        receipt_id = self.printed(fd)
        self.store.take(())
        self.store.synced(receipt_id, "OFD-1")
        return receipt_id


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        yield Days(connection)
    close_database(connection)


LIFE = [State.ACCEPTED, State.PRINTING, State.PENDING, State.SYNCING, State.SYNCED]


def test_the_moves_of_a_receipt_are_its_own_in_order(days: Days) -> None:
    receipt_id, _ = days.synced(1), days.synced(2)

    story = story_of(days.connection, receipt_id)

    assert story is not None
    assert [move.state for move in story.first] == LIFE
    assert (story.state, story.left_out, story.last) == (State.SYNCED, 0, [])
    assert (story.accepted_at, story.first[2].detail) == (NOON + timedelta(seconds=1), "document 1, sign 0000007919")


def test_they_are_told_on_when_its_row_is_gone_and_what_is_forgotten_is_not(days: Days) -> None:
    receipt_id = days.synced()
    there = story_of(days.connection, receipt_id)
    days.now += timedelta(days=1)
    days.store.clean_up(KEEPS_EVENTS, 10)
    days.synced(2)

    assert story_of(days.connection, receipt_id) == there
    days.store.clean_up(KEEPS_KEYS, 10)
    forgotten = story_of(days.connection, receipt_id)
    assert forgotten is not None
    assert (forgotten.accepted_at, forgotten.state, forgotten.first) == (there and there.accepted_at, State.SYNCED, [])


def test_of_thousands_the_beginning_and_the_end_are_told(days: Days) -> None:
    receipt_id = days.printed()
    for _ in range(500):
        days.store.take(())
        days.store.unreached(receipt_id, 1, "no route")

    story = story_of(days.connection, receipt_id)

    assert story is not None
    assert (len(story.first), story.left_out, len(story.last)) == (FIRST, 1003 - FIRST - LAST, LAST)
    assert [move.state for move in story.first[:4]] == LIFE[:4]
    assert [move.state for move in story.last[-2:]] == [State.SYNCING, State.PENDING]


def test_an_unknown_one_has_none(days: Days) -> None:
    days.synced()

    assert story_of(days.connection, "nobody") is None


def test_it_reads_the_moves_of_that_order_only(days: Days) -> None:
    days.now += timedelta(days=1)
    seen: list[str] = []
    gone, there = days.synced(2), days.printed(3)
    days.now += timedelta(days=1)
    days.store.clean_up(KEEPS_EVENTS, 10)
    raw = days.connection.connection.driver_connection
    raw.set_trace_callback(seen.append)  # type: ignore[union-attr]
    story_of(days.connection, there)
    story_of(days.connection, gone)
    raw.set_trace_callback(None)  # type: ignore[union-attr]

    plans = {
        step for statement in seen for *_, step in days.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
    }

    assert plans == {
        "SEARCH receipts USING INDEX sqlite_autoindex_receipts_1 (id=?)",
        "SEARCH tombstones USING INDEX sqlite_autoindex_tombstones_2 (id=?)",
        "SEARCH events USING INDEX events_of_receipt (receipt=?)",
        "SEARCH events USING COVERING INDEX events_of_receipt (receipt=?)",
        "SEARCH events USING INDEX events_of_gone (receipt_id=?)",
        "SEARCH events USING COVERING INDEX events_of_gone (receipt_id=?)",
    }
