"""Alerts by figures: each begins once, changes its level once and ends once, however the figures tremble."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.alarm import Change, Level
from protocols.alert_rules import rules
from protocols.alert_settings import Alerts
from protocols.alerts import Board, Seen, Stood
from protocols.moment import Moment
from tests.samples import NOON

World = dict[str, Mapping[str, Any]]
LIMITS = Alerts()
BEGAN, CHANGED, ENDED = Change.BEGAN, Change.CHANGED, Change.ENDED


def moment(seconds: float) -> Moment:
    return Moment(NOON + timedelta(seconds=seconds), seconds)


def buffered(queued: int, *, disk: str = "ok", dead: int = 0, waits: float | None = None) -> World:
    """`waits`: since that many seconds after noon the oldest printed receipt waits."""
    since = None if waits is None else NOON + timedelta(seconds=waits)
    told = {"current_queued": queued, "total_capacity": 200, "disk": disk, "dead": dead, "undelivered_since": since}
    return {"buffer": told}


def register(trouble: str | None = None, p95: float | None = None) -> World:
    told = {"trouble": trouble and {"code": trouble, "message": "…"}, "receipt_latency_p95_s": p95}
    return {"kkt.POS-001": told}


def odoo(missed: int = 0, drift: float | None = 0.0) -> World:
    return {"odoo": {"missed_in_a_row": missed, "clock_drift_seconds": drift}}


def breaker(state: str) -> World:
    return {"breaker.ofd": {"state": state}}


def news(*seen: tuple[float, World], limits: Alerts = LIMITS, good_for: float = 1e6) -> list[tuple[str, str, str]]:
    board = Board(rules(limits))
    found = [each for at, world in seen for each in board.judge(Seen(world, moment(at), good_for))]
    return [(change.value, alert.code, alert.level.value) for change, alert in found]


def tills_wait(waiting: int) -> World:
    return {"facade": {"waiting": waiting}}


def standing(world: World, at: float = 0) -> list[tuple[str, str]]:
    board = Board(rules(LIMITS))
    board.judge(Seen(world, moment(0), 1e6))
    board.judge(Seen(world, moment(at), 1e6))
    return [(alert.code, alert.level.value) for alert in board.standing]


@pytest.mark.parametrize(
    ("world", "held", "alert"),
    [
        (buffered(159), 0, None),
        (buffered(160), 0, ("BUFFER_NEARLY_FULL", "P2")),
        (buffered(179), 0, ("BUFFER_NEARLY_FULL", "P2")),
        (buffered(180), 0, ("BUFFER_NEARLY_FULL", "P1")),
        (buffered(0, disk="full"), 0, ("DISK_FULL", "P1")),
        (buffered(0, dead=10), 0, None),
        (buffered(0, dead=11), 0, ("DEAD_LETTERS", "P2")),
        (buffered(1, waits=-1080), 60, None),
        (buffered(1, waits=-1200), 60, ("SYNC_SLOW", "P1")),
        (register("KKT_HALTED"), 0, ("REGISTER_HALTED", "P1")),
        (register("KKT_HALTED"), 3600, ("REGISTER_HALTED", "P1")),
        (register("KKT_UNAVAILABLE"), 59, None),
        (register("KKT_UNAVAILABLE"), 60, ("REGISTER_DOWN", "P1")),
        (register("KKT_REFUSED"), 60, ("REGISTER_DOWN", "P1")),
        (register("KKT_NO_PAPER"), 3600, None),
        (register("KKT_SHIFT_CLOSED"), 3600, None),
        (register() | {"actors": {"kkt.POS-001": {"state": "crashed"}}}, 60, ("REGISTER_DOWN", "P1")),
        ({"actors": {"kkt.POS-001": {"state": "given_up"}}}, 60, ("REGISTER_DOWN", "P1")),
        (register(p95=59.9), 0, None),
        (register(p95=60.0), 0, ("RECEIPT_SLOW", "P2")),
        (odoo(missed=1), 299, None),
        (odoo(missed=1), 300, ("ODOO_LOST", "P2")),
        (odoo(drift=-4.9), 0, None),
        (odoo(drift=-5.0), 0, ("HOST_CLOCK_DRIFT", "P2")),
        (odoo(drift=None), 0, None),
        (tills_wait(20), 3600, None),
        (tills_wait(21), 299, None),
        (tills_wait(21), 300, ("FISCAL_QUEUE_STANDS", "P2")),
        (tills_wait(51), 0, ("FISCAL_QUEUE_LONG", "P2")),
        (tills_wait(101), 0, ("FISCAL_QUEUE_LONG", "P1")),
        (breaker("OPEN"), 299, None),
        (breaker("OPEN"), 300, ("OFD_LOST", "P2")),
        (breaker("FORCED_OPEN"), 300, ("OFD_LOST", "P2")),
        (breaker("HALF_OPEN"), 3600, None),
        (breaker("DISABLED"), 3600, None),
    ],
)
def test_an_alert_begins_at_its_figure_once_it_has_lasted(
    world: World, held: float, alert: tuple[str, str] | None
) -> None:
    assert standing(world, held) == ([alert] if alert else [])


def test_a_full_buffer_is_told_on_top_of_a_nearly_full_one() -> None:
    assert standing(buffered(200)) == [("BUFFER_FULL", "P1"), ("BUFFER_NEARLY_FULL", "P1")]


def test_an_alert_tells_its_figure_its_place_and_since_when_in_both_languages() -> None:
    board = Board(rules(LIMITS))
    board.judge(Seen(buffered(165) | register("KKT_HALTED"), moment(7)))

    nearly_full, halted = board.standing
    assert (halted.pos_id, halted.since) == ("POS-001", NOON + timedelta(seconds=7))
    assert halted.message.startswith("Register POS-001: ")
    assert halted.message_ru.startswith("Касса POS-001: ")
    assert "80 %" in nearly_full.message
    assert "80 %" in nearly_full.message_ru


def test_a_level_changes_up_and_down_and_the_alert_is_the_same_one() -> None:
    filling = [(0, buffered(165)), (1, buffered(185)), (2, buffered(171)), (3, buffered(169)), (4, buffered(149))]

    code = "BUFFER_NEARLY_FULL"
    assert news(*filling) == [
        ("began", code, "P2"),
        ("changed", code, "P1"),
        ("changed", code, "P2"),
        ("ended", code, "P2"),
    ]


def test_a_figure_that_trembles_at_its_limit_says_nothing_twice() -> None:
    trembling = [(at, buffered(160 - at % 2)) for at in range(1000)]

    assert news(*trembling) == [("began", "BUFFER_NEARLY_FULL", "P2")]


def test_a_breaker_that_tries_again_each_minute_is_one_outage() -> None:
    outage = [(at, breaker("HALF_OPEN" if at % 60 == 0 else "OPEN")) for at in range(1, 3600)]

    assert news(*outage, (3600, breaker("CLOSED"))) == [("began", "OFD_LOST", "P2"), ("ended", "OFD_LOST", "P2")]


def test_what_is_over_before_its_time_is_never_told() -> None:
    assert news(*[(at, odoo(missed=int(at % 240 != 0))) for at in range(0, 3600, 30)]) == []


def test_what_is_not_known_changes_nothing() -> None:
    assert news((0, buffered(170)), (1, {}), (2, buffered(170))) == [("began", "BUFFER_NEARLY_FULL", "P2")]


def test_an_hour_without_the_ofd_is_no_slow_delivery_on_the_day_it_comes_back() -> None:
    assert news((0, buffered(50, waits=-3600)), (100, buffered(50, waits=-3600)), good_for=30) == []


def test_every_register_is_judged_by_itself() -> None:
    board = Board(rules(LIMITS))
    board.judge(Seen({"kkt.A": register("KKT_HALTED")["kkt.POS-001"], "kkt.B": {}}, moment(0)))
    board.judge(Seen({"kkt.A": {}, "kkt.B": register("KKT_HALTED")["kkt.POS-001"]}, moment(1)))

    assert [alert.pos_id for alert in board.standing] == ["B"]


def test_what_stood_before_is_not_begun_again_and_is_ended_in_its_time() -> None:
    stood = [Stood("OFD_LOST", "", Level.P2, NOON - timedelta(hours=3)), Stood("DISK_FULL", "", Level.P1, NOON)]
    board = Board(rules(LIMITS), stood)
    assert [alert.since for alert in board.standing] == [NOON, NOON - timedelta(hours=3)]

    assert board.judge(Seen({}, moment(0))) == []
    (ended,) = board.judge(Seen(breaker("OPEN") | buffered(0), moment(1)))

    assert (ended[0], ended[1].code) == (ENDED, "DISK_FULL")
    assert [alert.code for alert in board.standing] == ["OFD_LOST"]


def test_the_milder_level_of_what_stood_before_is_come_down_to() -> None:
    board = Board(rules(LIMITS), [Stood("BUFFER_NEARLY_FULL", "", Level.P1, NOON)])

    ((change, alert),) = board.judge(Seen(buffered(155), moment(0)))

    assert (change, alert.level, alert.since) == (CHANGED, Level.P2, NOON)


def test_a_code_that_no_rule_has_any_more_does_not_stand() -> None:
    assert Board(rules(LIMITS), [Stood("OF_OLD", "", Level.P1, NOON)]).standing == ()


def test_it_knows_when_to_be_looked_at_again() -> None:
    board = Board(rules(LIMITS))
    board.judge(Seen(breaker("OPEN") | register("KKT_UNAVAILABLE"), moment(10)))
    assert board.due == 70

    board.judge(Seen({}, moment(70)))
    assert board.due == 70
    board.judge(Seen(breaker("HALF_OPEN") | register("KKT_UNAVAILABLE"), moment(70)))
    assert board.due is None


def test_every_figure_may_be_set_also_alone() -> None:
    limits = Alerts.model_validate({"buffer_warning": {"fire": "50", "clear": 50}, "dead_letters": {"clear": 5}})

    assert (limits.dead_letters.fire, limits.dead_letters.clear) == (11, 5)
    assert news((0, buffered(100)), limits=limits) == [("began", "BUFFER_NEARLY_FULL", "P2")]


WORLDS = st.one_of(
    st.builds(buffered, st.integers(0, 220), disk=st.sampled_from(["ok", "full"]), dead=st.integers(0, 20)),
    st.builds(buffered, st.just(1), waits=st.floats(-3000, 3000)),
    st.builds(register, st.sampled_from([None, "KKT_HALTED", "KKT_UNAVAILABLE"]), st.floats(0, 120)),
    st.builds(odoo, st.integers(0, 3), st.floats(-10, 10)),
    st.builds(breaker, st.sampled_from(["CLOSED", "OPEN", "HALF_OPEN"])),
    st.just(World()),
)


@given(st.lists(st.tuples(st.floats(0, 600), WORLDS), max_size=80), st.floats(0, 5000))
def test_for_any_history_begin_and_end_alternate_and_no_level_is_told_twice(
    steps: list[tuple[float, World]], good_for: float
) -> None:
    board, now, told = Board(rules(LIMITS)), 0.0, dict[tuple[str, str], Level | None]()
    for pause, world in steps:
        now += pause
        for change, alert in board.judge(Seen(world, moment(now), good_for)):
            before = told.get(alert.key)
            if change is BEGAN:
                assert before is None
            elif change is CHANGED:
                assert before not in (None, alert.level)
            else:
                assert before is alert.level
            told[alert.key] = None if change is ENDED else alert.level
        assert {alert.key: alert.level for alert in board.standing} == {key: lvl for key, lvl in told.items() if lvl}
