"""How the gateway is, judged from the snapshot of its components. Pure."""

from collections.abc import Mapping
from typing import Any

World = Mapping[str, Mapping[str, Any]]

ALERTS = (  # share of the buffer that is full: level, what to do
    (1.0, "critical", "The buffer is full: sales are blocked until receipts reach the OFD."),
    (0.9, "critical", "The buffer is over 90 % full: prepare to deliver by hand."),
    (0.8, "warning", "The buffer is over 80 % full: see to the way to the OFD."),
)


LEVELS = {"P1": "critical", "P2": "warning", "P3": "info"}  # of a register's alarms


def network_status(world: World) -> str:
    """offline: the OFD is out of reach; degraded: only Odoo is; online."""
    ways = [state.get("status") for name, state in world.items() if name == "ofd" or name.startswith("ofd.")]
    if world.get("breaker.ofd", {}).get("state", "CLOSED") == "OPEN" or "offline" in ways:
        return "offline"
    return "degraded" if _status(world, "odoo") == "lost" else "online"


def registers(world: World) -> list[Mapping[str, Any]]:
    return [state for name, state in sorted(world.items()) if name.startswith("kkt.")]


def alerts(world: World, queued: int, capacity: int) -> list[dict[str, str]]:
    """What a person must see to: the worst of the buffer, a full disk, registers that wait for a decision or care."""
    found = [(level, message) for share, level, message in ALERTS if queued >= share * capacity][:1]
    if is_disk_full(world):
        found.append(("critical", "The disk is full: sales are blocked until there is room on it."))
    found += [("critical", register["trouble"]["message"]) for register in registers(world) if _is_halted(register)]
    found += [(LEVELS[alarm["level"]], _told_of(register, alarm)) for register, alarm in _alarms(world)]
    return [{"level": level, "message": message} for level, message in found]


def is_disk_full(world: World) -> bool:
    return world.get("buffer", {}).get("disk") == "full"


def _is_halted(register: Mapping[str, Any]) -> bool:
    return (register.get("trouble") or {}).get("code") == "KKT_HALTED"


def _alarms(world: World) -> list[tuple[Mapping[str, Any], Mapping[str, str]]]:
    return [(register, alarm) for register in registers(world) for alarm in register.get("alarms", ())]


def _told_of(register: Mapping[str, Any], alarm: Mapping[str, str]) -> str:
    return f"Register {register['pos_id']}: {alarm['message']}"


def health(world: World) -> dict[str, Any]:
    """`status` and `components`. Unhealthy: no receipt can be taken. Degraded: something else is amiss."""
    buffer = world.get("buffer", {})
    ready = [register.get("ready", False) for register in registers(world)]
    full = bool(buffer) and buffer["current_queued"] >= buffer["total_capacity"]  # the percentage is rounded
    if not any(ready) or full or not buffer or is_disk_full(world):
        verdict = "unhealthy"
    else:
        urgent = any(alarm["level"] == "P1" for _, alarm in _alarms(world))
        well = all(ready) and network_status(world) == "online" and not urgent
        verdict = "healthy" if well else "degraded"
    components = {
        "kkt_device": {"status": _devices(ready), "registers": registers(world)},
        "ofd_connection": world.get("ofd", {"status": "unknown"}),
        "odoo_connection": world.get("odoo", {"status": "unknown"}),
        "buffer": {"status": "full" if full else "ok" if buffer else "unknown", **buffer},
        "circuit_breaker": world.get("breaker.ofd", {"state": "CLOSED"}),
        "actors": world.get("actors", {}),
    }
    return {"status": verdict, "network_status": network_status(world), "components": components}


def _devices(ready: list[bool]) -> str:
    if all(ready) and ready:
        return "online"
    return "degraded" if any(ready) else "offline"


def _status(world: World, component: str) -> object:
    return world.get(component, {}).get("status")
