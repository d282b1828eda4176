"""Online, degraded, offline: worse at once, better only when the way is known to be good and has been for a while."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.mode import Mode, Reachability, Way, mode_now, to_odoo, to_ofd, worse
from protocols.moment import Moment
from tests.samples import NOON

World = dict[str, Mapping[str, Any]]
DWELL = 10.0
STATES = ("CLOSED", "OPEN", "HALF_OPEN", "DISABLED", "METRICS_ONLY", "FORCED_OPEN")


def world(breaker: str = "CLOSED", ofd: str = "online", odoo: str = "online") -> World:
    return {"breaker.ofd": {"state": breaker}, "ofd": {"status": ofd}, "odoo": {"status": odoo}}


GOOD, SHUT, HALF, NO_ODOO = world(), world("OPEN", "offline"), world("HALF_OPEN"), world(odoo="lost")


def moment(seconds: float) -> Moment:
    return Moment(NOON + timedelta(seconds=seconds), seconds)


def history(*seen: tuple[float, World]) -> Reachability:
    reach = Reachability(DWELL)
    for at, each in seen:
        reach.see(each, moment(at))
    return reach


@pytest.mark.parametrize(
    ("seen", "mode"),
    [
        (GOOD, Mode.ONLINE),
        ({}, Mode.ONLINE),
        (HALF, Mode.ONLINE),
        (world("OPEN"), Mode.OFFLINE),
        (world("FORCED_OPEN"), Mode.OFFLINE),
        (world("DISABLED"), Mode.ONLINE),
        (world(ofd="offline"), Mode.OFFLINE),
        (NO_ODOO, Mode.DEGRADED),
        (world("OPEN", odoo="lost"), Mode.OFFLINE),
    ],
)
def test_without_memory_the_mode_is_what_is_certain(seen: World, mode: Mode) -> None:
    assert mode_now(seen) is mode


@pytest.mark.parametrize(("bad", "mode"), [(SHUT, Mode.OFFLINE), (NO_ODOO, Mode.DEGRADED)])
def test_worse_comes_at_once(bad: World, mode: Mode) -> None:
    reach = history((0, GOOD), (5, bad))

    assert (reach.mode, reach.since) == (mode, moment(5))


def test_better_comes_when_the_way_was_good_for_the_dwell_time() -> None:
    before = history((0, SHUT), (100, GOOD), (109.9, GOOD))
    after = history((0, SHUT), (100, GOOD), (110, GOOD))

    assert (before.mode, before.since, before.due) == (Mode.OFFLINE, moment(0), 110)
    assert (after.mode, after.since, after.due) == (Mode.ONLINE, moment(110), None)


def test_a_half_open_breaker_brings_nothing_back_however_long() -> None:
    reach = history((0, SHUT), (60, HALF), (3600, HALF))

    assert (reach.mode, reach.due) == (Mode.OFFLINE, None)


@pytest.mark.parametrize(
    ("link", "component", "told"),
    [("ofd", "ofd", "last_successful_sync"), ("relay", "ofd.POS-001", "last_success")],
)
def test_a_half_open_breaker_is_no_question_once_a_call_of_its_was_answered(
    link: str, component: str, told: str
) -> None:
    def answered(seconds: float | None) -> World:
        at = None if seconds is None else NOON + timedelta(seconds=seconds)
        half_open = {"state": "HALF_OPEN", "since": NOON + timedelta(seconds=60)}
        return {f"breaker.{link}": half_open, component: {"status": "online", told: at}}

    assert [to_ofd(answered(at)) for at in (None, 59, 61)] == [Way.UNSURE, Way.UNSURE, Way.GOOD]


def test_a_doubt_begins_the_dwell_time_anew() -> None:
    reach = history((0, SHUT), (60, GOOD), (69, HALF), (70, GOOD), (79, GOOD))

    assert (reach.mode, reach.due) == (Mode.OFFLINE, 80)


def test_the_ofd_back_without_odoo_is_degraded_from_that_moment() -> None:
    gone = world("OPEN", odoo="lost")
    reach = history((0, gone), (60, NO_ODOO), (70, NO_ODOO))

    assert (reach.mode, reach.since) == (Mode.DEGRADED, moment(70))


def test_what_nobody_tells_changes_nothing() -> None:
    reach = history((0, SHUT), (60, {}), (600, {}))

    assert reach.mode is Mode.OFFLINE


def test_a_shop_whose_registers_send_by_themselves_has_no_breaker_and_is_online() -> None:
    assert to_ofd({"ofd": {"status": "online"}}) is Way.GOOD
    assert history((0, {"odoo": {"status": "online"}})).mode is Mode.ONLINE


def test_a_wall_clock_that_jumps_neither_shortens_nor_lengthens_the_dwell_time() -> None:
    reach, jump = Reachability(DWELL), timedelta(days=20_000)
    reach.see(SHUT, Moment(NOON, 0))
    reach.see(GOOD, Moment(NOON, 1))

    assert reach.see(GOOD, Moment(NOON + jump, 2)) is Mode.OFFLINE
    assert reach.see(GOOD, Moment(NOON - jump, 11)) is Mode.ONLINE


def test_how_long_the_ofd_is_within_reach_counts_without_pause() -> None:
    assert history((0, GOOD), (50, GOOD)).ofd_good_for(moment(60)) == 60
    assert history((0, GOOD), (50, SHUT), (55, GOOD)).ofd_good_for(moment(60)) == 5
    assert history((0, SHUT)).ofd_good_for(moment(60)) == 0


@given(
    st.lists(
        st.tuples(
            st.floats(0, 30),
            st.builds(
                world,
                st.sampled_from(STATES),
                st.sampled_from(["online", "offline"]),
                st.sampled_from(["online", "lost"]),
            ),
        ),
        max_size=60,
    )
)
def test_it_is_never_better_than_the_truth_nor_than_what_was_lost_within_the_dwell_time(
    steps: list[tuple[float, World]],
) -> None:
    reach, now, shut_at = Reachability(DWELL), 0.0, dict.fromkeys((Mode.OFFLINE, Mode.DEGRADED), -DWELL)
    for pause, seen in steps:
        now += pause
        if to_ofd(seen) is Way.SHUT:
            shut_at[Mode.OFFLINE] = now
        if to_odoo(seen) is Way.SHUT:
            shut_at[Mode.DEGRADED] = now

        mode = reach.see(seen, moment(now))

        assert worse(mode, mode_now(seen)) is mode
        assert all(worse(mode, lost) is mode for lost, at in shut_at.items() if now < at + DWELL)
