"""Clean-up: rows go when they are final and old, their keys much later; nothing that can still happen is touched."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Buried, Claimed, Intent, KeyReused, Known, Retention
from protocols.alarm import Alarm, Level
from protocols.life import State
from protocols.till import TillWork, Work
from tests.samples import FN, NOON, document, intent, sale

WEEK, MONTH, SEASON, YEAR = timedelta(days=7), timedelta(days=30), timedelta(days=90), timedelta(days=400)
RETENTION = Retention(WEEK.total_seconds(), YEAR.total_seconds(), SEASON.total_seconds(), MONTH.total_seconds())


class Years:
    """A store whose clock is set by hand."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.now = connection, NOON
        self.store = ReceiptStore(connection, self.clock)

    def clock(self) -> datetime:
        return self.now

    def go(self, time: timedelta) -> int:
        self.now += time
        return self.store.clean_up(RETENTION, 1000)

    def synced(self, fd: int) -> Intent:
        claim = self.printed(fd)
        self.store.take(())
        self.store.synced(claim.receipt_id, "OFD")
        return claim

    def dead(self, fd: int) -> Intent:
        claim = self.printed(fd)
        self.store.take(())
        self.store.refused(claim.receipt_id, "no", dead=True)
        return claim

    def printed(self, fd: int) -> Intent:
        claim = intent(sale(), fd - 1)
        assert isinstance(self.store.claim(claim, 1000), Claimed)
        self.store.printed(claim.receipt_id, document(fd), way_open=True)
        return claim

    def rows(self, table: str) -> int:
        return int(self.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


@pytest.fixture
def years(tmp_path: Path) -> Iterator[Years]:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        yield Years(connection)
    close_database(connection)


def test_a_buried_receipts_key_keeps_its_answer_byte_for_byte_and_prints_nothing(years: Years) -> None:
    claim = years.synced(1)
    before = years.store.recall(claim.key, claim.fingerprint)

    assert years.go(WEEK + timedelta(seconds=1)) == 1

    assert years.rows("receipts") == 0
    assert years.store.recall(claim.key, claim.fingerprint) == before
    assert years.store.claim(claim, 1000) == before
    assert isinstance(years.store.claim(intent(sale(5), key=claim.key), 1000), KeyReused)
    buried = years.store.look(claim.receipt_id)
    assert isinstance(buried, Buried)
    assert buried.state is State.SYNCED


def test_what_is_not_final_is_kept_for_ever(years: Years) -> None:
    years.printed(1)
    unknown = intent(sale(), 1)
    years.store.claim(unknown, 1000)
    years.store.unknown(unknown.receipt_id, "two", b"[]")

    assert years.go(3 * YEAR) == 0
    assert years.rows("receipts") == 2
    assert years.rows("events") == 6


def test_a_dead_letter_waits_for_a_person_until_its_own_time_is_over_and_its_key_is_known_then_too(
    years: Years,
) -> None:
    dead = years.dead(1)
    before = years.store.recall(dead.key, dead.fingerprint)

    years.go(SEASON)
    assert years.rows("receipts") == 1
    years.go(timedelta(seconds=1))

    assert years.rows("receipts") == 0
    assert years.store.recall(dead.key, dead.fingerprint) == before
    assert isinstance(before, Known)
    assert before.state is State.DEAD


def test_a_person_is_told_of_a_dead_letter_that_nobody_sent_again(years: Years) -> None:
    dead = years.dead(7)
    years.go(SEASON + timedelta(seconds=1))

    ((source, code, level, message),) = years.connection.exec_driver_sql(
        "SELECT source, code, level, message FROM notices"
    )

    assert (source, code, level) == ("gateway", "DEAD_LETTER_GIVEN_UP", "P2")
    assert message == (
        f"The OFD has not got document 7 of fiscal drive {FN}, receipt {dead.receipt_id}:"
        " nobody sent it again in 90 days, and it is cleaned up."
    )


def test_a_look_for_old_dead_letters_takes_no_longer_for_many_of_them(years: Years) -> None:
    """The writer looks, every few minutes: a sale waits behind it."""
    for fd in range(1, 4):
        years.dead(fd)
    years.connection.exec_driver_sql("""
        WITH RECURSIVE more (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM more WHERE n < 20000)
        INSERT INTO receipts (number, id, pos_id, state, key, fingerprint, kind, content, baseline_fn, baseline_fd,
            accepted_at, moved_at)
        SELECT n, 'id ' || n, pos_id, state, 'key ' || n, fingerprint, kind, content, baseline_fn, baseline_fd,
            accepted_at, moved_at
        FROM more, receipts WHERE number = 1
    """)
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    sqlite = years.connection.connection.dbapi_connection
    assert sqlite is not None
    sqlite.set_progress_handler(step, 1000)  # once in so many steps of SQLite's machine
    years.go(timedelta(days=1))
    sqlite.set_progress_handler(None, 1)

    assert steps < 50
    assert years.rows("receipts") == 20_000 - 10 + 1 + 3


def test_a_clock_that_is_years_ahead_for_a_while_costs_few_dead_letters(years: Years) -> None:
    for fd in range(1, 31):
        years.dead(fd)
        years.synced(fd + 100)

    years.now += 3 * YEAR
    while years.store.clean_up(RETENTION, 10):
        pass  # as BufferActor does while there is more: all of it is one look

    assert years.rows("receipts") == 29


def test_events_of_a_row_stay_as_long_as_the_row(years: Years) -> None:
    years.dead(1)
    years.go(MONTH + timedelta(days=1))

    assert years.rows("events") == 5


def test_refusals_and_till_work_are_buried_too(years: Years) -> None:
    refused, work = intent(sale()), intent(TillWork("POS-001", Work.CASH_IN, 5))
    years.store.claim(refused, 1000)
    years.store.rejected(refused.receipt_id, b"no", "no")
    years.store.claim(work, 1000)
    years.store.not_printed(work.receipt_id)
    assert years.go(WEEK + timedelta(seconds=1)) == 1

    assert years.rows("receipts") == 1
    assert years.store.recall(refused.key, refused.fingerprint) == Known(refused.receipt_id, State.REJECTED, b"no")


def test_counts_go_with_the_row_and_events_in_their_own_time(years: Years) -> None:
    years.synced(1)
    years.go(WEEK + timedelta(seconds=1))
    assert set(years.store.totals().by_state.values()) == {0}
    assert years.rows("events") == 5

    assert years.go(MONTH - WEEK) == 5

    assert years.rows("events") == 0


def test_a_look_reads_what_is_old_and_not_the_receipts_and_events_of_the_week(years: Years) -> None:
    seen: list[str] = []
    raw = years.connection.connection.driver_connection
    raw.set_trace_callback(seen.append)  # type: ignore[union-attr]
    years.store.clean_up(RETENTION, 10)
    raw.set_trace_callback(None)  # type: ignore[union-attr]

    plans = [
        step
        for statement in seen
        if "notices" not in statement
        for *_, step in years.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        if step.startswith(("SCAN", "SEARCH receipts", "SEARCH events"))
    ]
    assert plans == [
        "SEARCH receipts USING INDEX receipts_over (moved_at<?)",
        "SEARCH events USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH events USING COVERING INDEX events_outlived (at<?)",
        "SEARCH receipts USING INDEX receipts_by_state (state=?)",
        "SCAN oldest",
    ]


def test_a_row_is_kept_for_a_week_after_its_last_move_not_after_its_acceptance(years: Years) -> None:
    claim = years.printed(1)
    years.now += WEEK
    years.store.take(())
    years.store.synced(claim.receipt_id, "OFD")

    assert years.go(timedelta(days=6)) == 0


def test_a_tombstone_goes_only_when_no_repeat_can_be_meant_any_more(years: Years) -> None:
    claim = years.synced(1)
    years.go(WEEK + timedelta(seconds=1))

    years.go(YEAR - WEEK - timedelta(seconds=2))
    assert years.store.recall(claim.key, claim.fingerprint) is not None
    years.go(timedelta(seconds=2))
    assert years.store.recall(claim.key, claim.fingerprint) is None


def test_the_document_of_a_buried_receipt_is_not_given_to_another(years: Years) -> None:
    years.synced(1)
    years.go(WEEK + timedelta(seconds=1))
    other = intent(sale(), 0)
    years.store.claim(other, 1000)

    assert years.store.printed(other.receipt_id, document(1, fn=FN), way_open=True) is None
    known = years.store.recall(other.key, other.fingerprint)
    assert isinstance(known, Known)
    assert known.state is State.UNKNOWN


def test_a_look_takes_no_more_than_it_may(years: Years) -> None:
    for fd in range(1, 6):
        years.synced(fd)
    years.now += 2 * WEEK

    assert [years.store.clean_up(RETENTION, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_clock_that_is_years_ahead_for_a_while_costs_few_keys_however_many_alarms_are_old(years: Years) -> None:
    for fd in range(1, 31):
        years.synced(fd)
    years.go(WEEK + timedelta(seconds=1))
    for _ in range(50):
        years.store.notices.keep("kkt.POS-001", [Alarm("COVER_OPEN", Level.P3, "The cover is open.")])
        years.store.notices.keep("kkt.POS-001", [])
    assert years.rows("tombstones") == 30

    years.now += 3 * YEAR
    while years.store.clean_up(RETENTION, 10):
        pass  # as BufferActor does while there is more: all of it is one look

    assert years.rows("tombstones") == 20
