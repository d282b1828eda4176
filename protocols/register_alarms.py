"""What befalls the registers' own alarms, as the snapshot tells it: for those who are told of alerts. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from protocols.alarm import Alarm, Change, Level, changes
from protocols.alerts import Alert, World
from protocols.readiness import TEXTS


class RegisterAlarms:
    """`stood`: pos_id, alarm and since when, of what is known from before: it is not begun again."""

    def __init__(self, stood: Iterable[tuple[str, Alarm, datetime]] = ()) -> None:
        self._standing: dict[str, dict[str, tuple[Alarm, datetime]]] = {}
        for pos_id, alarm, since in stood:
            self._of(pos_id)[alarm.code] = (alarm, since)

    def see(self, world: World, at: datetime) -> list[tuple[Change, Alert]]:
        """What changed at every register that was inspected: one that was not yet has no alarms to tell of."""
        inspected = [told for name, told in sorted(world.items()) if name.startswith("kkt.") and "drive" in told]
        return [each for told in inspected for each in self._see(told, at)]

    def _see(self, told: Mapping[str, Any], at: datetime) -> list[tuple[Change, Alert]]:
        pos_id, before = told["pos_id"], self._of(told["pos_id"])
        now = [Alarm(each["code"], Level(each["level"]), each["message"]) for each in told["alarms"]]
        found = changes([alarm for alarm, _ in before.values()], now)
        since = {code: began for code, (_, began) in before.items()}
        self._standing[pos_id] = {alarm.code: (alarm, since.get(alarm.code, at)) for alarm in now}
        return [(change, alert_of(pos_id, alarm, since.get(alarm.code, at))) for change, alarm in found]

    def _of(self, pos_id: str) -> dict[str, tuple[Alarm, datetime]]:
        return self._standing.setdefault(pos_id, {})


def alert_of(pos_id: str, alarm: Alarm, since: datetime) -> Alert:
    said = f"Register {pos_id}: {alarm.message}"
    return Alert(alarm.code, alarm.level, pos_id, since, said, in_russian(pos_id, alarm.code))


def in_russian(pos_id: str, code: str) -> str:
    return f"Касса {pos_id}: {TEXTS.get(code, TEXTS['OTHER'])['ru']}"
