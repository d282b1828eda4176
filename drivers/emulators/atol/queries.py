"""What the register tells when it is asked how things stand; nothing here changes anything.

The same things are asked for by tasks of the queue (`get...`) and by immediate queries (`query...`); the two spell some
fields differently, and the answers have both spellings where a client could look for either.
"""

from collections.abc import Callable
from datetime import timedelta

from drivers.emulators.atol import values
from drivers.emulators.atol.device import FULL_SHIFT, Device
from drivers.emulators.atol.errors import Error, describe
from drivers.emulators.atol.parts import Fields, roubles
from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.sums import Sums

MODEL, NAME = 69, "АТОЛ 77Ф"
LOW_ON_ROOM = 1000
"""Documents left in the drive when it begins to warn."""
SOON, VERY_SOON, OVERDUE = timedelta(days=30), timedelta(days=3), timedelta(days=2)
NO_ERROR = {"code": 0, "description": describe(0)}
WORDS = {number: word for word, number in values.PAYMENTS.items()}
WORD_BY_SLOT = {slot: WORDS.get(number, "electronically") for number, slot in values.SLOTS.items()}


def device_info(device: Device) -> Fields:
    return {
        "deviceInfo": {
            "model": MODEL,
            "modelName": f"{NAME} (эмулятор)",
            "serial": f"{device.drive.passport.serial:014}",
            "firmwareVersion": "1245",
            "appVersion": "5.7.0",
            "boolVersion": "5.7.0",
            "configurationVersion": "5.7.0",
            "scriptsVersion": "3",
            "scriptsName": "ATCP3003",
            "receiptLineLength": 48,
            "receiptLineLengthPix": 576,
            "ffdVersion": device.ffd,
            "fnFfdVersion": "1.2",
        }
    }


def device_status(device: Device) -> Fields:
    """`blocked`: a document is half on paper and waits for continuePrint."""
    return {
        "deviceStatus": {
            "currentDateTime": device.now.replace(microsecond=0).isoformat(),
            "shift": device.shift,
            "blocked": device.unfinished is not None,
            "coverOpened": device.faults.cover_open,
            "paperPresent": device.paper_present,
            "fiscal": True,
            "fnFiscal": True,
            "fnPresent": device.faults.fn != "fault",
            "cashDrawerOpened": device.faults.drawer_open,
        }
    }


def drawer_status(device: Device) -> Fields:
    return {"cashDrawerStatus": {"cashDrawerOpened": device.faults.drawer_open}, "counters": _drawer(device)}


def shift_status(device: Device) -> Fields:
    expires = (device.shift_opened_at + FULL_SHIFT).replace(microsecond=0).isoformat()
    return {
        "shiftStatus": {
            "state": device.shift,
            "number": device.drive.counters.shift_number,
            "expiredAt": expires,
            "expiredTime": expires,
            "documentsCount": device.drive.counters.documents,
        }
    }


def shift_totals(device: Device) -> Fields:
    parts = {
        "cashDrawer": {"sum": roubles(device.drive.counters.drawer)},
        "income": _moved(device, "in"),
        "outcome": _moved(device, "out"),
        "receipts": {word: _receipts(device, sign) for word, sign in values.RECEIPTS.items()},
    }
    suffixed = {f"{name}Totals": part for name, part in parts.items()}
    return {"shiftTotals": {"shiftNumber": device.drive.counters.shift_number, **parts, **suffixed}}


def income_totals(device: Device) -> Fields:
    return {"incomeTotals": _moved(device, "in")}


def outcome_totals(device: Device) -> Fields:
    return {"outcomeTotals": _moved(device, "out")}


def fn_info(device: Device) -> Fields:
    validity = {
        "numberOfRegistrations": 1,
        "registrationsRemaining": 29,
        "validityDate": device.drive_expires.replace(microsecond=0).isoformat(),
    }
    return {
        "fnInfo": {
            "serial": device.drive.passport.fn,
            "version": "emulator",
            "execution": "",
            "livePhase": "fiscalMode",
            "ffdVersion": device.ffd,
            "fnFfdVersion": "1.2",
            "validity": validity,
            **validity,
            "warnings": warnings(device),
        }
    }


def fn_status(device: Device) -> Fields:
    counters = device.drive.counters
    return {
        "fnStatus": {
            "fiscalDocumentNumber": counters.fd,
            "fiscalReceiptNumber": counters.receipt_number,
            "warnings": warnings(device),
        }
    }


def ofd_exchange(device: Device) -> Fields:
    """The OFD has everything at once, but for as many of the newest documents as a test says."""
    status: Fields = {"notSentCount": unsent(device)}
    if first := oldest_unsent(device):
        status |= {"notSentFirstDocNumber": first.fd, "notSentFirstDocDateTime": first.at.isoformat()}
    errors = {
        "fnCommandCode": 0,
        "documentNumber": 0,
        "lastSuccessConnectionDateTime": device.now.replace(microsecond=0).isoformat(),
        "fn": NO_ERROR,
        "ofd": NO_ERROR,
        "network": {"code": int(Error.NO_CONNECTION), "description": "Нет связи"} if first else NO_ERROR,
    }
    return {"ofdExchangeStatus": status, "ofdExchangeErrors": errors, "status": status, "errors": errors}


def ism_exchange(device: Device) -> Fields:
    return {"ismExchangeStatus": {"notSentCount": 0}}


def registration(device: Device) -> Fields:
    passport = device.drive.passport
    return {
        "device": {"registrationNumber": passport.rnm, "ffdVersion": device.ffd, "fnsUrl": "www.nalog.gov.ru"},
        "organization": {"vatin": passport.inn, "taxationTypes": list(values.TAXATIONS)},
    }


QUERIES: dict[str, Callable[[Device], Fields]] = {
    "DeviceInfo": device_info,
    "DeviceStatus": device_status,
    "ShiftStatus": shift_status,
    "ShiftTotals": shift_totals,
    "IncomeTotals": income_totals,
    "OutcomeTotals": outcome_totals,
    "FnInfo": fn_info,
    "FnStatus": fn_status,
    "OfdExchangeStatus": ofd_exchange,
    "IsmExchangeStatus": ism_exchange,
}
"""What `POST /operations/query...` answers."""


RECEIPT_KINDS = frozenset(values.RECEIPTS)


def receipt_totals(device: Device, kind: str) -> Fields:
    """queryReceiptTotals, of one of RECEIPT_KINDS."""
    return {"receiptTotals": _receipts(device, values.RECEIPTS[kind])}


def _drawer(device: Device) -> Fields:
    return {"cashSum": roubles(device.drive.counters.drawer)}


def _moved(device: Device, way: str) -> Fields:
    counters = device.drive.counters
    return {"sum": roubles(counters.moved[way]), "count": counters.moves[way]}


def _receipts(device: Device, sign: int) -> Fields:
    """`sum` is the driver's own word, `count` the server's. Corrections are no part of it."""
    sums = device.drive.counters.sold.get(sign, Sums())
    paid = dict.fromkeys(WORDS.values(), 0)
    for slot, amount in sums.paid.items():
        paid[WORD_BY_SLOT[slot]] += amount
    return {
        "count": sums.count,
        "sum": roubles(sums.total_kopecks),
        "payments": {word: roubles(amount) for word, amount in paid.items()} | {"userTypes": []},
    }


def unsent(device: Device) -> int:
    return min(device.faults.ofd_queue, device.drive.counters.fd)


def oldest_unsent(device: Device) -> Document | None:
    waiting = unsent(device)
    return device.drive.find(device.drive.counters.fd - waiting + 1) if waiting else None


def warnings(device: Device) -> Fields:
    """FFD tags 1050 to 1053."""
    left, room, first = device.drive_expires - device.now, device.faults.fn_left, oldest_unsent(device)
    return {
        "criticalError": device.faults.fn == "fault",
        "memoryOverflow": room is not None and room <= LOW_ON_ROOM,
        "needReplacement": left < VERY_SOON,
        "ofdTimeout": first is not None and device.now - first.at > OVERDUE,
        "resourceExhausted": left < SOON,
    }
