"""The register's own upkeep: paper, drawer, clock, tables."""

from datetime import datetime

from drivers.emulators.shtrih.device import BAD_DATE, Device
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tables import BY_ITSELF, FORMAT
from protocols.shtrih import service
from protocols.shtrih.codes import Error, Mode
from protocols.shtrih.commands import Accepted, Done

DATES_DIFFER, FIELD_LOCKED = 0x7C, 0xC7
RECEIPT_ROLL = 2  # of the flags of what is printed


def beep(device: Device, request: service.Beep, operator: int) -> Done:
    return Done(operator)


def open_drawer(device: Device, request: service.OpenDrawer, operator: int) -> Done:
    device.faults.drawer_open = True
    return Done(operator)


def print_line(
    device: Device, request: service.PrintLine | service.PrintLineInFont | service.PrintBoldLine, operator: int
) -> Done:
    if request.flags & RECEIPT_ROLL:
        device.roll.write(request.line)
    return Done(operator)


def feed(device: Device, request: service.Feed, operator: int) -> Done:
    if request.flags & RECEIPT_ROLL:
        for _ in range(request.lines):
            device.roll.write("")
    return Done(operator)


def cut(device: Device, request: service.Cut, operator: int) -> Done:
    device.roll.cut(device.now)
    return Done(operator)


def continue_printing(device: Device, request: service.ContinuePrinting, operator: int) -> Done:
    device.printer.go_on()
    device.roll.go_on()
    return Done(operator)


def repeat_receipt(device: Device, request: service.RepeatLastReceipt, operator: int) -> Done:
    """The last of the shift once more, as a copy."""
    last = device.drive.last_sale() if device.drive.counters.receipt_number else None
    if last is None:
        raise Refuse(Error.NOTHING_TO_REPEAT)
    device.roll.print(device.letterhead, last, copy=True)
    return Done(operator)


def write_table(device: Device, request: service.WriteTable, operator: int) -> Accepted:
    place = request.table, request.row, request.field
    if place == FORMAT and device.mode is not Mode.SHIFT_CLOSED:
        raise Refuse(FIELD_LOCKED)
    if place == BY_ITSELF:
        device.hand_over_ofd(request.value)
    else:
        device.tables.write(place, request.value)
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
