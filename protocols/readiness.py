"""May a card be charged now: judged from what a register's actor and the buffer last told of themselves. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from protocols.alarm import LONGEST_SHIFT
from protocols.fiscal import Shift
from protocols.inspection import BLOCKED

State = Mapping[str, Any]
Language = Literal["ru", "en"]

ROOM = 3  # documents: the receipt, and around it a shift that is opened and closed
LAST_MINUTE = timedelta(minutes=1)  # of a shift: a sale that begins in it may end behind it

TEXTS: dict[str, dict[Language, str]] = {
    "KKT_STARTING": {
        "ru": "Касса ещё опрашивается. Повторите через несколько секунд.",
        "en": "The register is still being asked for its state. Try again in a few seconds.",
    },
    "KKT_UNAVAILABLE": {
        "ru": "Касса не отвечает. Проверьте её питание и кабель.",
        "en": "The register does not answer. Check its power and cable.",
    },
    "KKT_NO_PAPER": {
        "ru": "В кассе нет бумаги. Вставьте рулон.",
        "en": "The register has no paper. Put in a roll.",
    },
    "KKT_BUSY": {
        "ru": "Касса ещё печатает предыдущий документ.",
        "en": "The register is still busy with an earlier document.",
    },
    "KKT_SETTLING": {
        "ru": "Касса проверяет, что стало с предыдущим чеком.",
        "en": "The register is being asked what became of the last receipt.",
    },
    "KKT_HALTED": {
        "ru": "Неизвестно, напечатан ли предыдущий чек: нужно решение ответственного лица.",
        "en": "Nobody knows whether the last receipt was printed: a person must decide.",
    },
    "KKT_REFUSED": {
        "ru": "Касса отказала в выполнении операции.",
        "en": "The register refused.",
    },
    "KKT_SHIFT_CLOSED": {
        "ru": "Смена закрыта. Откройте смену.",
        "en": "The shift is closed. Open it.",
    },
    "KKT_SHIFT_EXPIRED": {
        "ru": "Смена длится больше 24 часов. Закройте её и откройте новую.",
        "en": "The shift is open for over 24 hours. Close it and open a new one.",
    },
    "DRIVE_EXPIRED": {
        "ru": "Срок действия фискального накопителя истёк. Замените его.",
        "en": "The fiscal drive has expired. Have it replaced.",
    },
    "DRIVE_FULL": {
        "ru": "В фискальном накопителе нет места. Замените его.",
        "en": "The fiscal drive is full. Have it replaced.",
    },
    "DRIVE_BLOCKED": {
        "ru": "Чеки не передаются в ОФД больше 30 дней: касса заблокирована. Восстановите связь с ОФД.",
        "en": "Documents have waited for the OFD for over 30 days: the register is blocked. Mend the way to the OFD.",
    },
    "BUFFER_FULL": {
        "ru": "Слишком много чеков ждут отправки в ОФД. Восстановите связь с ОФД.",
        "en": "Too many receipts wait for the OFD. Mend the way to the OFD.",
    },
    "DISK_FULL": {
        "ru": "На диске шлюза нет места.",
        "en": "The gateway's disk is full.",
    },
    "STORE_UNAVAILABLE": {
        "ru": "Чеки сейчас нельзя записать на диск. Повторите через несколько секунд.",
        "en": "Receipts cannot be put on disk at the moment. Try again in a few seconds.",
    },
    "DRIVE_EXPIRES": {
        "ru": "Срок действия фискального накопителя истекает. Запланируйте замену.",
        "en": "The fiscal drive expires soon. Have it replaced.",
    },
    "DRIVE_NEARLY_FULL": {
        "ru": "Место в фискальном накопителе заканчивается. Запланируйте замену.",
        "en": "The fiscal drive is nearly full. Have it replaced.",
    },
    "OFD_QUEUE_OLD": {
        "ru": "Чеки давно не передаются из кассы в ОФД. Проверьте связь с ОФД.",
        "en": "Documents have waited for the OFD for days. See to the way to the OFD.",
    },
    "CLOCK_DRIFT": {
        "ru": "Часы кассы расходятся со временем больше чем на 5 минут.",
        "en": "The register's clock is wrong by more than 5 minutes.",
    },
    "COVER_OPEN": {"ru": "Крышка кассы открыта.", "en": "The cover of the register is open."},
    "PAPER_OUT": {"ru": "В кассе нет бумаги.", "en": "There is no paper in the register."},
    "SHIFT_OLD": {
        "ru": "Смена скоро превысит 24 часа. Закройте её.",
        "en": "The shift will soon be 24 hours old. Close it.",
    },
    "OTHER": {"ru": "Касса не готова.", "en": "The register is not ready."},
}


def readiness(register: State | None, buffer: State | None, now: datetime, language: Language) -> dict[str, Any]:
    """`ready`, and as `reasons` all that speaks against it; `warnings` do not. `now`: the host's time, aware."""
    state = register or {"trouble": {"code": "KKT_STARTING"}}
    left = shift_left(state, now)
    codes = dict.fromkeys([*_of_register(state), *_of_shift(state, left), *_of_drive(state), *_of_buffer(buffer or {})])
    return {
        "ready": not codes,
        "reasons": [_said(code, language) for code in codes],
        "warnings": [_said(alarm["code"], language) for alarm in state.get("alarms", ())],
        "shift_left_s": None if left is None else max(0, int(left.total_seconds())),
    }


def shift_left(state: State, now: datetime) -> timedelta | None:
    """Until the open shift is 24 hours old, by the register's clock; None where no shift is open, or nobody knows."""
    opened_at: datetime | None = state.get("shift_opened_at")
    if opened_at is None:
        return None
    here = now + timedelta(seconds=state.get("clock_drift_s") or 0)
    return LONGEST_SHIFT - (here - opened_at)


def _of_register(state: State) -> list[str]:
    trouble = state.get("trouble")
    return [trouble["code"]] if trouble else []


def _of_shift(state: State, left: timedelta | None) -> list[str]:
    """A shift that is opened by itself is no reason to wait."""
    policy, shift = state.get("shift_policy", {}), state.get("shift")
    if shift == Shift.CLOSED and not policy["auto_open"]:
        return ["KKT_SHIFT_CLOSED"]
    ends = shift == Shift.EXPIRED or (shift == Shift.OPEN and left is not None and left < LAST_MINUTE)
    return ["KKT_SHIFT_EXPIRED"] if ends and not policy["reopen_expired"] else []


def _of_drive(state: State) -> list[str]:
    drive, queue = state.get("drive", {}), state.get("ofd_queue", {})
    documents, days, age = drive.get("documents_left"), drive.get("days_left"), queue.get("oldest_age_s")
    found = {
        "DRIVE_FULL": documents is not None and documents < ROOM,
        "DRIVE_EXPIRED": days is not None and days < 0,
        "DRIVE_BLOCKED": age is not None and age > BLOCKED.total_seconds(),
    }
    return [code for code, is_so in found.items() if is_so]


def _of_buffer(buffer: State) -> list[str]:
    if not buffer:
        return ["STORE_UNAVAILABLE"]
    full = {"BUFFER_FULL": buffer["current_queued"] >= buffer["total_capacity"], "DISK_FULL": buffer["disk"] == "full"}
    return [code for code, is_so in full.items() if is_so]


def _said(code: str, language: Language) -> dict[str, str]:
    return {"code": code, "message": TEXTS.get(code, TEXTS["OTHER"])[language]}
