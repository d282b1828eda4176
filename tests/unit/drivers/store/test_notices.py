"""Notices on disk: of an alarm one row a transition, whoever tells it and however often; old ones go."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Begun, Retention
from protocols.alarm import Alarm, Level
from tests.samples import NOON

ONE, TWO = "kkt.POS-001", "kkt.POS-002"
DAY = timedelta(days=1)
WEEK = Retention(rows=1e9, keys=1e9, dead=1e9, events=7 * DAY.total_seconds())
COVER = Alarm("COVER_OPEN", Level.P3, "The cover is open.")
FULL = Alarm("DRIVE_NEARLY_FULL", Level.P2, "The fiscal drive is nine tenths full.")
FULLER = Alarm("DRIVE_NEARLY_FULL", Level.P1, "The fiscal drive has room for 50 more documents.")


class Years:
    """A store whose clock is set by hand."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.now = connection, NOON
        self.store = ReceiptStore(connection, self.clock)

    def clock(self) -> datetime:
        return self.now

    def keep(self, *alarms: Alarm, source: str = ONE) -> None:
        self.store.notices.keep(source, alarms)

    def kept(self) -> list[tuple[str, str, str, str]]:
        rows = self.connection.exec_driver_sql("SELECT * FROM notices ORDER BY number")
        return [(row.source, row.code, row.change, row.level) for row in rows]


@pytest.fixture
def years(tmp_path: Path) -> Iterator[Years]:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        yield Years(connection)
    close_database(connection)


def test_an_alarm_is_a_row_when_it_begins_when_its_level_changes_and_when_it_ends(years: Years) -> None:
    for alarms in ([FULL], [FULL], [FULLER, COVER], [COVER], []):
        years.keep(*alarms)

    assert years.kept() == [
        (ONE, "DRIVE_NEARLY_FULL", "began", "P2"),
        (ONE, "DRIVE_NEARLY_FULL", "changed", "P1"),
        (ONE, "COVER_OPEN", "began", "P3"),
        (ONE, "DRIVE_NEARLY_FULL", "ended", "P1"),
        (ONE, "COVER_OPEN", "ended", "P3"),
    ]


def test_an_alarm_that_only_counts_on_is_no_news(years: Years) -> None:
    years.keep(FULLER)
    years.keep(Alarm(FULLER.code, FULLER.level, "The fiscal drive has room for 49 more documents."))

    assert len(years.kept()) == 1
    assert years.store.notices.standing(ONE) == [FULLER]


def test_sources_do_not_end_each_others_alarms(years: Years) -> None:
    years.keep(COVER)
    years.keep(source=TWO)
    years.keep(COVER, source=TWO)

    assert [(source, change) for source, _, change, _ in years.kept()] == [(ONE, "began"), (TWO, "began")]


def test_an_alarm_that_ended_may_begin_again(years: Years) -> None:
    for alarms in ([COVER], [], [COVER]):
        years.keep(*alarms)

    assert [change for _, _, change, _ in years.kept()] == ["began", "ended", "began"]


def test_a_single_event_neither_begins_nor_ends_an_alarm_of_its_code(years: Years) -> None:
    years.store.notices.note(ONE, COVER)
    assert years.store.notices.standing(ONE) == []
    years.keep(COVER)
    years.store.notices.note(ONE, COVER)

    assert years.store.notices.standing(ONE) == [COVER]
    assert [change for _, _, change, _ in years.kept()] == ["noted", "began", "noted"]


def test_a_single_event_goes_when_it_is_old_and_leaves_the_alarm_that_stands(years: Years) -> None:
    years.store.notices.note(ONE, COVER)
    years.keep(COVER)
    years.store.notices.note(ONE, COVER)
    years.now += 8 * DAY

    gone = years.store.clean_up(WEEK, 1000)

    assert gone == 2
    assert years.kept() == [(ONE, "COVER_OPEN", "began", "P3")]


def test_single_events_that_come_all_day_are_bounded_too(years: Years) -> None:
    for _ in range(30):
        years.store.notices.note(ONE, COVER)

    years.store.notices.forget(before=0, limit=1000, most=10)

    assert len(years.kept()) == 10


def test_what_is_past_goes_in_time_and_what_stands_stays_and_is_not_begun_again(
    years: Years,
) -> None:
    years.keep(FULL, COVER)
    years.keep(FULLER)
    years.now += 8 * DAY

    gone = years.store.clean_up(WEEK, 1000)
    years.keep(FULLER)

    assert gone == 3
    assert years.kept() == [(ONE, "DRIVE_NEARLY_FULL", "changed", "P1")]


def test_a_clean_up_takes_no_more_than_it_may_the_oldest_first(years: Years) -> None:
    for alarms in ([COVER], [], [COVER], []):
        years.keep(*alarms)
    years.now += 8 * DAY

    assert [years.store.clean_up(WEEK, 3) for _ in range(3)] == [3, 1, 0]


def test_an_alarm_that_comes_and_goes_all_day_keeps_a_bounded_number_of_rows(years: Years) -> None:
    years.keep(FULL)
    for _ in range(20):
        years.keep(FULL, COVER)
        years.keep(FULL)

    years.store.notices.forget(before=0, limit=1000, most=10)

    assert len(years.kept()) == 11
    assert years.kept()[0] == (ONE, "DRIVE_NEARLY_FULL", "began", "P2")


def test_what_ended_while_the_clock_was_right_again_does_not_stand_anew_when_old_rows_go(years: Years) -> None:
    years.now = NOON + 365 * DAY
    years.keep(COVER)
    years.now = NOON
    years.keep()

    years.now = NOON + 8 * DAY
    years.store.clean_up(WEEK, 100)

    assert years.store.notices.standing(ONE) == []
    years.keep(COVER)
    assert years.kept()[-1] == (ONE, "COVER_OPEN", "began", "P3")


def test_since_when_an_alarm_stands_is_known_though_its_level_changed(years: Years) -> None:
    for alarms, days in (([FULL], 1), ([], 1), ([FULL], 1), ([FULLER], 1)):
        years.keep(*alarms)
        years.now += days * DAY

    assert years.store.notices.begun(ONE) == [Begun(ONE, FULLER, NOON + 2 * DAY)]
    assert years.store.notices.begun(TWO) == []


def test_since_when_an_alarm_stands_is_known_as_far_as_rows_are_left(years: Years) -> None:
    years.keep(FULL)
    years.now += DAY
    years.keep(FULLER)
    years.now += 7.5 * DAY
    years.store.clean_up(WEEK, 100)

    assert years.store.notices.begun(ONE) == [Begun(ONE, FULLER, NOON + DAY)]
