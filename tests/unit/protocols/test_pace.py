"""How fast a queue is worked off: what lies between two stretches of work does not count."""

import pytest

from protocols.pace import LOOKED_AT, Pace


def test_nothing_is_known_before_the_first_piece_is_done() -> None:
    pace = Pace()
    pace.begin(10.0)

    assert pace.seconds_each is None


def test_pauses_between_two_stretches_of_work_do_not_count() -> None:
    pace = Pace()
    for at in (0.0, 1000.0, 5000.0):
        pace.begin(at)
        pace.end(at + 0.5, done=True)

    assert pace.seconds_each == pytest.approx(0.5)


def test_pieces_side_by_side_are_done_in_the_time_of_one() -> None:
    pace = Pace()
    for _ in range(4):
        pace.begin(0.0)
    for _ in range(4):
        pace.end(2.0, done=True)

    assert pace.seconds_each == pytest.approx(0.5)


def test_work_that_came_to_nothing_costs_its_time() -> None:
    pace = Pace()
    pace.begin(0.0)
    pace.end(3.0, done=False)
    pace.begin(10.0)
    pace.end(11.0, done=True)

    assert pace.seconds_each == pytest.approx(4.0)


def test_only_the_newest_pieces_are_looked_at() -> None:
    pace = Pace()
    for number in range(2 * LOOKED_AT):
        pace.begin(number * 10.0)
        pace.end(number * 10.0 + (9.0 if number < LOOKED_AT else 1.0), done=True)

    assert pace.seconds_each == pytest.approx(1.0)
