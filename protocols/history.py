"""The last hours in figures: what was printed, how fast, and how much waited for the OFD. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import Field

from protocols.api_fields import Body
from protocols.receipt_list import parameters_of

MOST = 144  # points: a day of ten minutes each
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 4200)  # seconds; the last makes MOST of a week


class HistoryBody(Body):
    hours: Annotated[int, Field(ge=1, le=168)] = 24


@dataclass(frozen=True, slots=True)
class Grid:
    """Points in time, `step_s` seconds apart from `first` on, the last of them under way."""

    first: datetime
    step_s: int
    points: int

    @property
    def first_ms(self) -> int:
        return int(self.first.timestamp()) * 1000

    def at(self, number: int) -> datetime:
        return self.first + timedelta(seconds=number * self.step_s)


class Printed(NamedTuple):
    """Within one step. `receipts`: how many of the documents go to the OFD; times in milliseconds."""

    documents: int
    receipts: int
    p50_ms: int
    p95_ms: int


@dataclass(frozen=True, slots=True)
class Counted:
    """By number of the step, where there is anything to count. `gone`: receipts that do not wait for the OFD any more,
    delivered or dead. `waiting`: how many do now."""

    printed: Mapping[int, Printed]
    gone: Mapping[int, int]
    waiting: int


@dataclass(frozen=True, slots=True)
class Point:
    """From `at` on, one step long. `queued`: at its end. Seconds, None where nothing was printed."""

    at: datetime
    queued: int
    printed: int
    p50_s: float | None
    p95_s: float | None


def parse_hours(parameters: Mapping[str, str]) -> int:
    """Raises BadRequest."""
    return parameters_of(HistoryBody, parameters).hours


def grid_of(hours: int, now: datetime) -> Grid:
    """It ends with the step that `now` is in, and begins at a whole step, so that two looks in a row agree."""
    step = next(step for step in STEPS if hours * 3600 <= MOST * step)
    points = hours * 3600 // step
    last = int(now.timestamp()) // step
    return Grid(datetime.fromtimestamp((last - points + 1) * step, UTC), step, points)


def points(grid: Grid, counted: Counted) -> list[Point]:
    """Oldest first. How many waited then is reckoned back from how many do now."""
    found: list[Point] = []
    queued = counted.waiting
    for number in reversed(range(grid.points)):
        printed = counted.printed.get(number)
        found.append(_point(grid.at(number), max(0, queued), printed))
        queued += counted.gone.get(number, 0) - (printed.receipts if printed else 0)
    return found[::-1]


def _point(at: datetime, queued: int, printed: Printed | None) -> Point:
    if printed is None:
        return Point(at, queued, 0, None, None)
    return Point(at, queued, printed.documents, printed.p50_ms / 1000, printed.p95_ms / 1000)
