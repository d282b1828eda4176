"""How long a server asks its callers to stay away. Pure.

RFC 9110, 10.2.3: `Retry-After` has seconds, or a date of HTTP. A date is told by the server's clock, so it is taken
from the answer's own `Date` where there is one.
"""

from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0  # seconds: what is over a day is not meant for a program


def pause_of(retry_after: str | None, date: str | None, now: datetime) -> float | None:
    """Seconds, 0 at least; None where nothing, or nothing that can be read, is said. `now` is aware."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return min(LONGEST, float(text.lstrip("0")[:9] or 0))
    until = _moment(text)
    if until is None:
        return None
    return min(LONGEST, max(0.0, (until - (_moment(date or "") or now)).total_seconds()))


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year, an hour or an offset beyond any number that Python's C code takes
        return None
    return found if found.tzinfo is not None else None
