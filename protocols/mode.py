"""How much of the world outside is within reach: online, degraded or offline, and since when. Pure.

Worse comes at once. Better comes when the way is known to be good and has been for the dwell time without pause: a
half-open breaker is a question, not an answer, and a network that flaps must not flap what the shop sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from protocols.moment import Moment

World = Mapping[str, Mapping[str, Any]]


class Mode(StrEnum):
    ONLINE = "online"
    DEGRADED = "degraded"  # Odoo is lost
    OFFLINE = "offline"  # the OFD is: receipts are printed and kept


class Way(IntEnum):
    """What is known of a way out; the higher the worse."""

    GOOD = 0
    UNSURE = 1
    SHUT = 2


BREAKER = {
    "CLOSED": Way.GOOD,
    "DISABLED": Way.GOOD,
    "METRICS_ONLY": Way.GOOD,
    "HALF_OPEN": Way.UNSURE,
    "OPEN": Way.SHUT,
    "FORCED_OPEN": Way.SHUT,
}
TOLD = {"online": Way.GOOD, "offline": Way.SHUT, "lost": Way.SHUT}
"""By the status that the OFD's and Odoo's actors tell."""


def through_breaker(world: World, link: str) -> Way | None:
    """What the link's breaker says; None where there is none, or it has not spoken yet."""
    told = world.get(f"breaker.{link}", {}).get("state")
    return None if told is None else BREAKER.get(told, Way.UNSURE)


def to_ofd(world: World) -> Way:
    """By whatever ways documents go: receipts to its API, or messages of drives (a component `ofd.<pos_id>` each)."""
    breakers = (_through_answered(world, link) for link in ("ofd", "relay"))
    told = (_told(world, component) for component in world if component == "ofd" or component.startswith("ofd."))
    return _worst(*breakers, *told)


def _through_answered(world: World, link: str) -> Way | None:
    """A half-open breaker that let out a call which was answered well is no question any more. It closes after some
    more of them, and where nothing else waits that may take until tomorrow.
    """
    way = through_breaker(world, link)
    if way is not Way.UNSURE:
        return way
    since = world[f"breaker.{link}"].get("since")
    answered = [world.get("ofd", {}).get("last_successful_sync")] if link == "ofd" else _carried(world)
    return Way.GOOD if since and any(at and at >= since for at in answered) else Way.UNSURE


def _carried(world: World) -> list[Any]:
    """When each relay had its last success."""
    return [state.get("last_success") for component, state in world.items() if component.startswith("ofd.")]


def to_odoo(world: World) -> Way:
    return _worst(_told(world, "odoo"))


def mode_now(world: World) -> Mode:
    """Without memory: as bad as it certainly is at this moment."""
    return _mode(ofd_lost=to_ofd(world) is Way.SHUT, odoo_lost=to_odoo(world) is Way.SHUT)


def worse(one: Mode, other: Mode) -> Mode:
    return max(one, other, key=list(Mode).index)


class Reachability:
    """The mode, with memory. `dwell`: seconds that a lost way must be good before it counts as found again."""

    def __init__(self, dwell: float) -> None:
        self._dwell = dwell
        self._ofd, self._odoo = _Link(), _Link()
        self.mode = Mode.ONLINE
        self.since: Moment | None = None  # None: nothing was seen yet

    def see(self, world: World, moment: Moment) -> Mode:
        """The mode from this moment on."""
        self._ofd.see(to_ofd(world), moment.steady, self._dwell)
        self._odoo.see(to_odoo(world), moment.steady, self._dwell)
        mode = _mode(ofd_lost=self._ofd.lost, odoo_lost=self._odoo.lost)
        if self.since is None or mode is not self.mode:
            self.mode, self.since = mode, moment
        return mode

    def ofd_good_for(self, moment: Moment) -> float:
        """Seconds that the OFD is known to be within reach, up to the last look; 0 while it is not."""
        return moment.steady - self._ofd.good_since if self._ofd.is_good else 0.0

    @property
    def due(self) -> float | None:
        """When a way will be found again though nothing else happens, on the steady clock."""
        found = [link.good_since + self._dwell for link in (self._ofd, self._odoo) if link.lost and link.is_good]
        return min(found, default=None)


@dataclass(eq=False, slots=True)
class _Link:
    lost: bool = False
    good_since: float = 0.0
    is_good: bool = False

    def see(self, way: Way, now: float, dwell: float) -> None:
        if way is not Way.GOOD:
            self.is_good = False
        elif not self.is_good:
            self.is_good, self.good_since = True, now
        if way is Way.SHUT:
            self.lost = True
        elif self.is_good and now >= self.good_since + dwell:
            self.lost = False


def _mode(*, ofd_lost: bool, odoo_lost: bool) -> Mode:
    if ofd_lost:
        return Mode.OFFLINE
    return Mode.DEGRADED if odoo_lost else Mode.ONLINE


def _told(world: World, component: str) -> Way | None:
    told = world.get(component, {}).get("status")
    return None if told is None else TOLD.get(told, Way.UNSURE)


def _worst(*ways: Way | None) -> Way:
    return max([way for way in ways if way is not None], default=Way.UNSURE)
