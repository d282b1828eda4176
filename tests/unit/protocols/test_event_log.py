"""What a request may ask of the log, and what it hears otherwise."""

from datetime import UTC, datetime

import pytest

from protocols.alarm import Change, Level
from protocols.api import BadRequest
from protocols.event_log import Asked, Mark, Severity, parse_asked, register_of, severity_of


def test_a_request_that_says_nothing_gets_the_newest_hundred() -> None:
    assert parse_asked({}) == Asked(page=1, limit=100)


def test_all_that_can_be_said_is_understood() -> None:
    said = {"page": "3", "limit": "500", "level": "WARN", "since": "2026-11-21T10:00:00+03:00", "as_of": "17-2"}

    assert parse_asked(said) == Asked(3, 500, Severity.WARN, datetime(2026, 11, 21, 7, tzinfo=UTC), Mark(17, 2))


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "200001"},
        {"page": "one"},
        {"limit": "0"},
        {"limit": "501"},
        {"limit": ""},
        {"level": "warn"},
        {"level": "FATAL"},
        {"since": "yesterday"},
        {"since": "0.5"},
        {"since": "1764000000"},
        {"since": "2026-11-21T10:00:00"},
        {"as_of": "17"},
        {"as_of": "17-2-"},
        {"as_of": "9999999999999999-1"},
        {"pages": "1"},
    ],
)
def test_what_cannot_be_meant_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_asked(wrong)

    (field,) = wrong
    assert caught.value.code == "INVALID_PARAMETER"
    assert [each["field"] for each in caught.value.details] == [field]  # type: ignore[attr-defined]


def test_nobody_makes_it_sort_all_there_is() -> None:
    assert parse_asked({"page": "400", "limit": "500"}).page == 400

    with pytest.raises(BadRequest, match="as_of"):
        parse_asked({"page": "401", "limit": "500"})


@pytest.mark.parametrize(
    ("change", "level", "severity"),
    [
        (Change.BEGAN, Level.P1, Severity.ERROR),
        (Change.CHANGED, Level.P2, Severity.WARN),
        (Change.BEGAN, Level.P3, Severity.INFO),
        (Change.ENDED, Level.P1, Severity.INFO),
        (Change.NOTED, Level.P2, Severity.WARN),
    ],
)
def test_an_alarm_is_as_grave_as_its_level_and_its_end_is_not(change: Change, level: Level, severity: Severity) -> None:
    assert severity_of(change, level) is severity


@pytest.mark.parametrize(
    ("source", "pos_id"), [("kkt.POS-001", "POS-001"), ("kkt.kkt.1", "kkt.1"), ("gateway", None), ("link.kkt.1", None)]
)
def test_only_the_source_of_a_registers_notices_names_a_register(source: str, pos_id: str | None) -> None:
    assert register_of(source) == pos_id
