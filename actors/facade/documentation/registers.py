"""Registers: how they stand, whether a card may be charged, and which there are."""

from typing import Any

from pydantic import BaseModel, Field

from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from protocols.api import PlacesBody
from protocols.api_answers.registers import Devices, FoundRegisters, Readiness, ShiftState

TAG = "Registers"
DEVICE: dict[str, Any] = {
    "pos_id": "POS-001",
    "driver": "shtrih",
    "ready": True,
    "trouble": None,
    "alarms": [],
    "shift_policy": {"auto_open": True, "reopen_expired": True},
    "model": "ШТРИХ-М-01Ф",
    "serial": "34414603",
    "fn": "9999177208510271",
    "rnm": "6788242623059941",
    "last_fd": 42,
    "shift": "open",
    "shift_number": 1,
    "shift_opened_at": "2026-11-21T04:58:00Z",
    "paper": "present",
    "ffd": "1.2",
    "firmware": "C1.1",
    "cover_open": False,
    "drawer_open": False,
    "temperature_c": None,
    "supply_v": 24.0,
    "battery_v": 3.1,
    "clock_drift_s": 0,
    "drive": {
        "fn": "9999177208510271",
        "expires": "2028-02-27",
        "days_left": 457,
        "documents_left": 249_958,
        "warnings": [],
    },
    "ofd_queue": {"unsent": 0, "oldest_at": None, "oldest_age_s": None, "days_left": None},
    "receipt_latency_p95_s": 0.9,
}
SHIFT: dict[str, Any] = {
    "pos_id": "POS-001",
    "shift": "open",
    "shift_number": 1,
    "shift_opened_at": "2026-11-21T04:58:00Z",
    "last_fd": 42,
    "ready": True,
    "trouble": None,
}
READY: dict[str, Any] = {
    "pos_id": "POS-001",
    "printed_on": "POS-001",
    "ready": True,
    "reasons": [],
    "warnings": [],
    "shift_left_s": 80_000,
}
FOUND: dict[str, Any] = {
    "driver": "shtrih",
    "device_path": "tcp://192.168.1.50:7778",
    "baudrate": 0,
    "model": "ШТРИХ-М-01Ф",
    "serial": "34414603",
    "fn": "9999177208510271",
    "kkt_number": "6788242623059941",
    "in_use": False,
    "trouble": "",
    "config": '[[kkt.registers]]\npos_id = "POS-001"\ndriver = "shtrih"\ndevice_path = "tcp://192.168.1.50:7778"\n',
}


class OfRegister(BaseModel):
    pos_id: str | None = Field(
        None, description="The register. It may go unnamed where there is but one.", examples=["POS-001"]
    )


class ReadyQuery(OfRegister):
    lang: str = Field("ru", description="`en` for reasons and warnings in English. Anything else is Russian.")


OPERATIONS: Operations = {
    ("GET", "/v1/kkt/ready"): Operation(
        TAG,
        "isReady",
        "May a card be charged now",
        {
            200: Told(
                "`ready`, and if not why.",
                Readiness,
                {
                    "yes": READY,
                    "no": READY
                    | {"ready": False, "reasons": [{"code": "KKT_NO_PAPER", "message": "В кассе нет бумаги."}]},
                },
            )
        },
        "Judged from what is known of shift, paper, and room in drive and buffer. No register is asked, so it is quick "
        "enough to ask before every card.",
        query=ReadyQuery,
        refused={422: ("UNKNOWN_POS",)},
    ),
    ("GET", "/v1/kkt/shift"): Operation(
        TAG,
        "getShift",
        "The shift, as the register last told it",
        {200: Told("What is not known is null.", ShiftState, {"open": SHIFT})},
        query=OfRegister,
        refused={422: ("UNKNOWN_POS",)},
    ),
    ("GET", "/v1/kkt/devices"): Operation(
        TAG,
        "listDevices",
        "Every register: shift, paper, drive, queue, clock, alarms",
        {200: Told("By name.", Devices, {"one register": {"devices": [DEVICE]}})},
    ),
    ("POST", "/v1/kkt/devices/discover"): Operation(
        TAG,
        "discoverDevices",
        "Look for registers",
        {200: Told("What was found within 30 seconds.", FoundRegisters, {"one": {"found": [FOUND]}})},
        "Asks every place that is named who it is, and changes nothing. Without a place it looks at the serial ports "
        "of the gateway's computer. A register that the gateway works with is listed and asked nothing.",
        Sent(PlacesBody, {"an address": {"tcp": ["127.0.0.1:1"]}, "a serial port": {"serial": ["/dev/ttyNONE"]}}),
        refused={409: ("DISCOVERY_RUNNING",)},
    ),
}
