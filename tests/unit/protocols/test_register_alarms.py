"""What befalls registers' own alarms, for those who are told of alerts."""

from datetime import timedelta
from typing import Any

from protocols.alarm import Alarm, Change, Level
from protocols.register_alarms import RegisterAlarms
from tests.samples import NOON

ONE, TWO = "POS-001", "POS-002"
COVER = Alarm("COVER_OPEN", Level.P3, "The cover is open.")
FULL, FULLER = (Alarm("DRIVE_NEARLY_FULL", level, f"at {level}") for level in (Level.P2, Level.P1))
BEGAN, CHANGED, ENDED = Change.BEGAN, Change.CHANGED, Change.ENDED


def register(pos_id: str, *alarms: Alarm, inspected: bool = True) -> dict[str, Any]:
    told = [{"code": each.code, "level": each.level.value, "message": each.message} for each in alarms]
    drive = {"drive": {"documents_left": 50}} if inspected else {}
    return {f"kkt.{pos_id}": {"pos_id": pos_id, "alarms": told, **drive}}


def news(seen: RegisterAlarms, world: dict[str, Any], minutes: int = 0) -> list[tuple[Change, str, str]]:
    found = seen.see(world, NOON + timedelta(minutes=minutes))
    return [(change, alert.pos_id, alert.code) for change, alert in found]


def test_each_register_tells_what_began_changed_and_ended_and_nothing_twice() -> None:
    seen = RegisterAlarms()

    assert news(seen, register(ONE, FULL) | register(TWO)) == [(BEGAN, ONE, FULL.code)]
    assert news(seen, register(ONE, FULL) | register(TWO, COVER)) == [(BEGAN, TWO, COVER.code)]
    assert news(seen, register(ONE, FULLER) | register(TWO)) == [(CHANGED, ONE, FULL.code), (ENDED, TWO, COVER.code)]
    assert news(seen, register(ONE, FULLER) | register(TWO)) == []


def test_a_register_that_was_not_inspected_yet_ends_nothing() -> None:
    seen = RegisterAlarms([(ONE, COVER, NOON)])

    assert news(seen, register(ONE, inspected=False)) == []
    assert news(seen, {}) == []
    assert news(seen, register(ONE)) == [(ENDED, ONE, COVER.code)]


def test_an_alarm_keeps_the_time_at_which_it_began() -> None:
    seen = RegisterAlarms()
    news(seen, register(ONE, FULL))
    news(seen, register(ONE, FULLER), minutes=5)

    ((_, ended),) = seen.see(register(ONE), NOON + timedelta(minutes=9))

    assert (ended.since, ended.level) == (NOON, Level.P1)
