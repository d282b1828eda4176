"""Both forms of Retry-After, and what is neither."""

from datetime import UTC, datetime

import pytest

from protocols.retry_after import LONGEST, pause_of

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "date", "seconds"),
    [
        ("120", None, 120.0),
        (" 0 ", None, 0.0),
        ("Fri, 20 Nov 2026 12:01:30 GMT", None, 90.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", None, 0.0),
        ("Fri, 20 Nov 2026 09:00:30 GMT", "Fri, 20 Nov 2026 09:00:00 GMT", 30.0),  # by the server's own clock
        ("Fri, 20 Nov 2026 12:00:30 GMT", "no date", 30.0),
        ("99999999999", None, LONGEST),
        ("000000000005", None, 5.0),
        ("Fri, 20 Nov 2099 12:00:30 GMT", None, LONGEST),
        (None, None, None),
        ("soon", None, None),
        ("-5", None, None),
        ("1.5", None, None),
        ("", None, None),
        ("Fri, 20 Nov 99999999999999999999 12:01:30 GMT", None, None),
        ("Fri, 20 Nov 2026 99999999999999999999:01:30 GMT", None, None),
        ("Fri, 20 Nov 2026 12:01:30 +99999999999999999999", None, None),
        ("Fri, 20 Nov 2026 12:00:30 GMT", "Fri, 20 Nov 99999999999999999999 12:01:30 GMT", 30.0),
    ],
)
def test_what_is_said_is_understood_in_both_forms(said: str | None, date: str | None, seconds: float | None) -> None:
    assert pause_of(said, date, NOW) == seconds
