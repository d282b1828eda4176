"""What a person sees of gateways at a glance."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocols.followed import Contact, Followed, Why
from protocols.mode import Mode
from protocols.overview import (
    Bar,
    Cell,
    Ranked,
    Standing,
    Tone,
    breaker_tone,
    fullest_gateways,
    fullest_registers,
    overview,
)


def gateway(name: str = "shop:8000", /, **components: Any) -> Followed:
    return Followed(name, Contact.FOLLOWED, components=components)


def buffered(waiting: int, name: str = "shop:8000", **more: Any) -> Followed:
    state = {"current_queued": waiting, "total_capacity": 200, "percent_full": waiting / 2}
    return gateway(name, buffer=state, **more)


@pytest.mark.parametrize(
    ("waiting", "mode", "tone"),
    [
        (0, "online", Tone.GOOD),
        (159, "online", Tone.GOOD),
        (160, "online", Tone.WARN),
        (180, "degraded", Tone.WARN),
        (181, "online", Tone.BAD),
        (200, "online", Tone.BAD),
        (0, "offline", Tone.BAD),
    ],
)
def test_the_bar_is_yellow_from_80_percent_and_red_over_90_or_offline(waiting: int, mode: str, tone: Tone) -> None:
    shown = overview(buffered(waiting, alerts={"mode": mode}))

    assert shown.bar == Bar(waiting, 200, waiting / 2, tone)
    assert shown.mode is Mode(mode)


@pytest.mark.parametrize(
    ("state", "standing", "tone"),
    [
        ({"ready": True, "shift": "open", "paper": "present"}, Standing.READY, Tone.GOOD),
        ({"ready": True, "shift": "closed", "paper": None}, Standing.READY, Tone.GOOD),
        ({"ready": True, "shift": "expired", "paper": "present"}, Standing.EXPIRED, Tone.WARN),
        ({"ready": False, "shift": "open", "paper": "out"}, Standing.NO_PAPER, Tone.BAD),
        ({"ready": False, "shift": "open", "paper": "waits"}, Standing.NO_PAPER, Tone.BAD),
        ({"ready": False, "trouble": {"code": "KKT_UNAVAILABLE"}}, Standing.TROUBLE, Tone.BAD),
    ],
)
def test_a_register_is_shown_by_what_a_person_must_see_to_first(
    state: dict[str, Any], standing: Standing, tone: Tone
) -> None:
    (cell,) = overview(gateway(**{"kkt.POS-001": {"pos_id": "POS-001", **state}})).cells

    assert (cell, cell.tone) == (Cell("POS-001", standing, None), tone)


def test_nothing_is_made_up_of_a_gateway_that_was_never_reached() -> None:
    shown = overview(Followed("shop:8000"))

    assert (shown.name, shown.contact, shown.mode, shown.bar) == ("shop:8000", Contact.CONNECTING, None, None)
    assert (shown.cells, shown.heard_by_odoo, dict(shown.breakers), shown.version) == ((), None, {}, "")


def test_a_gateway_says_its_name_its_version_its_breakers_and_when_odoo_heard_it() -> None:
    shown = overview(
        gateway(
            gateway={"name": "Тверская, 5", "version": "0.1.0"},
            odoo={"status": "online", "last_heartbeat": "2026-11-27T17:56:03.293760Z"},
            **{"breaker.ofd": {"state": "HALF_OPEN"}, "breaker.odoo": {"state": "CLOSED"}},
        )
    )

    assert (shown.name, shown.version) == ("Тверская, 5 (shop:8000)", "0.1.0")
    assert shown.heard_by_odoo == datetime(2026, 11, 27, 17, 56, 3, 293760, UTC)
    assert list(shown.breakers.items()) == [("odoo", "CLOSED"), ("ofd", "HALF_OPEN")]


@pytest.mark.parametrize(
    ("state", "tone"),
    [("CLOSED", Tone.GOOD), ("OPEN", Tone.BAD), ("FORCED_OPEN", Tone.BAD), ("HALF_OPEN", Tone.WARN)],
)
def test_a_breaker_that_lets_nothing_through_is_red(state: str, tone: Tone) -> None:
    assert breaker_tone(state) is tone


def test_the_five_fullest_gateways_are_those_with_the_fullest_buffers() -> None:
    shown = [overview(buffered(waiting, f"shop-{waiting}")) for waiting in (3, 0, 8, 1, 200, 4, 20)]

    assert [each.name for each in fullest_gateways(shown)] == ["shop-200", "shop-20", "shop-8", "shop-4", "shop-3"]
    assert fullest_gateways(shown)[0] == Ranked("shop-200", 200, 100.0)


def test_the_fullest_registers_are_those_whose_own_drives_have_most_to_send() -> None:
    queues = {f"POS-{n:03}": n * 2 for n in range(8)} | {"POS-009": None}
    states = {
        f"kkt.{pos_id}": {"pos_id": pos_id, "ready": True, "ofd_queue": {"unsent": n}} for pos_id, n in queues.items()
    }

    top = fullest_registers([overview(gateway(**states))])

    assert [(each.name, each.waiting) for each in top] == [(f"POS-{n:03}, shop:8000", n * 2) for n in (7, 6, 5, 4, 3)]


@pytest.mark.parametrize(
    "components",
    [
        {"kkt.1": {}},
        {"kkt.1": {"pos_id": "1", "ofd_queue": None}},
        {"gateway": []},
        {"buffer": {"percent_full": "full"}},
        {"odoo": {"last_heartbeat": "today"}},
        {"alerts": {"mode": "asleep"}},
        {"breaker.ofd": {}},
    ],
)
def test_a_gateway_that_speaks_of_itself_as_none_of_this_version_is_shown_as_such(components: dict[str, Any]) -> None:
    shown = overview(gateway(**components))

    assert (shown.name, shown.contact, shown.cells) == ("shop:8000", Contact.LOST, ())
    assert shown.trouble is not None
    assert shown.trouble.why is Why.GARBLED
