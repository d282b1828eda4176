"""What a long day is judged by, and a very short one of the real program."""

from dataclasses import replace
from pathlib import Path

import pytest
import trio

from tests.soak.day import spend
from tests.soak.figures import MIB, Sample, bound, course, faults, slope

CALM = Sample(0, memory=100, files=30, threads=4, tasks=90, waiting=1, undelivered=5, database=1, wal=4)
RATE = 50.0


def day(**growth: float) -> list[Sample]:
    """An hour, one look a minute; each of `growth` is added every minute."""
    return [
        replace(CALM, at=60.0 * minute, **{name: getattr(CALM, name) + minute * more for name, more in growth.items()})
        for minute in range(60)
    ]


def test_a_calm_day_has_no_faults() -> None:
    assert list(faults(day(database=10), RATE)) == []  # receipts are kept on disk for a week


def test_an_id_kept_of_each_receipt_is_found() -> None:
    kept = 250 * RATE * 60 / MIB  # bytes: a string of 36 letters, and its place in a set

    (fault,) = faults(day(memory=kept), RATE)

    assert "memory grows" in fault


def test_growth_while_warming_up_is_none() -> None:
    samples = day()
    for minute in range(20):
        samples[minute] = replace(samples[minute], memory=60.0 + minute)

    assert list(faults(samples, RATE)) == []


def test_memory_that_goes_up_and_down_is_flat() -> None:
    samples = [replace(each, memory=100 + 5 * (minute % 2)) for minute, each in enumerate(day())]

    assert abs(course("memory", samples).trend) < bound(RATE) / 2
    assert list(faults(samples, RATE)) == []


@pytest.mark.parametrize(
    ("name", "more"), [("files", 0.5), ("threads", 0.5), ("tasks", 2), ("waiting", 1), ("undelivered", 9)]
)
def test_what_is_opened_and_never_closed_is_found(name: str, more: float) -> None:
    (fault,) = faults(day(**{name: more}), RATE)

    assert fault.startswith(name)


def test_a_log_of_the_database_that_is_never_cut_is_found() -> None:
    (fault,) = faults(day(wal=2), RATE)

    assert fault.startswith("wal")


def test_too_few_looks_tell_nothing() -> None:
    assert list(faults(day(memory=50)[:5], RATE)) == []


def test_a_slope_is_that_of_the_line_through_the_points() -> None:
    assert slope([(0, 1), (1, 3), (2, 5)]) == pytest.approx(2)


async def test_a_short_day_of_the_real_program_ends_with_nothing_wrong(tmp_path: Path) -> None:
    with trio.fail_after(100):
        shop = await spend(tmp_path, 5.0, rate=10.0, registers=2)

    assert shop.sold == shop.delivered == 50
    assert shop.messages > 0
    assert shop.samples
    assert shop.faults == []
