"""The 95th percentile of the last receipts."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.latency import MOST, WINDOW, Latencies


def taken(*seconds: float, at: float = 0.0) -> Latencies:
    found = Latencies()
    for each in seconds:
        found.add(each, at)
    return found


def test_nothing_printed_is_not_known() -> None:
    assert taken().p95(0) is None


def test_one_slow_receipt_of_twenty_is_not_seen_and_two_are() -> None:
    assert taken(*[1.0] * 19, 90.0).p95(0) == 1
    assert taken(*[1.0] * 18, 90.0, 90.0).p95(0) == 90


def test_what_is_old_is_forgotten() -> None:
    found = taken(90.0)
    found.add(1.0, 10.0)

    assert found.p95(WINDOW - 0.1) == 90
    assert found.p95(WINDOW) == 1
    assert found.p95(WINDOW + 10) is None


def test_only_the_last_are_kept() -> None:
    assert taken(*[90.0] * 50, *[1.0] * MOST).p95(0) == 1


def test_a_wall_clock_that_was_put_back_makes_no_receipt_negative() -> None:
    assert taken(-5.0).p95(0) == 0


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=MOST))
def test_at_most_one_in_twenty_took_longer(seconds: list[float]) -> None:
    found = taken(*seconds).p95(0)

    assert found in seconds
    assert sum(each > found for each in seconds) <= len(seconds) / 20
