"""What a person is alarmed about at a register, and from which figure on."""

from datetime import timedelta
from typing import Any

import pytest

from protocols.alarm import Alarm, Change, Level, alarms_of, changes
from protocols.fiscal import Condition, DriveWarning, Paper
from protocols.inspection import Inspection
from tests.samples import FN, NOON

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
CODES = {
    "documents_left": "DRIVE_NEARLY_FULL",
    "expires": "DRIVE_EXPIRES",
    "oldest_unsent": "OFD_QUEUE_OLD",
    "clock": "CLOCK_DRIFT",
    "cover_open": "COVER_OPEN",
}


def inspected(**told: Any) -> Inspection:
    return Inspection(Condition(FN, **told), NOON)


@pytest.mark.parametrize(
    ("field", "value", "level"),
    [
        ("documents_left", 100, None),
        ("documents_left", 99, "P1"),
        ("documents_left", 0, "P1"),
        ("expires", (NOON + 30 * DAY).date(), None),
        ("expires", (NOON + 29 * DAY).date(), "P2"),
        ("expires", (NOON + 3 * DAY).date(), "P2"),
        ("expires", (NOON + 2 * DAY).date(), "P1"),
        ("expires", (NOON - DAY).date(), "P1"),
        ("oldest_unsent", NOON - 3 * DAY + SECOND, None),
        ("oldest_unsent", NOON - 3 * DAY, "P2"),
        ("oldest_unsent", NOON - 25 * DAY + SECOND, "P2"),
        ("oldest_unsent", NOON - 25 * DAY, "P1"),
        ("clock", NOON + 5 * MINUTE, None),
        ("clock", NOON + 5 * MINUTE + SECOND, "P2"),
        ("clock", NOON - 5 * MINUTE - SECOND, "P2"),
        ("cover_open", False, None),
        ("cover_open", True, "P3"),
    ],
)
def test_an_alarm_begins_at_its_figure(field: str, value: Any, level: str | None) -> None:
    found = [(alarm.code, alarm.level) for alarm in alarms_of(inspected(**{field: value}), None)]

    assert found == ([(CODES[field], Level(level))] if level else [])


@pytest.mark.parametrize(
    ("warning", "code", "level"),
    [
        (DriveWarning.REPLACE_NOW, "DRIVE_EXPIRES", "P1"),
        (DriveWarning.EXPIRES_SOON, "DRIVE_EXPIRES", "P2"),
        (DriveWarning.MEMORY_FULL, "DRIVE_NEARLY_FULL", "P2"),
        (DriveWarning.OFD_OVERDUE, "OFD_QUEUE_OLD", "P2"),
    ],
)
def test_the_drives_own_warnings_are_heard_where_it_gives_no_figures(
    warning: DriveWarning, code: str, level: str
) -> None:
    (alarm,) = alarms_of(inspected(warnings=frozenset({warning})), None)

    assert (alarm.code, alarm.level) == (code, Level(level))


@pytest.mark.parametrize(
    ("paper", "codes"), [(Paper.PRESENT, []), (Paper.OUT, ["PAPER_OUT"]), (Paper.WAITS, []), (None, [])]
)
def test_paper_alarms_while_there_is_none(paper: Paper | None, codes: list[str]) -> None:
    assert [alarm.code for alarm in alarms_of(None, None, paper)] == codes


def test_a_drive_that_has_sent_all_is_not_overdue_whatever_it_remembers() -> None:
    assert alarms_of(inspected(unsent=0, oldest_unsent=NOON - 40 * DAY), None) == ()


def test_a_register_that_tells_nothing_alarms_nobody() -> None:
    assert alarms_of(inspected(), None) == ()
    assert alarms_of(None, None) == ()


@pytest.mark.parametrize(("hours", "alarms"), [(22.99, 0), (23, 1), (30, 1)])
def test_a_shift_alarms_an_hour_before_it_ends(hours: float, alarms: int) -> None:
    assert len(alarms_of(None, timedelta(hours=hours))) == alarms


def test_days_are_counted_on_the_registers_calendar() -> None:
    seen = Inspection(Condition(FN, expires=NOON.date(), clock=NOON - DAY), NOON)

    assert seen.days_left == 1
    assert seen.drift == -DAY


def test_what_is_said_of_alarms_is_what_began_changed_its_level_and_ended() -> None:
    cover, shift = Alarm("COVER_OPEN", Level.P3, "open"), Alarm("SHIFT_OLD", Level.P2, "old")
    soon, sooner = Alarm("DRIVE_EXPIRES", Level.P2, "in 9 days"), Alarm("DRIVE_EXPIRES", Level.P1, "in 2 days")

    assert changes([cover, soon], [sooner, shift]) == [
        (Change.CHANGED, sooner),
        (Change.BEGAN, shift),
        (Change.ENDED, cover),
    ]
    assert changes([soon], [Alarm("DRIVE_EXPIRES", Level.P2, "in 8 days")]) == []


@pytest.mark.parametrize(
    ("age", "left"), [(0 * DAY, 30), (SECOND, 29), (29 * DAY + SECOND, 0), (30 * DAY, 0), (30 * DAY + SECOND, -1)]
)
def test_the_days_until_an_unsent_document_stops_the_register_are_whole_ones(age: timedelta, left: int) -> None:
    assert inspected(oldest_unsent=NOON - age).days_until_blocked == left
    assert inspected(oldest_unsent=None).days_until_blocked is None
