"""A register for people and programs: what StatusActor is told of it."""

from datetime import timedelta
from typing import Any

from actors.kkt.policy import Policy
from actors.kkt.standing import Standing
from actors.kkt.watching import Watching
from protocols.alarm import Alarm
from protocols.fiscal import RegisterStatus
from protocols.inspection import Inspection


def describe_register(standing: Standing, watching: Watching, policy: Policy) -> dict[str, Any]:
    """What the last look said is missing without a link; what an inspection said stays until the next."""
    trouble = standing.trouble
    return {
        "ready": trouble is None,
        "trouble": trouble and {"code": trouble.code, "message": trouble.message},
        "shift_policy": {"auto_open": policy.auto_open_shift, "reopen_expired": policy.reopen_expired_shift},
        **(_seen(standing.seen) if standing.seen else {}),
        **(_inspected(watching.inspection) if watching.inspection else {}),
        "alarms": [_alarm(alarm) for alarm in watching.alarms],
    }


def _seen(seen: RegisterStatus) -> dict[str, Any]:
    return {
        "model": seen.model,
        "serial": seen.serial,
        "fn": seen.last.fn,
        "rnm": seen.kkt_number or None,
        "last_fd": seen.last.fd,
        "shift": seen.shift.value,
        "shift_number": seen.shift_number,
        "paper": seen.paper.value,
    }


def _inspected(seen: Inspection) -> dict[str, Any]:
    told = seen.condition
    return {
        "ffd": told.ffd,
        "firmware": told.firmware,
        "cover_open": told.cover_open,
        "drawer_open": told.drawer_open,
        "temperature_c": _rounded(told.temperature_celsius),
        "supply_v": _rounded(told.supply_volts),
        "battery_v": _rounded(told.battery_volts),
        "clock_drift_s": _seconds(seen.drift),
        "drive": {
            "fn": told.fn,
            "expires": told.expires,
            "days_left": seen.days_left,
            "documents_left": told.documents_left,
            "warnings": sorted(warning.value for warning in told.warnings),
        },
        "ofd_queue": {
            "unsent": told.unsent,
            "oldest_at": told.oldest_unsent,
            "oldest_age_s": _seconds(seen.oldest_age),
            "days_left": seen.days_until_blocked,
        },
    }


def _alarm(alarm: Alarm) -> dict[str, str]:
    return {"code": alarm.code, "level": alarm.level.value, "message": alarm.message}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _seconds(value: timedelta | None) -> int | None:
    return None if value is None else round(value.total_seconds())
