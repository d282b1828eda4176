"""The world in numbers: every figure under its name, and none where nothing is known."""

from datetime import timedelta
from typing import Any

import pytest

from protocols.life import State
from protocols.metrics import families
from tests.samples import NOON

POS_ID = "POS-001"
TOLD = {
    "pos_id": POS_ID,
    "ready": False,
    "trouble": {"code": "KKT_NO_PAPER", "message": "no paper"},
    "shift": "open",
    "shift_opened_at": NOON - timedelta(hours=2),
    "paper": "out",
    "cover_open": True,
    "temperature_c": 31.3,
    "supply_v": 24.0,
    "battery_v": None,
    "clock_drift_s": -60,
    "drive": {"days_left": -1, "documents_left": 50},
    "ofd_queue": {"unsent": 7, "oldest_age_s": 36_090, "days_left": 29},
    "receipt_latency_p95_s": 4.25,
    "alarms": [{"code": "DRIVE_NEARLY_FULL", "level": "P1", "message": "…"}],
}
BUFFER = {
    "disk": "ok",
    "total_capacity": 200,
    "current_queued": 3,
    "oldest_receipt": {"id": "R", "created_at": NOON - timedelta(minutes=5)},
    "undelivered_since": NOON - timedelta(minutes=4),
    **dict.fromkeys(map(str, State), 0),
    "pending": 3,
    "dead": 2,
    "rejected": 1,
}


def numbers(**components: Any) -> dict[str, dict[tuple[str, ...], float]]:
    """By name and labels; `kkt` is the register's, `x_y` the component x.y."""
    names = {"kkt": f"kkt.{POS_ID}", "breaker_ofd": "breaker.ofd"}
    world = {names.get(name, name): told for name, told in components.items()}
    return {family.name: dict(family.samples) for family in families(world, NOON)}


def test_every_figure_of_a_register_is_there() -> None:
    found = numbers(kkt=TOLD)

    one = {name: samples[(POS_ID,)] for name, samples in found.items() if (POS_ID,) in samples}
    assert one == {
        "kassir_register_ready": 0,
        "kassir_register_link_up": 1,
        "kassir_register_cover_open": 1,
        "kassir_register_shift_age_seconds": 7140,
        "kassir_register_clock_drift_seconds": -60,
        "kassir_register_temperature_celsius": 31.3,
        "kassir_register_supply_volts": 24,
        "kassir_drive_documents_left": 50,
        "kassir_drive_days_left": -1,
        "kassir_drive_unsent_documents": 7,
        "kassir_drive_oldest_unsent_age_seconds": 36_090,
        "kassir_drive_unsent_days_left": 29,
        "kassir_register_receipt_latency_p95_seconds": 4.25,
    }
    assert found["kassir_register_paper"] == {(POS_ID, "present"): 0, (POS_ID, "out"): 1, (POS_ID, "waits"): 0}
    assert found["kassir_register_shift"] == {(POS_ID, "closed"): 0, (POS_ID, "open"): 1, (POS_ID, "expired"): 0}
    assert found["kassir_register_trouble"] == {(POS_ID, "KKT_NO_PAPER"): 1}
    assert found["kassir_register_alarm"] == {(POS_ID, "DRIVE_NEARLY_FULL", "P1"): 1}


@pytest.mark.parametrize(
    "told",
    [
        {"pos_id": POS_ID, "ready": False, "trouble": None, "alarms": []},
        {
            "ready": False,
            "trouble": None,
            "cover_open": None,
            "temperature_c": None,
            "clock_drift_s": None,
            "shift_opened_at": None,
            "drive": {"days_left": None, "documents_left": None},
            "ofd_queue": {"unsent": None, "oldest_age_s": None},
        },
    ],
)
def test_what_a_register_has_not_told_is_absent_and_not_nought(told: dict[str, Any]) -> None:
    found = {name: samples for name, samples in numbers(kkt=told).items() if samples and name != "kassir_mode"}

    assert found == {"kassir_register_ready": {(POS_ID,): 0}, "kassir_register_link_up": {(POS_ID,): 0}}


def test_of_a_register_whose_actor_is_down_nothing_old_is_told() -> None:
    actors = {f"kkt.{POS_ID}": {"state": "crashed"}}

    found = {
        name: samples
        for name, samples in numbers(kkt={**TOLD, "ready": True}, actors=actors).items()
        if samples and name != "kassir_mode"
    }

    assert found == {"kassir_register_ready": {(POS_ID,): 0}, "kassir_register_link_up": {(POS_ID,): 0}}


def test_the_buffer_is_told_by_state_and_as_a_whole() -> None:
    found = numbers(buffer=BUFFER)

    assert set(found["kassir_buffer_receipts"]) == {(str(state),) for state in State}
    assert found["kassir_buffer_receipts"][("pending",)] == 3
    assert [
        found[f"kassir_{name}"][()]
        for name in (
            "buffer_capacity_receipts",
            "buffer_queued_receipts",
            "buffer_failed_receipts",
            "buffer_oldest_age_seconds",
            "buffer_undelivered_seconds",
            "disk_full",
        )
    ] == [200, 3, 3, 300, 240, 0]
    assert numbers(buffer={**BUFFER, "oldest_receipt": None})["kassir_buffer_oldest_age_seconds"] == {}
    assert numbers(buffer={**BUFFER, "disk": "full"})["kassir_disk_full"] == {(): 1}


def test_how_many_tills_wait_and_what_is_put_off_for_them_are_told() -> None:
    found = numbers(facade={"waiting": 51, "oldest_s": 7.5, "crowded": True, "refused": {"soon": 0, "plain": 3}})

    assert found["kassir_queue_receipts"] == {(): 51}
    assert found["kassir_queue_oldest_age_seconds"] == {(): 7.5}
    assert found["kassir_calls_put_off"] == {("soon",): 0, ("plain",): 3}


@pytest.mark.parametrize(("state", "number"), [("CLOSED", 0), ("OPEN", 1), ("HALF_OPEN", 2)])
def test_the_breaker_is_a_number(state: str, number: int) -> None:
    assert numbers(breaker_ofd={"state": state})["kassir_breaker_state"] == {("ofd",): number}


def test_links_are_up_or_down_or_not_known() -> None:
    found = numbers(ofd={"status": "offline"}, odoo={"status": "online", "clock_drift_seconds": 1.5})

    assert found["kassir_link_up"] == {("odoo",): 1, ("ofd",): 0}
    assert found["kassir_host_clock_drift_seconds"] == {(): 1.5}
    assert numbers()["kassir_link_up"] == numbers()["kassir_host_clock_drift_seconds"] == {}


def test_the_mode_and_what_stands_are_told() -> None:
    standing = [{"code": "OFD_LOST", "level": "P2", "pos_id": None}, {"code": "X", "level": "P1", "pos_id": POS_ID}]
    found = numbers(alerts={"mode": "offline", "standing": standing})

    assert found["kassir_mode"] == {("online",): 0, ("degraded",): 0, ("offline",): 1}
    assert found["kassir_alert"] == {("OFD_LOST", "P2", ""): 1, ("X", "P1", POS_ID): 1}


def test_the_mode_is_told_also_while_nobody_has_judged_it() -> None:
    assert numbers(odoo={"status": "lost"})["kassir_mode"] == {("online",): 0, ("degraded",): 1, ("offline",): 0}
