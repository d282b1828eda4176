"""What the register answers when it is asked how things stand; nothing here changes anything."""

from datetime import datetime, timedelta

from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.documents import Document
from drivers.emulators.shtrih.drive import SALES
from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih import drive, receipts, service
from protocols.shtrih.codes import (
    DriveWarnings,
    Error,
    ExchangeFlags,
    LifePhase,
    OperationKind,
    Taxation,
)

MODEL, NAME = 250, "ШТРИХ-М-01Ф"  # Штрих-М protocol 1.17, FCh
LIFETIME = timedelta(days=15 * 30)  # of a fiscal drive for 15 months
LOW_ON_ROOM = 1000
"""Documents left in the drive when it begins to warn."""
TCP = 128
_GROUP = (OperationKind.SALE, OperationKind.BUY, OperationKind.SALE_RETURN, OperationKind.BUY_RETURN)
"""The order of registers that go by operation (setup guide of 22.06.2018, pp. 5-10)."""


def short_status(device: Device, request: service.ReadShortStatus, operator: int) -> service.ShortStatus:
    operations = len(device.receipt.items) if device.receipt else 0
    return service.ShortStatus(
        operator=operator,
        flags=device.flags,
        mode_byte=device.mode_byte,
        submode=device.printer.submode,
        operations_low=operations & 0xFF,
        operations_high=operations >> 8,
        battery=158,  # 3.1 V
        supply=216,  # 24 V
    )


def long_status(device: Device, request: service.ReadLongStatus, operator: int) -> service.LongStatus:
    counters, passport = device.drive.counters, device.drive.passport
    return service.LongStatus(
        operator=operator,
        firmware="C1",
        build=1,
        firmware_date=passport.registered_at.date(),
        through_document=counters.through & 0xFFFF,
        flags=device.flags,
        mode_byte=device.mode_byte,
        submode=device.printer.submode,
        port=TCP,
        clock=device.local.replace(microsecond=0),
        serial_low=passport.serial,
        last_closed_shift=two_bytes(counters.shift_number - counters.shift_open),
        reregistrations_left=30,
        inn=int(passport.inn),
    )


def device_type(device: Device, request: service.ReadDeviceType, operator: int) -> service.DeviceType:
    return service.DeviceType(model=MODEL, name=NAME)


def table_field(device: Device, request: service.ReadTable, operator: int) -> service.TableValue:
    return service.TableValue(device.tables[request.table, request.row, request.field].pack())


def cash_register(device: Device, request: service.ReadCashRegister, operator: int) -> service.CashRegisterValue:
    """Cash of the shift by operation, cash in the drawer, put in and taken out; the other registers hold nothing."""
    counters = device.drive.counters
    values = {193 + place: counters.cash[operation] for place, operation in enumerate(_GROUP)}
    values |= {241: counters.drawer, 242: counters.moved["in"], 243: counters.moved["out"]}
    return service.CashRegisterValue(operator, max(0, values.get(request.number, 0)))


def operation_register(
    device: Device, request: service.ReadOperationRegister, operator: int
) -> service.OperationRegisterValue:
    """Of the shift: receipts and corrections by operation, cash slips. Also the through number, that of the last cash
    slip each way, shifts closed; the others hold nothing.
    """
    counters = device.drive.counters
    values = {144 + place: counters.receipts[operation] for place, operation in enumerate(_GROUP)}
    values |= {200 + place: counters.corrections[operation] for place, operation in enumerate(_GROUP)}
    values |= {152: counters.through, 153: counters.moves["in"], 154: counters.moves["out"]}
    values |= {155: counters.slips["in"], 156: counters.slips["out"]}
    values |= {159: counters.shift_number - counters.shift_open, 185: counters.through, 186: counters.through >> 16}
    return service.OperationRegisterValue(operator, values.get(request.number, 0) & 0xFFFF)


def subtotal(device: Device, request: receipts.ReadSubtotal, operator: int) -> receipts.Subtotal:
    return receipts.Subtotal(operator, device.receipt.total_kopecks if device.receipt else 0)


def drive_status(device: Device, request: drive.ReadFiscalDriveStatus, operator: int) -> drive.FiscalDriveStatus:
    counters, left = device.drive.counters, device.faults.fn_left
    low = left is not None and left <= LOW_ON_ROOM
    return drive.FiscalDriveStatus(
        life_phase=LifePhase.FISCAL,
        current_document=device.current_document,
        document_data=bool(device.receipt and device.receipt.items),
        shift_open=counters.shift_open,
        warnings=DriveWarnings.ARCHIVE_90_PERCENT_FULL if low else DriveWarnings(0),
        last_moment=moment(counters.last_at),
        serial=device.drive.passport.fn,
        last_number=counters.fd,
    )


def drive_number(device: Device, request: drive.ReadFiscalDriveNumber, operator: int) -> drive.FiscalDriveNumber:
    return drive.FiscalDriveNumber(device.drive.passport.fn)


def drive_expiry(device: Device, request: drive.ReadFiscalDriveExpiry, operator: int) -> drive.FiscalDriveExpiry:
    return drive.FiscalDriveExpiry((device.drive.passport.registered_at + LIFETIME).date(), 30, 0)


def drive_version(device: Device, request: drive.ReadFiscalDriveVersion, operator: int) -> drive.FiscalDriveVersion:
    return drive.FiscalDriveVersion("emulator", serial_model=False)


def registration(device: Device, request: drive.ReadRegistrationResult, operator: int) -> drive.RegistrationResult:
    """With number and sign 0: the drive has no document about it."""
    passport = device.drive.passport
    return drive.RegistrationResult(
        moment=moment(passport.registered_at),
        inn=f"{passport.inn:<12}",
        register_number=f"{passport.rnm:<20}",
        taxation=Taxation.GENERAL,
        modes=0,
        number=0,
        sign=0,
    )


def document(device: Device, request: drive.FindDocument, operator: int) -> drive.FoundDocument:
    found = _found(device, request.number)
    receipt = found.kind in SALES
    return drive.FoundDocument(
        type=found.kind,
        acknowledged=found.fd <= device.drive.counters.fd - device.faults.ofd_queue,
        moment=moment(found.at),
        number=found.fd,
        sign=int(found.fp),
        details=drive.ReceiptFormed(found.operation, found.total_kopecks)
        if receipt
        else drive.ShiftTurned(two_bytes(found.shift_number)),
    )


def shift_parameters(device: Device, request: drive.ReadShiftParameters, operator: int) -> drive.ShiftParameters:
    counters = device.drive.counters
    shift, receipt = two_bytes(counters.shift_number), two_bytes(counters.receipt_number)
    return drive.ShiftParameters(counters.shift_open, shift, receipt)


def exchange(device: Device, request: drive.ReadExchangeStatus, operator: int) -> drive.ExchangeStatus:
    """The OFD has everything at once, but for as many of the newest documents as a test says."""
    if not (waiting := _unsent(device)):
        return drive.ExchangeStatus(ExchangeFlags(0), False, 0, 0, None)
    first = _found(device, device.drive.counters.fd - waiting + 1)
    return drive.ExchangeStatus(ExchangeFlags.MESSAGE_WAITS, False, waiting, first.fd, moment(first.at))


def unconfirmed(device: Device, request: drive.ReadUnconfirmedCount, operator: int) -> drive.UnconfirmedCount:
    return drive.UnconfirmedCount(_unsent(device))


def moment(at: datetime) -> datetime:
    """As the drive keeps time: by the register's clock, to the minute."""
    return at.replace(second=0, microsecond=0, tzinfo=None)


def two_bytes(number: int) -> int:
    """No day in a shop has 65,536 receipts, but a load test has."""
    return min(number, 0xFFFF)


def _unsent(device: Device) -> int:
    return min(device.faults.ofd_queue, device.drive.counters.fd)


def _found(device: Device, fd: int) -> Document:
    found = device.drive.find(fd)
    if found is None:
        raise Refuse(Error.DRIVE_NO_DATA)
    return found
