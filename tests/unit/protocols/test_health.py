"""How the gateway is, judged from the snapshot."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from protocols.alert_settings import Alerts
from protocols.health import alerts, health, last_sync, network_status, relays
from tests.samples import NOON

GOOD: dict[str, Mapping[str, Any]] = {
    "kkt.POS-001": {"ready": True},
    "buffer": {"percent_full": 1.0, "current_queued": 2, "total_capacity": 200},
    "ofd": {"status": "online"},
    "odoo": {"status": "online"},
    "breaker.ofd": {"state": "CLOSED"},
}
AWAY = {"ready": False}
ALARM = {"code": "DRIVE_EXPIRES", "message": "The fiscal drive expires in 2 days: have it replaced."}
URGENT, KNOWN = ({"pos_id": "POS-001", "ready": True, "alarms": [ALARM | {"level": level}]} for level in ("P1", "P2"))
FULL = {"percent_full": 100.0, "current_queued": 200, "total_capacity": 200}
ROUNDED = {"percent_full": 100.0, "current_queued": 4999, "total_capacity": 5000}


def told(world: dict[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return alerts(world, NOON, Alerts())


def buffered(queued: int) -> dict[str, Mapping[str, Any]]:
    return {"buffer": {"current_queued": queued, "total_capacity": 200}}


OPEN, HALF_OPEN = {"state": "OPEN"}, {"state": "HALF_OPEN"}


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "healthy"),
        ({"breaker.ofd": OPEN}, "degraded"),
        ({"ofd": {"status": "offline"}}, "degraded"),
        ({"odoo": {"status": "lost"}}, "degraded"),
        ({"kkt.POS-002": AWAY}, "degraded"),
        ({"kkt.POS-001": URGENT}, "degraded"),
        ({"kkt.POS-001": KNOWN}, "healthy"),
        ({"kkt.POS-001": AWAY}, "unhealthy"),
        ({"kkt.POS-001": AWAY, "kkt.POS-002": AWAY}, "unhealthy"),
        ({"alerts": {"standing": [{"level": "P1"}]}}, "degraded"),
        ({"alerts": {"standing": [{"level": "P2"}]}}, "healthy"),
        ({"alerts": {"mode": "degraded"}}, "degraded"),
        ({"buffer": FULL}, "unhealthy"),
        ({"buffer": ROUNDED}, "healthy"),
        ({"buffer": {}}, "unhealthy"),
    ],
)
def test_unhealthy_means_that_no_receipt_can_be_taken(change: dict[str, Mapping[str, Any]], verdict: str) -> None:
    assert health(GOOD | change)["status"] == verdict


def test_a_world_that_nobody_knows_is_unhealthy() -> None:
    report = health({})

    assert report["status"] == "unhealthy"
    assert report["components"]["circuit_breaker"]["state"] == "CLOSED"


@pytest.mark.parametrize(
    ("change", "network"),
    [
        ({}, "online"),
        ({"breaker.ofd": HALF_OPEN}, "online"),
        ({"breaker.ofd": OPEN}, "offline"),
        ({"ofd": {"status": "offline"}}, "offline"),
        ({"ofd.POS-001": {"status": "offline"}}, "offline"),
        ({"ofd.POS-001": {"status": "waits"}}, "online"),
        ({"odoo": {"status": "lost"}}, "degraded"),
        ({"odoo": {"status": "lost"}, "breaker.ofd": OPEN}, "offline"),
    ],
)
def test_the_network_is_offline_without_the_ofd_and_degraded_without_odoo(
    change: dict[str, Mapping[str, Any]], network: str
) -> None:
    assert network_status(GOOD | change) == network


@pytest.mark.parametrize(
    ("change", "devices"),
    [({}, "online"), ({"kkt.POS-002": AWAY}, "degraded"), ({"kkt.POS-001": AWAY}, "offline")],
)
def test_the_registers_are_judged_together(change: dict[str, Mapping[str, Any]], devices: str) -> None:
    assert health(GOOD | change)["components"]["kkt_device"]["status"] == devices


@pytest.mark.parametrize(("told", "network"), [("offline", "offline"), ("online", "degraded")])
def test_the_network_is_as_bad_as_it_is_now_or_as_the_alerts_remember(told: str, network: str) -> None:
    assert network_status(GOOD | {"odoo": {"status": "lost"}, "alerts": {"mode": told}}) == network


@pytest.mark.parametrize(
    ("queued", "level"),
    [
        (0, None),
        (159, None),
        (160, "warning"),
        (179, "warning"),
        (180, "critical"),
        (200, "critical"),
        (201, "critical"),
    ],
)
def test_the_buffer_alarms_from_four_fifths_on_also_while_nobody_has_judged_it(queued: int, level: str | None) -> None:
    assert [alert["level"] for alert in told(buffered(queued))][:1] == ([level] if level else [])


def test_only_a_full_buffer_is_said_to_block_sales() -> None:
    assert "blocked" in told(buffered(200))[0]["message"]
    assert "blocked" not in told(buffered(199))[0]["message"]


def test_what_the_alerts_tell_is_passed_on_and_not_judged_again() -> None:
    alert = {"code": "OFD_LOST", "level": "P2", "pos_id": None, "since": NOON, "message": "…", "message_ru": "…"}

    assert told(buffered(200) | {"alerts": {"standing": [alert]}}) == [alert | {"level": "warning"}]


@pytest.mark.parametrize(("register", "level"), [(URGENT, "critical"), (KNOWN, "warning")])
def test_a_registers_alarm_is_told_with_its_name(register: Mapping[str, Any], level: str) -> None:
    alarm = {
        "code": "DRIVE_EXPIRES",
        "level": level,
        "pos_id": "POS-001",
        "message": f"Register POS-001: {ALARM['message']}",
        "message_ru": "Касса POS-001: Срок действия фискального накопителя истекает. Запланируйте замену.",
    }

    assert told({"kkt.POS-001": register}) == [alarm]


def test_the_last_delivery_is_that_of_whatever_way_was_the_last() -> None:
    later = NOON + timedelta(minutes=5)
    world: dict[str, dict[str, Any]] = {
        "ofd": {"last_successful_sync": NOON},
        "ofd.POS-002": {"last_success": later},
        "ofd.POS-003": {"last_success": None},
    }

    assert last_sync(world) == later
    assert list(relays(world)) == ["POS-002", "POS-003"]
    assert last_sync({}) is None
