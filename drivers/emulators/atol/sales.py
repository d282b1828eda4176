"""Receipts and corrections: checked, put into the drive, printed."""

from collections import Counter
from collections.abc import Iterator

from drivers.emulators.atol import tags, values
from drivers.emulators.atol.answers import fiscal_result
from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.items import agent_tags, items, rate
from drivers.emulators.atol.lines import around
from drivers.emulators.atol.parts import CorrectionTask, Fields, Payment, Printed, ReceiptTask, kopecks
from drivers.emulators.atol.shifts import OPERATOR, operator_tags, turn
from drivers.emulators.fiscal.documents import Document, Item
from drivers.emulators.fiscal.taxes import taxes
from protocols.shtrih.codes import DocumentType

CORRECTION_KINDS = {"self": 0, "instruction": 1}
"""Tag 1173."""
SIGNS = values.RECEIPTS | values.CORRECTIONS
IN_FFD_1_05 = frozenset({"sellCorrection", "buyCorrection"})


def receipt(device: Device, task: ReceiptTask) -> Fields:
    _check_shift(device, task)
    lines = items(device, task.items, validates=task.validate_marking_codes)
    if not lines:
        raise Refuse(Error.INVALID_POSITIONS_COUNT)
    total = _total(task, lines)
    return _finish(device, task, lines, total)


def correction(device: Device, task: CorrectionTask) -> Fields:
    """By FFD 1.05 it has a sum and no positions, and only sales and purchases are corrected so."""
    _check_correction(device, task)
    _check_shift(device, task)
    lines = items(device, task.items, validates=task.validate_marking_codes)
    if (device.ffd == "1.05") == bool(lines):
        raise Refuse(Error.INVALID_POSITIONS_COUNT)
    total = _total(task, lines) if lines else sum(_payments(task.payments).values())
    return _finish(device, task, lines, total)


def _check_correction(device: Device, task: CorrectionTask) -> None:
    if device.ffd == "1.05" and task.type not in IN_FFD_1_05:
        raise Refuse(Error.DENIED_IN_THIS_FFD, task.type)
    if task.correction_type not in CORRECTION_KINDS:
        raise Refuse(Error.INVALID_PARAM, "correctionType")
    if not task.correction_base_number and (device.ffd == "1.05" or task.correction_type == "instruction"):
        raise Refuse(Error.NO_REQUIRED_PROPERTY, "correctionBaseNumber")
    if device.ffd == "1.05" and not task.taxes:
        raise Refuse(Error.NO_REQUIRED_PROPERTY, "taxes")
    now = device.now.replace(tzinfo=None)
    if tags.value(tags.day(task.correction_base_date)) > tags.value(tags.day(f"{now:%Y.%m.%d}")):
        raise Refuse(Error.INVALID_DATE_TIME, task.correction_base_date)


def _check_shift(device: Device, task: Printed) -> None:
    """Raises Refuse unless receipts can be made; a shift may open by itself."""
    if device.shift == "expired":
        raise Refuse(Error.SHIFT_EXPIRED)
    if device.shift == "closed":
        if not device.faults.auto_open_shift:
            raise Refuse(Error.SHIFT_CLOSED)
        turn(device, DocumentType.SHIFT_OPENED, task)


def _finish(device: Device, task: ReceiptTask, lines: tuple[Item, ...], total: int) -> Fields:
    sign = SIGNS[task.type]
    if task.taxation_type not in values.TAXATIONS:
        raise Refuse(Error.INVALID_TAXATION_TYPE, task.taxation_type)
    payments = _payments(task.payments)
    draft = Document(
        kind=DocumentType.CORRECTION if isinstance(task, CorrectionTask) else DocumentType.RECEIPT,
        at=device.now,
        operator=OPERATOR,
        operation=sign,
        total_kopecks=total,
        payments=payments,
        change_kopecks=_change(device, sign, payments, total),
        taxes=taxes(lines) if lines else _given_taxes(task),
        taxation=values.TAXATIONS[task.taxation_type],
        items=lines,
        tags=dict(_tags(device, task)),
        ffd=values.FFD_NUMBERS[device.ffd],
    )
    document = device.record(draft, None if task.electronically else around(task, task.items))
    device.marks.clear()
    return fiscal_result(device, document)


def _total(task: ReceiptTask, lines: tuple[Item, ...]) -> int:
    """What is to be paid: the sum of the lines, or less by its kopecks (FFD, note 5 to the receipt)."""
    exact = sum(line.sum_kopecks for line in lines)
    if task.total is None:
        return exact
    total = kopecks(task.total, Error.INVALID_TOTAL)
    if total > exact or total // 100 != exact // 100:
        raise Refuse(Error.INVALID_TOTAL, f"{task.total}")
    return total


def _payments(payments: list[Payment]) -> dict[int, int]:
    """Kopecks by slot."""
    found = Counter[int]()
    for payment in payments:
        found[_slot(payment.type)] += kopecks(payment.sum)
    return {slot: amount for slot, amount in sorted(found.items()) if amount}


def _slot(kind: str | int) -> int:
    """A number may come as text."""
    number = int(kind) if str(kind) in map(str, values.SLOTS) else values.PAYMENTS.get(str(kind))
    if number is None:
        raise Refuse(Error.INVALID_PAYMENT_TYPE, str(kind))
    return values.SLOTS[number]


def _change(device: Device, sign: int, payments: dict[int, int], total: int) -> int:
    """Kopecks given back out of the cash. Raises Refuse: it was paid wrongly, or there is too little in the drawer."""
    paid, cash = sum(payments.values()), payments.get(values.CASH, 0)
    if paid - cash > total:
        raise Refuse(Error.CASHLESS_TOO_MUCH)
    if paid < total:
        raise Refuse(Error.NOT_FULLY_PAID)
    change = paid - total
    if sign in values.PAYS_OUT and cash - change > device.drive.counters.drawer:
        raise Refuse(Error.NO_CASH)
    return change


def _given_taxes(task: ReceiptTask) -> dict[str, int]:
    return {rate(tax.type): kopecks(tax.sum or 0) for tax in task.taxes}


def _tags(device: Device, task: ReceiptTask) -> Iterator[tuple[int, str]]:
    yield from operator_tags(task)
    if device.ffd == "1.2" and (task.agent_info or task.supplier_info):
        raise Refuse(Error.PROPERTY_DENIED, "agentInfo")
    yield from agent_tags(task.agent_info, task.supplier_info)
    if task.internet:
        if not task.payments_place:
            raise Refuse(Error.NO_REQUIRED_PROPERTY, "paymentsPlace")
        yield 1125, tags.number(1, 1)
    yield from tags.texts({1187: task.payments_place, 1009: task.payments_address, 1036: task.machine_number})
    if client := task.client_info:
        yield from tags.texts({1008: client.email_or_phone, 1227: client.name, 1228: client.vatin})
    yield from tags.texts({1117: task.company_info.email if task.company_info else ""})
    yield from _attributes(task.items)
    if isinstance(task, CorrectionTask):
        yield 1173, tags.number(CORRECTION_KINDS[task.correction_type], 1)
        yield 1178, tags.day(task.correction_base_date)
        yield from tags.texts({1177: task.correction_base_name, 1179: task.correction_base_number})


def _attributes(elements: list[Fields]) -> Iterator[tuple[int, str]]:
    """The shop's own lines among the positions: tags 1192, and 1085 with 1086."""
    for element in elements:
        text = str(element.get("value", ""))
        if element["type"] == "additionalAttribute":
            yield 1192, text
        elif element["type"] == "userAttribute":
            yield from ((1085, str(element.get("name", ""))), (1086, text))
