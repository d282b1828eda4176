"""What a person sees of gateways at a glance, from the components of their streams. Pure.

Colours are never alone: each state has a sign, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from protocols.followed import Contact, Followed, Trouble, Why
from protocols.health import network_status, registers
from protocols.mode import Mode

FILLING, NEARLY_FULL = 80.0, 90.0  # percent of the buffer
TOP = 5


class Tone(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Of a register, the worst first."""

    TROUBLE = "trouble"
    NO_PAPER = "no_paper"
    EXPIRED = "expired"  # a shift of over 24 hours
    READY = "ready"


TONES = {
    Standing.TROUBLE: Tone.BAD,
    Standing.NO_PAPER: Tone.BAD,
    Standing.EXPIRED: Tone.WARN,
    Standing.READY: Tone.GOOD,
}
MODES = {Mode.ONLINE: Tone.GOOD, Mode.DEGRADED: Tone.WARN, Mode.OFFLINE: Tone.BAD}
BREAKERS = {"CLOSED": Tone.GOOD, "OPEN": Tone.BAD, "FORCED_OPEN": Tone.BAD}  # any other: somebody should know


@dataclass(frozen=True)
class Cell:
    """One register. `unsent`: documents that its drive has still to send; None if it does not say."""

    pos_id: str
    standing: Standing
    unsent: int | None

    @property
    def tone(self) -> Tone:
        return TONES[self.standing]


@dataclass(frozen=True)
class Bar:
    """The buffer: receipts that wait, of so many that may, in percent."""

    waiting: int
    capacity: int
    percent: float
    tone: Tone


@dataclass(frozen=True)
class Overview:
    """One gateway. What is not known is None, or empty."""

    name: str
    contact: Contact
    trouble: Trouble | None
    version: str
    mode: Mode | None
    bar: Bar | None
    cells: tuple[Cell, ...]
    heard_by_odoo: datetime | None
    breakers: Mapping[str, str]


@dataclass(frozen=True)
class Ranked:
    """One of the fullest: a gateway, or a register with a queue of its own."""

    name: str
    waiting: int
    percent: float | None


def overview(followed: Followed) -> Overview:
    """One that speaks of itself as no gateway of this version does is no reason to show none of the others."""
    try:
        return _overview(followed, followed.components)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        garbled = replace(followed, contact=Contact.LOST, trouble=Trouble(Why.GARBLED, repr(error)[:100]))
        return _overview(garbled, {})


def _overview(followed: Followed, world: Mapping[str, Any]) -> Overview:
    about = world.get("gateway", {})
    mode = network_status(world) if world else None
    return Overview(
        name=f"{about['name']} ({followed.name})" if about.get("name") else followed.name,
        contact=followed.contact,
        trouble=followed.trouble,
        version=about.get("version", ""),
        mode=mode,
        bar=_bar(world.get("buffer"), mode),
        cells=tuple(_cell(register) for register in registers(world)),
        heard_by_odoo=_time(world.get("odoo", {}).get("last_heartbeat")),
        breakers={
            name.removeprefix("breaker."): state["state"]
            for name, state in sorted(world.items())
            if name.startswith("breaker.")
        },
    )


def fullest_gateways(shown: Iterable[Overview]) -> list[Ranked]:
    """TOP of them, by what waits in their buffers."""
    ranked = [Ranked(each.name, each.bar.waiting, each.bar.percent) for each in shown if each.bar and each.bar.waiting]
    return sorted(ranked, key=lambda each: -(each.percent or 0.0))[:TOP]


def fullest_registers(shown: Iterable[Overview]) -> list[Ranked]:
    """TOP of them, by the documents that their own drives have still to send."""
    ranked = [
        Ranked(f"{cell.pos_id}, {each.name}", cell.unsent, None) for each in shown for cell in each.cells if cell.unsent
    ]
    return sorted(ranked, key=lambda each: -each.waiting)[:TOP]


def breaker_tone(state: str) -> Tone:
    return BREAKERS.get(state, Tone.WARN)


def _bar(buffer: Mapping[str, Any] | None, mode: Mode | None) -> Bar | None:
    if buffer is None:
        return None
    percent = float(buffer["percent_full"])
    tone = Tone.BAD if mode is Mode.OFFLINE else _tone_of(percent)
    return Bar(buffer["current_queued"], buffer["total_capacity"], percent, tone)


def _tone_of(percent: float) -> Tone:
    if percent > NEARLY_FULL:
        return Tone.BAD
    return Tone.WARN if percent >= FILLING else Tone.GOOD


def _cell(register: Mapping[str, Any]) -> Cell:
    return Cell(register["pos_id"], _standing(register), register.get("ofd_queue", {}).get("unsent"))


def _standing(register: Mapping[str, Any]) -> Standing:
    if register.get("paper") in ("out", "waits"):
        return Standing.NO_PAPER
    if register.get("shift") == "expired":
        return Standing.EXPIRED
    return Standing.READY if register.get("ready") else Standing.TROUBLE


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
