"""May a card be charged: every reason against it, and what is none."""

from datetime import timedelta
from typing import Any

import pytest

from actors.kkt import trouble
from protocols.alarm import alarms_of
from protocols.fiscal import Condition, Paper
from protocols.inspection import Inspection
from protocols.readiness import TEXTS, Language, readiness
from tests.samples import FN, NOON

GOOD: dict[str, Any] = {
    "trouble": None,
    "shift": "open",
    "shift_opened_at": NOON - timedelta(hours=1),
    "shift_policy": {"auto_open": False, "reopen_expired": False},
    "drive": {"documents_left": 3, "days_left": 0},
    "ofd_queue": {"unsent": 1, "oldest_age_s": 30 * 86_400},
    "clock_drift_s": 0,
    "alarms": [],
}
ROOM = {"current_queued": 199, "total_capacity": 200, "disk": "ok"}
BY_ITSELF = {"auto_open": True, "reopen_expired": True}


def reasons(register: Any = None, buffer: Any = None, language: Language = "ru") -> list[str]:
    judged = readiness(GOOD | (register or {}), ROOM | (buffer or {}), NOON, language)
    assert judged["ready"] == (not judged["reasons"])
    return [reason["code"] for reason in judged["reasons"]]


def test_a_register_that_can_print_is_ready() -> None:
    assert reasons() == []


@pytest.mark.parametrize(
    ("register", "found"),
    [
        ({"trouble": {"code": "KKT_NO_PAPER"}}, ["KKT_NO_PAPER"]),
        ({"shift": "closed", "shift_opened_at": None}, ["KKT_SHIFT_CLOSED"]),
        ({"shift": "closed", "shift_opened_at": None, "shift_policy": BY_ITSELF}, []),
        ({"shift": "expired"}, ["KKT_SHIFT_EXPIRED"]),
        ({"shift": "expired", "shift_policy": BY_ITSELF}, []),
        ({"shift_opened_at": NOON - timedelta(hours=23, minutes=59)}, []),
        ({"shift_opened_at": NOON - timedelta(hours=23, minutes=59, seconds=1)}, ["KKT_SHIFT_EXPIRED"]),
        ({"shift_opened_at": NOON - timedelta(hours=25), "shift_policy": BY_ITSELF}, []),
        ({"shift_opened_at": NOON - timedelta(hours=23), "clock_drift_s": 3600}, ["KKT_SHIFT_EXPIRED"]),
        ({"shift": "closed", "trouble": {"code": "KKT_SHIFT_CLOSED"}}, ["KKT_SHIFT_CLOSED"]),
        ({"drive": {"documents_left": 2, "days_left": 0}}, ["DRIVE_FULL"]),
        ({"drive": {"documents_left": None, "days_left": -1}}, ["DRIVE_EXPIRED"]),
        ({"drive": {"documents_left": None, "days_left": None}}, []),
        ({"ofd_queue": {"unsent": 1, "oldest_age_s": 30 * 86_400 + 1}}, ["DRIVE_BLOCKED"]),
        ({"trouble": {"code": "KKT_UNAVAILABLE"}, "drive": {"documents_left": 0}}, ["KKT_UNAVAILABLE", "DRIVE_FULL"]),
    ],
)
def test_a_register_says_why_it_cannot(register: Any, found: list[str]) -> None:
    assert reasons(register) == found


@pytest.mark.parametrize(
    ("buffer", "found"), [({"current_queued": 200}, ["BUFFER_FULL"]), ({"disk": "full"}, ["DISK_FULL"])]
)
def test_without_room_no_card_is_charged(buffer: Any, found: list[str]) -> None:
    assert reasons(buffer=buffer) == found


def test_nobody_is_ready_of_whom_nothing_is_known() -> None:
    judged = readiness(None, None, NOON, "ru")

    assert [reason["code"] for reason in judged["reasons"]] == ["KKT_STARTING", "STORE_UNAVAILABLE"]


def test_an_alarm_warns_and_does_not_stop_a_sale() -> None:
    judged = readiness(GOOD | {"alarms": [{"code": "CLOCK_DRIFT"}]}, ROOM, NOON, "en")

    assert judged["ready"]
    assert [warning["code"] for warning in judged["warnings"]] == ["CLOCK_DRIFT"]


def test_the_time_left_in_the_shift_is_told() -> None:
    assert readiness(GOOD, ROOM, NOON, "ru")["shift_left_s"] == 23 * 3600
    assert readiness(GOOD | {"shift_opened_at": None}, ROOM, NOON, "ru")["shift_left_s"] is None


def test_every_reason_has_its_words_in_both_languages() -> None:
    told = {each.code for each in vars(trouble).values() if isinstance(each, trouble.NotReady)}
    worst = Condition(FN, NOON.date(), 0, oldest_unsent=NOON, unsent=1, clock=NOON + timedelta(days=9), cover_open=True)
    alarms = alarms_of(Inspection(worst, NOON), timedelta(days=1), Paper.OUT)

    assert told - TEXTS.keys() == {"STOPPING"}  # is never said of a register, only to a caller
    assert len(alarms) == 7
    assert {alarm.code for alarm in alarms} <= TEXTS.keys()
    assert all(texts.keys() == {"ru", "en"} for texts in TEXTS.values())
    assert "Касса" in readiness(GOOD | {"trouble": {"code": "NEW"}}, ROOM, NOON, "ru")["reasons"][0]["message"]
