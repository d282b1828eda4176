"""Which alerts stand, judged from the snapshot of the world. Pure.

A table of rules reads figures out of the world; each step of a rule begins at one figure and ends below a lower one, so
that a figure that trembles says nothing twice. A figure that is not known changes nothing: neither begins an alert nor
ends it. A register's own alarms are judged beside the register (`protocols.alarm`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from protocols.alarm import Change, Level
from protocols.alert_settings import Threshold
from protocols.moment import Moment

World = Mapping[str, Mapping[str, Any]]
GATEWAY = ""  # in place of a register's pos_id


@dataclass(frozen=True, slots=True)
class Seen:
    """The world at a moment, and for how many seconds the OFD has been within reach without pause."""

    world: World
    moment: Moment
    ofd_good_for: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """From `limit` on. The texts may name {limit}, {minutes} of its hold, and {pos_id}."""

    level: Level
    limit: Threshold
    en: str
    ru: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`read` gives the figures that are known, by pos_id, or by GATEWAY for that of the whole. `steps`: worst first."""

    code: str
    read: Callable[[Seen], Mapping[str, float]]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """`code` is stable, for programs. `since`: when it began, whatever its level was then."""

    code: str
    level: Level
    pos_id: str
    since: datetime
    message: str
    message_ru: str

    @property
    def key(self) -> tuple[str, str]:
        return self.code, self.pos_id


@dataclass(frozen=True, slots=True)
class Stood:
    """What stood before this process: as much as is kept of it."""

    code: str
    pos_id: str
    level: Level
    since: datetime


def describe(alert: Alert) -> dict[str, Any]:
    """For programs and people, as the API and the webhook have it."""
    return {
        "code": alert.code,
        "level": alert.level.value,
        "pos_id": alert.pos_id or None,
        "since": alert.since,
        "message": alert.message,
        "message_ru": alert.message_ru,
    }


class Board:
    """The alerts that stand, with what is on its way to stand. `stood` is not begun again, but ended in its time."""

    def __init__(self, rules: Iterable[Rule], stood: Iterable[Stood] = ()) -> None:
        self._rules = {rule.code: rule for rule in rules}
        self._cases: dict[tuple[str, str], _Case] = {}
        for each in stood:
            if each.code in self._rules:
                case = self._case(self._rules[each.code], each.pos_id)
                case.take_up(each.level, each.since)

    @property
    def standing(self) -> tuple[Alert, ...]:
        """In the order of the rules."""
        order = list(self._rules)
        found = [case.alert for case in self._cases.values() if case.alert is not None]
        return tuple(sorted(found, key=lambda alert: (order.index(alert.code), alert.pos_id)))

    @property
    def due(self) -> float | None:
        """When an alert begins though nothing else happens, on the steady clock."""
        return min((at for case in self._cases.values() for at in case.due), default=None)

    def judge(self, seen: Seen) -> list[tuple[Change, Alert]]:
        """What changed: each alert as it is now, or as it was when it ended."""
        found = []
        for rule in self._rules.values():
            for pos_id, figure in rule.read(seen).items():
                case = self._case(rule, pos_id)
                before, now = case.alert, case.see(figure, seen.moment)
                if change := _change(before, now):
                    found.append((change, now or before))
        return [(change, alert) for change, alert in found if alert is not None]

    def _case(self, rule: Rule, pos_id: str) -> "_Case":
        return self._cases.setdefault((rule.code, pos_id), _Case(rule, pos_id))


@dataclass(eq=False)
class _Case:
    """One rule at one register, or at the gateway."""

    rule: Rule
    pos_id: str
    alert: Alert | None = None

    def __post_init__(self) -> None:
        self._latches = [(step, _Latch(step.limit)) for step in self.rule.steps]

    @property
    def due(self) -> list[float]:
        return [latch.due for _, latch in self._latches if latch.due is not None]

    def see(self, figure: float, moment: Moment) -> Alert | None:
        for _, latch in self._latches:
            latch.see(figure, moment.steady)
        return self._stand(moment.at)

    def take_up(self, level: Level, since: datetime) -> None:
        """It stood at this level before."""
        for step, latch in self._latches:
            latch.is_on = step.level >= level  # the milder ones too
        self._stand(since)

    def _stand(self, at: datetime) -> Alert | None:
        step = next((step for step, latch in self._latches if latch.is_on), None)
        since = at if self.alert is None else self.alert.since
        self.alert = None if step is None else self._said(step, since)
        return self.alert

    def _said(self, step: Step, since: datetime) -> Alert:
        told = {"limit": step.limit.fire, "minutes": step.limit.hold / 60, "pos_id": self.pos_id}
        texts = step.en.format(**told), step.ru.format(**told)
        return Alert(self.rule.code, step.level, self.pos_id, since, *texts)


@dataclass(eq=False, slots=True)
class _Latch:
    """On once the figure was at `fire` and for `hold` seconds not below `clear`; off below `clear`."""

    limit: Threshold
    is_on: bool = False
    due: float | None = None  # when it goes on if the figure stays where it is
    _since: float | None = None

    def see(self, figure: float, now: float) -> None:
        if figure < self.limit.clear:
            self.is_on, self._since = False, None
        elif figure >= self.limit.fire and self._since is None:
            self._since = now
        self.due = None
        if self._since is not None and not self.is_on and figure >= self.limit.fire:
            due = self._since + self.limit.hold
            self.is_on, self.due = (True, None) if now >= due else (False, due)


def _change(before: Alert | None, now: Alert | None) -> Change | None:
    if before is None or now is None:
        return None if before is now else Change.BEGAN if now else Change.ENDED
    return None if before.level is now.level else Change.CHANGED
