"""Shifts, the cash drawer, and what leaves no trace but on paper."""

from collections.abc import Iterator
from datetime import datetime

from drivers.emulators.atol import tags, values
from drivers.emulators.atol.answers import fiscal_result
from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.lines import around, lines
from drivers.emulators.atol.parts import (
    CashTask,
    ClockTask,
    DocumentTask,
    Fields,
    Printed,
    ShiftTask,
    Simple,
    TextTask,
    kopecks,
    roubles,
)
from drivers.emulators.atol.queries import ofd_exchange, unsent
from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.paper.roll import Report
from protocols.shtrih.codes import DocumentType

UNSENT = 1097
"""Tag: documents that the OFD has still to get."""
OPERATOR = 1  # who works the register, by the number its documents want; tag 1021 has the name


def operator_tags(task: Printed) -> Iterator[tuple[int, str]]:
    if task.operator is None:
        return iter(())
    return tags.texts({1021: task.operator.name, 1203: task.operator.vatin})


def open_shift(device: Device, task: ShiftTask) -> Fields:
    if device.shift != "closed":
        raise Refuse(Error.SHIFT_OPENED)
    return fiscal_result(device, turn(device, DocumentType.SHIFT_OPENED, task))


def close_shift(device: Device, task: ShiftTask) -> Fields:
    if device.shift == "closed":
        raise Refuse(Error.SHIFT_CLOSED)
    return fiscal_result(device, turn(device, DocumentType.SHIFT_CLOSED, task))


def report_exchange(device: Device, task: Printed) -> Fields:
    """A document of its own: how the exchange with the OFD stands."""
    count = (UNSENT, tags.number(unsent(device), 4))
    document = _report(device, DocumentType.SETTLEMENT_STATE, task, count)
    exchange = ofd_exchange(device)
    return fiscal_result(device, document) | {name: exchange[name] for name in ("status", "errors")}


def turn(device: Device, kind: DocumentType, task: Printed) -> Document:
    """The report of a shift that opens or closes. Raises as `Device.record`."""
    document = _report(device, kind, task)
    device.faults.shift_age_h = None
    return document


def _report(device: Device, kind: DocumentType, task: Printed, *added: tuple[int, str]) -> Document:
    draft = Document(
        kind=kind,
        at=device.now,
        operator=OPERATOR,
        tags=dict([*operator_tags(task), *added]),
        totals=device.drive.counters.totals if kind == DocumentType.SHIFT_CLOSED else {},
        ffd=values.FFD_NUMBERS[device.ffd],
    )
    return device.record(draft, None if task.electronically else around(task))


def cash_in(device: Device, task: CashTask) -> Fields:
    return _move(device, task, kopecks(task.cash_sum))


def cash_out(device: Device, task: CashTask) -> Fields:
    amount = kopecks(task.cash_sum)
    if amount > device.drive.counters.drawer:
        raise Refuse(Error.NO_CASH)
    return _move(device, task, -amount)


def _move(device: Device, task: CashTask, amount: int) -> Fields:
    """The slip is printed also while the shift is closed; whether real ones do that is not documented."""
    if not amount:
        raise Refuse(Error.INVALID_SUM)
    if device.shift == "expired":
        raise Refuse(Error.SHIFT_EXPIRED)
    device.check_link()
    slip = device.drive.move_cash(CashMove(at=device.now, operator=OPERATOR, amount_kopecks=amount))
    if not task.electronically:
        device.print(slip, around(task))
    return {"counters": {"cashSum": roubles(device.drive.counters.drawer)}}


def report_x(device: Device, task: Printed) -> None:
    if device.shift == "closed":
        raise Refuse(Error.SHIFT_CLOSED)
    counters = device.drive.counters
    report = Report(device.now, None, counters.shift_number, counters.totals, counters.drawer)
    device.print(report, around(task))


def print_text(device: Device, task: TextTask) -> None:
    for line in (*lines(task.pre_items), *lines(task.items), *lines(task.post_items)):
        device.roll.write(line)
    device.roll.cut(device.now)


def print_copy(device: Device, task: Simple) -> None:
    """Of the shift's last receipt."""
    last = device.drive.last_sale() if device.drive.counters.receipt_number else None
    if last is None:
        raise Refuse(Error.NO_RECORD_IN_JOURNAL)
    device.print(last, copy=True)


def print_fn_document(device: Device, task: DocumentTask) -> None:
    found = device.drive.find(task.fiscal_document_number)
    if found is None:
        raise Refuse(Error.FN_NO_MORE_DATA)
    device.print(found, copy=True)


def continue_print(device: Device, task: Simple) -> None:
    device.go_on()


def open_drawer(device: Device, task: Simple) -> None:
    device.faults.drawer_open = True


def set_clock(device: Device, task: ClockTask) -> None:
    """Only between shifts, as a register whose documents are in order."""
    if device.shift != "closed":
        raise Refuse(Error.SHIFT_OPENED)
    try:
        device.set_clock(datetime.strptime(task.date_time, "%Y.%m.%d %H:%M:%S"))  # noqa: DTZ007  the shop's own zone
    except ValueError as error:
        raise Refuse(Error.INVALID_DATE_TIME, task.date_time) from error
