"""The breaker's rules, one at a time; how they mix is for tests/machines."""

import pytest

from protocols.breaker import Breaker, Outcome, Permit, Shut, State
from protocols.link_policy import BreakerPolicy

RULES = BreakerPolicy(
    failure_threshold=3, recovery_timeout=60.0, success_threshold=2, probe_timeout=5.0, recovery_jitter=0
)


def breaker_of(**figures: float | None) -> Breaker:
    return Breaker(RULES.model_copy(update=figures), lambda: 0.5)


def permit_of(breaker: Breaker, now: float) -> Permit:
    permit = breaker.acquire(now)
    assert isinstance(permit, Permit)
    return permit


def call(breaker: Breaker, outcome: Outcome, now: float = 0.0, took: float = 0.0) -> None:
    breaker.give_back(permit_of(breaker, now), outcome, now, took)


def opened(at: float = 0.0) -> Breaker:
    breaker = breaker_of()
    for _ in range(3):
        call(breaker, Outcome.FAILURE, at)
    return breaker


def test_failures_in_a_row_open_it_for_the_recovery_time() -> None:
    breaker = opened(at=7.0)

    assert breaker.state is State.OPEN
    assert breaker.acquire(66.9) == Shut(67.0)


@pytest.mark.parametrize("between", [Outcome.SUCCESS, Outcome.UNUSED])
def test_only_a_success_ends_a_row_of_failures(between: Outcome) -> None:
    breaker = breaker_of()
    for outcome in (Outcome.FAILURE, Outcome.FAILURE, between, Outcome.FAILURE):
        call(breaker, outcome)

    assert breaker.state is (State.CLOSED if between is Outcome.SUCCESS else State.OPEN)


def test_after_the_recovery_time_one_probe_passes_and_the_next_waits_for_it() -> None:
    breaker = opened()
    permit_of(breaker, 60.0)

    assert breaker.state is State.HALF_OPEN
    assert breaker.acquire(61.0) == Shut(65.0)


def test_good_probes_in_a_row_close_it() -> None:
    breaker = opened()
    call(breaker, Outcome.SUCCESS, 60.0)
    call(breaker, Outcome.SUCCESS, 60.0)

    assert breaker.state is State.CLOSED


def test_a_failed_probe_opens_it_again_at_once() -> None:
    breaker = opened()
    call(breaker, Outcome.SUCCESS, 60.0)
    call(breaker, Outcome.FAILURE, 61.0)

    assert breaker.acquire(61.0) == Shut(181.0)  # twice as long as before


def test_a_probe_that_was_not_used_gives_its_place_to_the_next() -> None:
    breaker = opened()
    call(breaker, Outcome.UNUSED, 60.0)

    assert breaker.state is State.HALF_OPEN
    assert isinstance(breaker.acquire(60.0), Permit)


def test_a_probe_that_is_not_given_back_is_taken_for_lost_and_has_no_say_any_more() -> None:
    breaker = opened()
    lost = permit_of(breaker, 60.0)
    permit_of(breaker, 65.0)

    breaker.give_back(lost, Outcome.FAILURE, 66.0)

    assert breaker.state is State.HALF_OPEN
    assert breaker.acquire(66.0) == Shut(70.0)


def test_an_answer_to_a_call_from_before_the_outage_changes_nothing() -> None:
    breaker = breaker_of()
    old = permit_of(breaker, 0.0)
    for _ in range(3):
        call(breaker, Outcome.FAILURE)

    breaker.give_back(old, Outcome.SUCCESS, 1.0)

    assert breaker.state is State.OPEN


def test_each_time_in_a_row_it_stays_open_longer_up_to_the_longest() -> None:
    breaker = opened()
    lasted = []
    now = 60.0
    for _ in range(5):
        call(breaker, Outcome.FAILURE, now)
        lasted.append(breaker.shut_until(now) - now)
        now = breaker.shut_until(now)

    assert lasted == [120.0, 240.0, 300.0, 300.0, 300.0]


def test_once_closed_it_opens_for_the_first_time_again() -> None:
    breaker = opened()
    for outcome in (Outcome.FAILURE,):
        call(breaker, outcome, 60.0)
    for _ in range(2):
        call(breaker, Outcome.SUCCESS, 180.0)
    for _ in range(3):
        call(breaker, Outcome.FAILURE, 200.0)

    assert breaker.shut_until(200.0) == 260.0


def test_chance_makes_the_open_time_longer_and_never_shorter() -> None:
    breaker = breaker_of(recovery_jitter=0.1)
    for _ in range(3):
        call(breaker, Outcome.FAILURE)

    assert breaker.shut_until(0.0) == pytest.approx(63.0)


def test_so_many_probes_as_are_allowed_are_out_at_once() -> None:
    breaker = breaker_of(probes=2)
    for _ in range(3):
        call(breaker, Outcome.FAILURE)
    first, _ = permit_of(breaker, 60.0), permit_of(breaker, 61.0)

    assert breaker.acquire(62.0) == Shut(65.0)
    breaker.give_back(first, Outcome.UNUSED, 62.0)
    assert isinstance(breaker.acquire(62.0), Permit)


def test_the_share_of_failures_opens_it_once_there_are_calls_enough() -> None:
    breaker = breaker_of(failure_threshold=None, failure_rate=0.5, minimum_calls=4)
    for outcome in (Outcome.FAILURE, Outcome.FAILURE, Outcome.SUCCESS):
        call(breaker, outcome)
    before = breaker.state
    call(breaker, Outcome.SUCCESS)

    assert (before, breaker.state) == (State.CLOSED, State.OPEN)
    assert breaker.why == "2 of 4 calls failed"


def test_the_share_of_slow_calls_opens_it_though_they_succeed() -> None:
    breaker = breaker_of(slow_rate=0.5, slow_call=1.0, minimum_calls=4)
    for took in (0.1, 1.0, 1.1, 1.1):
        call(breaker, Outcome.SUCCESS, took=took)

    assert breaker.state is State.OPEN
    assert breaker.why == "2 of 4 calls were slower than 1 s"


def test_calls_that_are_old_or_many_calls_ago_are_not_counted() -> None:
    breaker = breaker_of(failure_threshold=None, failure_rate=0.5, minimum_calls=2, window_calls=3, window_seconds=10.0)
    call(breaker, Outcome.SUCCESS, 0.0)
    for at in (9.0, 9.5, 9.9):
        call(breaker, Outcome.SUCCESS, at)
    assert breaker.figures(9.9).calls == 3

    assert breaker.figures(19.6).calls == 1


@pytest.mark.parametrize("state", [State.DISABLED, State.METRICS_ONLY])
def test_switched_off_it_lets_all_calls_through_whatever_becomes_of_them(state: State) -> None:
    breaker = breaker_of()
    breaker.order(state, "works at the operator", until=100.0)
    for _ in range(10):
        call(breaker, Outcome.FAILURE, 1.0)

    assert breaker.state is state
    assert breaker.figures(1.0).calls == (10 if state is State.METRICS_ONLY else 0)


def test_forced_open_it_keeps_calls_back_until_the_order_ends_and_then_probes() -> None:
    breaker = breaker_of()
    breaker.order(State.FORCED_OPEN, "works at the operator", until=100.0)

    assert breaker.acquire(99.0) == Shut(100.0)
    assert isinstance(breaker.acquire(100.0), Permit)
    assert breaker.state is State.HALF_OPEN


def test_nobody_orders_it_open() -> None:
    with pytest.raises(ValueError, match="FORCED_OPEN"):
        breaker_of().order(State.OPEN, "so be it")


def test_other_figures_keep_state_and_window() -> None:
    breaker = breaker_of()
    for _ in range(2):
        call(breaker, Outcome.FAILURE)

    breaker.configure(RULES.model_copy(update={"failure_threshold": 4}), 0.0)
    call(breaker, Outcome.FAILURE)
    before = breaker.state
    call(breaker, Outcome.FAILURE)

    assert (before, breaker.state) == (State.CLOSED, State.OPEN)
    assert breaker.figures(0.0).calls == 4
