"""The last hours in figures: where the points lie, and how many waited then."""

from datetime import datetime, timedelta

import pytest

from protocols.api import BadRequest
from protocols.history import MOST, Counted, Grid, Point, Printed, grid_of, parse_hours, points
from tests.samples import NOON


@pytest.mark.parametrize("hours", [1, 2, 3, 12, 24, 25, 100, 168])
def test_points_reach_over_the_hours_and_are_never_too_many(hours: int) -> None:
    now = NOON + timedelta(minutes=7, seconds=31)
    grid = grid_of(hours, now)

    assert grid.points <= MOST
    assert grid.at(grid.points - 1) <= now < grid.at(grid.points)
    assert timedelta(0) <= grid.first - (now - timedelta(hours=hours)) <= timedelta(seconds=grid.step_s)


def test_a_day_has_a_point_every_ten_minutes() -> None:
    assert grid_of(24, NOON) == Grid(NOON - timedelta(hours=24) + timedelta(seconds=600), 600, 144)


def test_within_a_step_the_points_stay_where_they_are() -> None:
    assert grid_of(24, NOON) == grid_of(24, NOON + timedelta(seconds=599)) != grid_of(24, NOON + timedelta(seconds=600))


def test_how_many_waited_is_reckoned_back_from_now() -> None:
    grid = Grid(NOON, 600, 4)
    printed = {0: Printed(3, 3, 500, 900), 2: Printed(5, 4, 300, 4000)}  # one of the five was no receipt

    found = points(grid, Counted(printed, {1: 2, 3: 1}, waiting=4))

    assert [(point.queued, point.printed, point.p50_s, point.p95_s) for point in found] == [
        (3, 3, 0.5, 0.9),
        (1, 0, None, None),
        (5, 5, 0.3, 4.0),
        (4, 0, None, None),
    ]
    assert found[1] == Point(_at(10), 1, 0, None, None)


def test_where_rows_are_cleaned_up_no_less_than_nothing_waited() -> None:
    found = points(Grid(NOON, 600, 2), Counted({1: Printed(9, 9, 1, 1)}, {}, waiting=2))

    assert [point.queued for point in found] == [0, 2]


@pytest.mark.parametrize("parameters", [{"hours": "0"}, {"hours": "169"}, {"hours": "x"}, {"days": "1"}])
def test_other_hours_are_refused_by_name(parameters: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_hours(parameters)

    assert refused.value.code == "INVALID_PARAMETER"


def _at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)
