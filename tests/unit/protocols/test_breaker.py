"""The breaker's rules, one at a time; how they mix is for tests/machines."""

import pytest

from protocols.breaker import Breaker, Outcome, Permit, Settings, Shut, State

RULES = Settings(failure_threshold=3, recovery_timeout=60.0, success_threshold=2, probe_timeout=5.0)


def permit_of(breaker: Breaker, now: float) -> Permit:
    permit = breaker.acquire(now)
    assert isinstance(permit, Permit)
    return permit


def call(breaker: Breaker, outcome: Outcome, now: float = 0.0) -> None:
    breaker.give_back(permit_of(breaker, now), outcome, now)


def opened(at: float = 0.0) -> Breaker:
    breaker = Breaker(RULES)
    for _ in range(3):
        call(breaker, Outcome.FAILURE, at)
    return breaker


def test_failures_in_a_row_open_it_for_the_recovery_time() -> None:
    breaker = opened(at=7.0)

    assert breaker.state is State.OPEN
    assert breaker.acquire(66.9) == Shut(67.0)


@pytest.mark.parametrize("between", [Outcome.SUCCESS, Outcome.UNUSED])
def test_only_a_success_ends_a_row_of_failures(between: Outcome) -> None:
    breaker = Breaker(RULES)
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

    assert breaker.acquire(61.0) == Shut(121.0)


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
    breaker = Breaker(RULES)
    old = permit_of(breaker, 0.0)
    for _ in range(3):
        call(breaker, Outcome.FAILURE)

    breaker.give_back(old, Outcome.SUCCESS, 1.0)

    assert breaker.state is State.OPEN
