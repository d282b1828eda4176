"""The register's own upkeep: paper, drawer, clock, tables."""

from datetime import datetime

from drivers.emulators.shtrih.device import BAD_DATE, Device
from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih import service
from protocols.shtrih.codes import Error
from protocols.shtrih.commands import Accepted, Command, Done

DATES_DIFFER = 0x7C


def nothing_to_see(device: Device, request: Command[Done], operator: int) -> Done:
    """What leaves no trace but on paper, or in the ear."""
    return Done(operator)


def continue_printing(device: Device, request: service.ContinuePrinting, operator: int) -> Done:
    device.printer.go_on()
    return Done(operator)


def repeat_receipt(device: Device, request: service.RepeatLastReceipt, operator: int) -> Done:
    if not device.drive.counters.receipt_number:
        raise Refuse(Error.NOTHING_TO_REPEAT)
    return Done(operator)


def write_table(device: Device, request: service.WriteTable, operator: int) -> Accepted:
    device.tables[request.table, request.row, request.field].unpack(request.value)
    return Accepted()


def set_time(device: Device, request: service.SetTime, operator: int) -> Accepted:
    device.set_clock(datetime.combine(device.local.date(), request.time))
    return Accepted()


def set_date(device: Device, request: service.SetDate, operator: int) -> Accepted:
    """Takes effect when the same date is confirmed."""
    if request.date is None:
        raise Refuse(BAD_DATE)
    device.date_to_confirm = request.date
    return Accepted()


def confirm_date(device: Device, request: service.ConfirmDate, operator: int) -> Accepted:
    if request.date is None or request.date != device.date_to_confirm:
        raise Refuse(DATES_DIFFER)
    device.date_to_confirm = None
    device.set_clock(datetime.combine(request.date, device.local.time()))
    return Accepted()
