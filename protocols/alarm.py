"""What a person must see to at a register, judged from a longer look at it. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from protocols.fiscal import DriveWarning, Paper
from protocols.inspection import BLOCKED, Inspection

FEW_DOCUMENTS = 100  # left in the drive: a busy till prints as many in a morning
REPLACE_WITHIN, EXPIRES_WITHIN = 3, 30  # days
OVERDUE, NEARLY_BLOCKED = timedelta(days=3), timedelta(days=25)
MOST_DRIFT = timedelta(minutes=5)
"""Between a register's clock and the time, as the tax office takes it (consultant.ru, document LAW_448874)."""
LONGEST_SHIFT = timedelta(hours=24)
OLD_SHIFT = timedelta(hours=23)


class Level(StrEnum):
    P1 = "P1"  # sales stop soon, or have stopped
    P2 = "P2"  # this week
    P3 = "P3"  # to be known


@dataclass(frozen=True, slots=True)
class Alarm:
    """`code` is stable, for programs; the message is for a person."""

    code: str
    level: Level
    message: str


class Change(StrEnum):
    BEGAN = "began"
    CHANGED = "changed"  # its level
    ENDED = "ended"
    NOTED = "noted"  # no alarm: a single event, which does not stand


Rule = Callable[[Inspection], Alarm | None]


def drive_expiry(seen: Inspection) -> Alarm | None:
    days, warnings = seen.days_left, seen.condition.warnings
    when = "soon" if days is None else f"in {days} days" if days >= 0 else "already"
    message = f"The fiscal drive expires {when}: have it replaced."
    if (days is not None and days < REPLACE_WITHIN) or DriveWarning.REPLACE_NOW in warnings:
        return Alarm("DRIVE_EXPIRES", Level.P1, message)
    if (days is not None and days < EXPIRES_WITHIN) or DriveWarning.EXPIRES_SOON in warnings:
        return Alarm("DRIVE_EXPIRES", Level.P2, message)
    return None


def drive_room(seen: Inspection) -> Alarm | None:
    left = seen.condition.documents_left
    if left is not None and left < FEW_DOCUMENTS:
        return Alarm("DRIVE_NEARLY_FULL", Level.P1, f"The fiscal drive has room for {left} more documents.")
    if DriveWarning.MEMORY_FULL in seen.condition.warnings:
        return Alarm("DRIVE_NEARLY_FULL", Level.P2, "The fiscal drive is nine tenths full: have it replaced.")
    return None


def ofd_queue(seen: Inspection) -> Alarm | None:
    age, unsent = seen.oldest_age, seen.condition.unsent
    waits = "Documents wait" if unsent is None else f"{unsent} documents wait"
    if age is not None and age >= NEARLY_BLOCKED:
        message = f"{waits} for the OFD, the oldest for {age.days} days: at {BLOCKED.days} the register stops."
        return Alarm("OFD_QUEUE_OLD", Level.P1, message)
    if (age is not None and age >= OVERDUE) or DriveWarning.OFD_OVERDUE in seen.condition.warnings:
        return Alarm("OFD_QUEUE_OLD", Level.P2, f"{waits} in the fiscal drive for days: see to the way to the OFD.")
    return None


def clock(seen: Inspection) -> Alarm | None:
    drift = seen.drift
    if drift is None or abs(drift) <= MOST_DRIFT:
        return None
    minutes = round(abs(drift).total_seconds() / 60)
    ahead = "ahead of" if drift > timedelta(0) else "behind"
    message = f"The register's clock is {minutes} minutes {ahead} this computer's; set it while the shift is closed."
    return Alarm("CLOCK_DRIFT", Level.P2, message)


def cover(seen: Inspection) -> Alarm | None:
    return Alarm("COVER_OPEN", Level.P3, "The cover is open.") if seen.condition.cover_open else None


RULES: tuple[Rule, ...] = (drive_expiry, drive_room, ofd_queue, clock, cover)


def shift_alarm(age: timedelta | None) -> Alarm | None:
    """Of a shift that has been open for so long; None for one that is closed."""
    if age is None or age < OLD_SHIFT:
        return None
    return Alarm("SHIFT_OLD", Level.P2, "The shift is open for over 23 hours; at 24 it must be closed before a sale.")


def paper_alarm(paper: Paper | None) -> Alarm | None:
    """A roll that ends is everyday: that the register cannot print meanwhile its trouble says."""
    return Alarm("PAPER_OUT", Level.P3, "There is no paper.") if paper is Paper.OUT else None


def alarms_of(seen: Inspection | None, shift_age: timedelta | None, paper: Paper | None = None) -> tuple[Alarm, ...]:
    """All that is amiss, each code once."""
    found = [rule(seen) for rule in RULES] if seen is not None else []
    return tuple(alarm for alarm in (*found, shift_alarm(shift_age), paper_alarm(paper)) if alarm is not None)


def changes(before: Iterable[Alarm], now: Iterable[Alarm]) -> list[tuple[Change, Alarm]]:
    """What is to be said of alarms that stood and that stand: each as it is now, or as it was when it ended."""
    stood = {alarm.code: alarm for alarm in before}
    found: list[tuple[Change, Alarm]] = []
    for alarm in now:
        was = stood.pop(alarm.code, None)
        if was is None:
            found.append((Change.BEGAN, alarm))
        elif was.level is not alarm.level:
            found.append((Change.CHANGED, alarm))
    return found + [(Change.ENDED, alarm) for alarm in stood.values()]
