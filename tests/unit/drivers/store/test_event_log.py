"""The log of events: both tables as one list, newest first, whose pages do not move while it is written."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from drivers.store.database import CannotOpen, close_database, open_database
from drivers.store.event_log import _NOTICE_COLUMNS, _ORDER_COLUMNS, _PAGE, _parts, page_of, read_page
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Retention
from protocols.alarm import Alarm, Level
from protocols.event_log import Asked, Mark, Severity
from tests.samples import NOON, document, intent, sale

POS_ID, SOURCE = "POS-001", "kkt.POS-001"
COVER = Alarm("COVER_OPEN", Level.P3, "The cover is open.")
FULL = Alarm("DRIVE_NEARLY_FULL", Level.P1, "The fiscal drive has room for 50 more documents.")
SECOND = timedelta(seconds=1)
DAY = 86_400.0
RETENTION = Retention(rows=7 * DAY, keys=400 * DAY, dead=90 * DAY, events=30 * DAY)


class Days:
    """A store in which a second passes before everything that happens."""

    def __init__(self, path: Path, connection: Connection) -> None:
        self.path, self.connection, self.now = path, connection, NOON
        self.store = ReceiptStore(connection, self.clock)

    def clock(self) -> datetime:
        self.now += SECOND
        return self.now

    def sell(self, fd: int) -> str:
        """Three events."""
        claim = intent(sale(pos_id=POS_ID), fd - 1)
        self.store.claim(claim, 1000)
        self.store.printed(claim.receipt_id, document(fd), way_open=True)
        return claim.receipt_id

    def alarm(self, *alarms: Alarm) -> None:
        self.store.notices.keep(SOURCE, alarms)

    def said(self, asked: Asked = Asked()) -> list[tuple[str, str]]:  # noqa: B008  frozen
        return [(entry.event, entry.level) for entry in page_of(self.connection, asked).items]


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        yield Days(tmp_path / "kassir.db", connection)
    close_database(connection)


def test_orders_and_alarms_are_one_list_newest_first(days: Days) -> None:
    days.alarm(FULL, COVER)
    receipt_id = days.sell(1)
    days.alarm(COVER)

    page = page_of(days.connection, Asked())

    assert days.said() == [
        ("alarm_ended", "INFO"),
        ("pending", "INFO"),
        ("printing", "INFO"),
        ("accepted", "INFO"),
        ("alarm_began", "INFO"),
        ("alarm_began", "ERROR"),
    ]
    ended, pending = page.items[:2]
    assert (ended.pos_id, ended.receipt_id, ended.code, ended.alert) == (POS_ID, None, FULL.code, Level.P1)
    assert (ended.source, pending.source) == (SOURCE, None)
    assert ended.message == f"Over: {FULL.message}"
    assert (pending.pos_id, pending.receipt_id, pending.code) == (POS_ID, receipt_id, None)
    assert pending.message.startswith("document 1, sign ")
    assert page.total == 6


def test_a_page_is_the_next_so_many_and_the_total_is_that_of_all_pages(days: Days) -> None:
    days.sell(1)
    days.alarm(FULL)
    whole = page_of(days.connection, Asked())

    pages = [page_of(days.connection, Asked(page=number, limit=3)) for number in (1, 2, 3)]

    assert [len(page.items) for page in pages] == [3, 1, 0]
    assert pages[0].items + pages[1].items == whole.items
    assert {page.total for page in pages} == {4}


def test_pages_as_of_the_first_one_do_not_move_while_the_log_is_written(days: Days) -> None:
    for fd in range(1, 5):
        days.sell(fd)
        days.alarm(*[FULL, COVER][: fd % 2 + 1])
    whole = page_of(days.connection, Asked()).items
    first = page_of(days.connection, Asked(limit=5))
    mark = Mark(*map(int, first.as_of.split("-")))

    days.sell(5)
    days.alarm()
    days.now -= timedelta(hours=1)  # and the clock is set back
    days.sell(6)
    second = page_of(days.connection, Asked(page=2, limit=5, as_of=mark))

    assert first.items + second.items == whole[:10]
    assert (second.total, second.as_of) == (first.total, first.as_of)


@pytest.mark.parametrize(
    ("level", "events"),
    [
        (Severity.INFO, ["alarm_ended", "alarm_ended", "alarm_began", "printing", "accepted"]),
        (Severity.WARN, ["rejected"]),
        (Severity.ERROR, ["alarm_began", "unknown"]),
    ],
)
def test_a_level_picks_what_is_as_grave(days: Days, level: Severity, events: list[str]) -> None:
    claim = intent()
    days.store.claim(claim, 1000)
    days.store.unknown(claim.receipt_id, "nobody knows")
    days.store.rejected(claim.receipt_id, b"{}", "it was not printed", decided_by="Иванова")
    days.alarm(FULL, COVER)
    days.alarm()

    page = page_of(days.connection, Asked(level=level))

    assert [entry.event for entry in page.items] == events
    assert page.total == len(events)


def test_what_is_of_no_register_is_listed_with_its_source(days: Days) -> None:
    days.store.notices.note("link.ofd", Alarm("BREAKER_OPEN", Level.P2, "The way to the OFD is shut."))
    days.store.notices.keep("gateway", [FULL])

    alarm, noted = page_of(days.connection, Asked()).items

    assert (noted.event, noted.source, noted.pos_id, noted.level) == ("noted", "link.ofd", None, Severity.WARN)
    assert (noted.code, noted.message) == ("BREAKER_OPEN", "The way to the OFD is shut.")
    assert (alarm.event, alarm.source, alarm.pos_id) == ("alarm_began", "gateway", None)


def test_since_leaves_out_what_was_before(days: Days) -> None:
    days.alarm(FULL)
    days.sell(1)
    days.alarm()
    at = page_of(days.connection, Asked()).items[1].timestamp

    page = page_of(days.connection, Asked(since=at))

    assert [entry.event for entry in page.items] == ["alarm_ended", "pending"]
    assert page.total == 2


def test_events_are_told_on_when_their_receipt_is_cleaned_up_and_no_later_one_takes_them(days: Days) -> None:
    receipt_id = days.sell(1)
    days.store.take(())
    days.store.synced(receipt_id, "OFD")
    before = page_of(days.connection, Asked())

    days.now += timedelta(days=8)
    assert days.store.clean_up(RETENTION, 1000) == 1
    assert page_of(days.connection, Asked()) == before
    later = days.sell(2)

    receipt_ids = [entry.receipt_id for entry in page_of(days.connection, Asked()).items]
    assert receipt_ids == [later] * 3 + [receipt_id] * 5


def test_what_is_over_for_a_month_is_not_told_any_more_though_what_is_open_is(days: Days) -> None:
    receipt_id = days.sell(1)
    days.store.take(())
    days.store.synced(receipt_id, "OFD")
    open_still = days.sell(2)
    days.alarm(COVER)
    days.alarm()
    days.now += timedelta(days=31)

    while days.store.clean_up(RETENTION, 3):
        pass

    assert {entry.receipt_id for entry in page_of(days.connection, Asked()).items} == {open_still}


def test_it_is_read_beside_the_writer_and_sees_what_is_committed(days: Days) -> None:
    days.alarm(FULL)
    before = read_page(days.path, Asked())
    days.connection.get_transaction().commit()  # type: ignore[union-attr]

    after = read_page(days.path, Asked())

    assert (before.items, len(after.items)) == ((), 1)


def test_a_file_that_is_not_there_is_said_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="cannot be read"):
        read_page(tmp_path / "none.db", Asked())


def test_the_newest_events_are_found_without_sorting_all_of_them(days: Days) -> None:
    """An open page of the log asks for them every second or two."""
    of_orders, of_notices = _parts(Asked(), _ORDER_COLUMNS, _NOTICE_COLUMNS)
    values = {"of_orders": 9, "of_notices": 9, "since": 0, "end": 50, "limit": 50, "offset": 0}
    plan = days.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {_PAGE.format(of_orders, of_notices)}", values).all()

    assert any("events_by_time" in step.detail for step in plan)


@pytest.mark.parametrize("as_of", [None, Mark(4, 1), Mark(0, 0)])
def test_the_total_of_all_is_that_of_what_each_level_has(days: Days, as_of: Mark | None) -> None:
    days.sell(1)
    days.alarm(COVER)
    days.sell(2)
    days.alarm()

    levels = sum(page_of(days.connection, Asked(level=level, as_of=as_of)).total for level in Severity)

    assert page_of(days.connection, Asked(as_of=as_of)).total == levels


def test_behind_the_last_page_there_is_nothing(days: Days) -> None:
    days.sell(1)

    page = page_of(days.connection, Asked(page=7, limit=2))

    assert (page.total, page.items) == (3, ())
