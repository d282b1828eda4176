"""What the snapshot of the world says in numbers, for graphs and for those who are woken at night. Pure.

What is not known has no sample: a nought would read as an empty drive, or as a clock that goes right.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from protocols import breaker
from protocols.alarm import LONGEST_SHIFT
from protocols.fiscal import Paper, Shift
from protocols.health import is_disk_full, network_status
from protocols.life import PUBLIC, State
from protocols.mode import Mode
from protocols.readiness import shift_left

World = Mapping[str, Mapping[str, Any]]
Told = Mapping[str, Any]
Number = float | None
Sample = tuple[tuple[str, ...], float]

BREAKER = {state: float(number) for number, state in enumerate(breaker.State)}


@dataclass(frozen=True, slots=True)
class Family:
    """Samples of one name: the values of `labels`, in their order, and the number."""

    name: str
    help: str
    labels: tuple[str, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number of a component, read from what it told; None: not known."""

    name: str
    help: str
    read: Callable[[Told, datetime], Number]


def at(*path: str) -> Callable[[Told, datetime], Number]:
    """The number at that path."""

    def read(told: Told, _now: datetime) -> Number:
        value: Any = told
        for name in path:
            value = (value or {}).get(name)
        return None if value is None else float(value)

    return read


def shift_age(told: Told, now: datetime) -> Number:
    left = shift_left(told, now)
    return None if left is None else (LONGEST_SHIFT - left).total_seconds()


def oldest_age(told: Told, now: datetime) -> Number:
    oldest = told.get("oldest_receipt")
    return (now - oldest["created_at"]).total_seconds() if oldest else None


def undelivered_age(told: Told, now: datetime) -> Number:
    since = told.get("undelivered_since")
    return (now - since).total_seconds() if since else None


def catalog_age(told: Told, now: datetime) -> Number:
    at = told.get("refreshed_at")
    return (now - at).total_seconds() if at else None


def failed(told: Told, _now: datetime) -> Number:
    return float(sum(told.get(state.value, 0) for state, public in PUBLIC.items() if public == "failed"))


REGISTER = (
    Gauge("kassir_register_ready", "1: it can print now.", lambda told, _: float(bool(told.get("ready")))),
    Gauge("kassir_register_link_up", "1: it answers.", lambda told, _: float("shift" in told)),
    Gauge("kassir_register_cover_open", "1: its cover is open.", at("cover_open")),
    Gauge("kassir_register_shift_age_seconds", "How long the shift has been open.", shift_age),
    Gauge("kassir_register_clock_drift_seconds", "By how much it is ahead of this computer.", at("clock_drift_s")),
    Gauge("kassir_register_temperature_celsius", "Of its print head or board.", at("temperature_c")),
    Gauge("kassir_register_supply_volts", "Of its power supply.", at("supply_v")),
    Gauge("kassir_register_battery_volts", "Of its battery.", at("battery_v")),
    Gauge("kassir_drive_documents_left", "For which its fiscal drive has room.", at("drive", "documents_left")),
    Gauge("kassir_drive_days_left", "Until its fiscal drive expires; negative afterwards.", at("drive", "days_left")),
    Gauge("kassir_drive_unsent_documents", "Those the OFD has not acknowledged.", at("ofd_queue", "unsent")),
    Gauge(
        "kassir_drive_oldest_unsent_age_seconds",
        "Of the oldest of them; at 30 days the register stops.",
        at("ofd_queue", "oldest_age_s"),
    ),
    Gauge(
        "kassir_drive_unsent_days_left",
        "Until the oldest of them stops the register; negative afterwards.",
        at("ofd_queue", "days_left"),
    ),
    Gauge(
        "kassir_register_receipt_latency_p95_seconds",
        "From the till's request to paper: what 19 of 20 receipts of the last quarter of an hour did not exceed.",
        at("receipt_latency_p95_s"),
    ),
)
BUFFER = (
    Gauge("kassir_buffer_capacity_receipts", "How many may wait at most.", at("total_capacity")),
    Gauge("kassir_buffer_queued_receipts", "How many wait, in whatever state.", at("current_queued")),
    Gauge("kassir_buffer_failed_receipts", "Those that went wrong: rejected, unknown, dead.", failed),
    Gauge("kassir_buffer_oldest_age_seconds", "Of the receipt that waits longest.", oldest_age),
    Gauge("kassir_buffer_undelivered_seconds", "Since the oldest was printed that the OFD has not.", undelivered_age),
)
CATALOG = (
    Gauge("kassir_catalog_products", "How many the cache of products has.", at("products")),
    Gauge("kassir_catalog_age_seconds", "Since they were as the head office has them.", catalog_age),
)


FACADE = (
    Gauge("kassir_queue_receipts", "Receipts and other fiscal work that tills wait for.", at("waiting")),
    Gauge("kassir_queue_oldest_age_seconds", "How long the first of them has waited.", at("oldest_s")),
)


def families(world: World, now: datetime) -> Iterator[Family]:
    """`now`: the host's time, aware."""
    registers = _registers(world)
    for gauge in REGISTER:
        yield _family(gauge, ("pos_id",), [((pos_id,), gauge.read(told, now)) for pos_id, told in registers.items()])
    yield _one_of("kassir_register_paper", "1: that is how its paper is.", registers, "paper", [*Paper])
    yield _one_of("kassir_register_shift", "1: that is how its shift is.", registers, "shift", [*Shift])
    yield _troubles(registers)
    yield _alarms(registers)
    if buffer := world.get("buffer"):
        for gauge in BUFFER:
            yield _family(gauge, (), [((), gauge.read(buffer, now))])
        yield _by_state(buffer)
        yield Family("kassir_disk_full", "1: sales are blocked by it.", (), (((), float(is_disk_full(world))),))
    if facade := world.get("facade"):
        for gauge in FACADE:
            yield _family(gauge, (), [((), gauge.read(facade, now))])
        refused = tuple(((rank,), float(number)) for rank, number in facade["refused"].items())
        yield Family("kassir_calls_put_off", "So far, by rank: there was no room for them.", ("rank",), refused)
    if catalog := world.get("catalog"):
        for gauge in CATALOG:
            yield _family(gauge, (), [((), gauge.read(catalog, now))])
    yield from _links(world)
    yield from _alerts(world)


def _registers(world: World) -> dict[str, Told]:
    """By pos_id. Of one whose actor is down nothing is known but that."""
    return {
        name.removeprefix("kkt."): told if _lives(world, name) else {}
        for name, told in sorted(world.items())
        if name.startswith("kkt.")
    }


def _lives(world: World, actor: str) -> bool:
    state: object = world.get("actors", {}).get(actor, {}).get("state", "started")
    return state == "started"


def _family(gauge: Gauge, labels: tuple[str, ...], found: Sequence[tuple[tuple[str, ...], Number]]) -> Family:
    known = tuple((values, number) for values, number in found if number is not None)
    return Family(gauge.name, gauge.help, labels, known)


def _one_of(name: str, text: str, registers: Mapping[str, Told], key: str, states: Sequence[str]) -> Family:
    samples = [
        ((pos_id, str(state)), float(told[key] == state))
        for pos_id, told in registers.items()
        if key in told
        for state in states
    ]
    return Family(name, text, ("pos_id", "state"), tuple(samples))


def _troubles(registers: Mapping[str, Told]) -> Family:
    samples = [((pos_id, told["trouble"]["code"]), 1.0) for pos_id, told in registers.items() if told.get("trouble")]
    return Family("kassir_register_trouble", "1: that is why it cannot print.", ("pos_id", "code"), tuple(samples))


def _alarms(registers: Mapping[str, Told]) -> Family:
    samples = [
        ((pos_id, alarm["code"], alarm["level"]), 1.0)
        for pos_id, told in registers.items()
        for alarm in told.get("alarms", ())
    ]
    return Family("kassir_register_alarm", "1: it stands.", ("pos_id", "code", "level"), tuple(samples))


def _by_state(buffer: Told) -> Family:
    samples = [((state.value,), float(buffer[state.value])) for state in State if state.value in buffer]
    return Family("kassir_buffer_receipts", "On disk, by state; old ones are cleaned up.", ("state",), tuple(samples))


def _alerts(world: World) -> Iterator[Family]:
    now = network_status(world)
    modes = tuple(((mode.value,), float(mode is now)) for mode in Mode)
    yield Family("kassir_mode", "1: that is how much is within reach.", ("mode",), modes)
    standing = world.get("alerts", {}).get("standing", ())
    samples = tuple(((alert["code"], alert["level"], alert["pos_id"] or ""), 1.0) for alert in standing)
    yield Family("kassir_alert", "1: it stands.", ("code", "level", "pos_id"), samples)


def _links(world: World) -> Iterator[Family]:
    breakers = [
        ((name.removeprefix("breaker."),), BREAKER[breaker.State(told["state"])])
        for name, told in sorted(world.items())
        if name.startswith("breaker.")
    ]
    yield Family(
        "kassir_breaker_state",
        "0: closed, 1: open, 2: half open; ordered: 3: open, 4: switched off, 5: metrics only.",
        ("link",),
        tuple(breakers),
    )
    up = [((link,), float(world[link]["status"] == "online")) for link in ("odoo", "ofd") if link in world]
    yield Family("kassir_link_up", "1: it is not known to be down.", ("link",), tuple(up))
    drift = world.get("odoo", {}).get("clock_drift_seconds")
    samples: tuple[Sample, ...] = () if drift is None else (((), float(drift)),)
    yield Family("kassir_host_clock_drift_seconds", "This computer's clock beside Odoo's.", (), samples)
