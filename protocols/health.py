"""How the gateway is, judged from the snapshot of its components. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from protocols.alert_rules import rules
from protocols.alert_settings import Alerts
from protocols.alerts import Board, Seen, describe
from protocols.mode import Mode, mode_now, worse
from protocols.moment import Moment
from protocols.register_alarms import in_russian

World = Mapping[str, Mapping[str, Any]]

LEVELS = {"P1": "critical", "P2": "warning", "P3": "info"}  # as the API calls them


def network_status(world: World) -> Mode:
    """As bad as it is now, or was a moment ago: only the AlertActor remembers, and nobody waits for it."""
    told = world.get("alerts", {}).get("mode")
    return mode_now(world) if told is None else worse(Mode(told), mode_now(world))


def relays(world: World) -> dict[str, Mapping[str, Any]]:
    """How those stand that carry a register's documents to the OFD, by pos_id."""
    return {name.removeprefix("ofd."): state for name, state in sorted(world.items()) if name.startswith("ofd.")}


def last_sync(world: World) -> datetime | None:
    """When the OFD took something last, by whatever way."""
    times = [world.get("ofd", {}).get("last_successful_sync")]
    times += [relay.get("last_success") for relay in relays(world).values()]
    return max((time for time in times if time is not None), default=None)


def registers(world: World) -> list[Mapping[str, Any]]:
    return [state for name, state in sorted(world.items()) if name.startswith("kkt.")]


def alerts(world: World, now: datetime, limits: Alerts) -> list[dict[str, Any]]:
    """What a person must see to: what stands at the gateway, and every register's alarms. `now`: aware."""
    return [_of_gateway(alert) for alert in _standing(world, now, limits)] + [
        _of_register(register, alarm) for register, alarm in _alarms(world)
    ]


def _standing(world: World, now: datetime, limits: Alerts) -> Sequence[Mapping[str, Any]]:
    """As the AlertActor tells it; without it, what is so plain that it stands at once."""
    told = _told(world)
    if told is not None:
        return told
    board = Board(rules(limits))
    board.judge(Seen(world, Moment(now, 0.0)))
    return [describe(alert) | {"since": None} for alert in board.standing]


def _told(world: World) -> Sequence[Mapping[str, Any]] | None:
    return world.get("alerts", {}).get("standing")


def _of_gateway(alert: Mapping[str, Any]) -> dict[str, Any]:
    return {**alert, "level": LEVELS[alert["level"]]}


def _of_register(register: Mapping[str, Any], alarm: Mapping[str, str]) -> dict[str, Any]:
    pos_id = register["pos_id"]
    return {
        "code": alarm["code"],
        "level": LEVELS[alarm["level"]],
        "pos_id": pos_id,
        "message": f"Register {pos_id}: {alarm['message']}",
        "message_ru": in_russian(pos_id, alarm["code"]),
    }


def is_disk_full(world: World) -> bool:
    return world.get("buffer", {}).get("disk") == "full"


def _alarms(world: World) -> list[tuple[Mapping[str, Any], Mapping[str, str]]]:
    return [(register, alarm) for register in registers(world) for alarm in register.get("alarms", ())]


def health(world: World) -> dict[str, Any]:
    """`status` and `components`. Unhealthy: no receipt can be taken. Degraded: something else is amiss."""
    buffer = world.get("buffer", {})
    ready = [register.get("ready", False) for register in registers(world)]
    full = bool(buffer) and buffer["current_queued"] >= buffer["total_capacity"]  # the percentage is rounded
    if not any(ready) or full or not buffer or is_disk_full(world):
        verdict = "unhealthy"
    else:
        standing = [*(_told(world) or ()), *(alarm for _, alarm in _alarms(world))]
        urgent = any(alert["level"] == "P1" for alert in standing)
        well = all(ready) and network_status(world) is Mode.ONLINE and not urgent
        verdict = "healthy" if well else "degraded"
    components = {
        "kkt_device": {"status": _devices(ready), "registers": registers(world)},
        "ofd_connection": world.get("ofd", {"status": "unknown"}),
        "odoo_connection": world.get("odoo", {"status": "unknown"}),
        "buffer": {"status": "full" if full else "ok" if buffer else "unknown", **buffer},
        "catalog": world.get("catalog", {"status": "unknown"}),
        "circuit_breaker": world.get("breaker.ofd", {"state": "CLOSED"}),
        "actors": world.get("actors", {}),
    }
    return {"status": verdict, "network_status": network_status(world), "components": components}


def _devices(ready: list[bool]) -> str:
    if all(ready) and ready:
        return "online"
    return "degraded" if any(ready) else "offline"
