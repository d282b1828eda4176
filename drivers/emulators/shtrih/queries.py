"""What the register answers when it is asked how things stand; nothing here changes anything."""

from datetime import datetime

from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.drive import SALES
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.wear import KILOBYTES
from protocols.shtrih import archive, drive, receipts, service
from protocols.shtrih.codes import Error, ExchangeFlags, LifePhase, Taxation
from protocols.shtrih.errors import error_of

MODEL, NAME = 250, "ШТРИХ-М-01Ф"  # Штрих-М protocol 1.17, FCh
TCP = 128


def short_status(device: Device, request: service.ReadShortStatus, operator: int) -> service.ShortStatus:
    operations = len(device.receipt.items) if device.receipt else 0
    return service.ShortStatus(
        operator=operator,
        flags=device.flags,
        mode_byte=device.mode_byte,
        submode=device.submode,
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
        submode=device.submode,
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


def subtotal(device: Device, request: receipts.ReadSubtotal, operator: int) -> receipts.Subtotal:
    return receipts.Subtotal(operator, device.receipt.total_kopecks if device.receipt else 0)


def drive_status(device: Device, request: drive.ReadFiscalDriveStatus, operator: int) -> drive.FiscalDriveStatus:
    counters = device.drive.counters
    return drive.FiscalDriveStatus(
        life_phase=LifePhase.FISCAL,
        current_document=device.current_document,
        document_data=bool(device.receipt and device.receipt.items),
        shift_open=counters.shift_open,
        warnings=device.wear.warnings,
        last_moment=moment(counters.last_at),
        serial=device.drive.passport.fn,
        last_number=counters.fd,
    )


def drive_number(device: Device, request: drive.ReadFiscalDriveNumber, operator: int) -> drive.FiscalDriveNumber:
    return drive.FiscalDriveNumber(device.drive.passport.fn)


def drive_expiry(device: Device, request: drive.ReadFiscalDriveExpiry, operator: int) -> drive.FiscalDriveExpiry:
    return drive.FiscalDriveExpiry(device.wear.expires, 30, 0)


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
    found = find(device, request.number)
    receipt = found.kind in SALES
    return drive.FoundDocument(
        type=found.kind,
        acknowledged=acknowledged(device, found),
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
    """The OFD has everything at once, unless it is out of reach or the host brings it the documents."""
    wear, under_way = device.wear, device.carriage
    if not (first := wear.oldest_unsent):
        return drive.ExchangeStatus(ExchangeFlags(0), False, 0, 0, None)
    link_up = under_way.begun if device.carried else not device.faults.ofd_unreachable
    link = ExchangeFlags.LINK_UP if link_up else ExchangeFlags(0)
    waits = ExchangeFlags.AWAITS_TICKET if under_way.awaits_ticket else ExchangeFlags.MESSAGE_WAITS
    reading = under_way.begun and not under_way.awaits_ticket
    return drive.ExchangeStatus(link | waits, reading, two_bytes(wear.unsent), first.fd, moment(first.at))


def unconfirmed(device: Device, request: drive.ReadUnconfirmedCount, operator: int) -> drive.UnconfirmedCount:
    return drive.UnconfirmedCount(two_bytes(device.wear.unsent))


def free_resource(device: Device, request: archive.ReadFreeResource, operator: int) -> archive.FreeResource:
    wear = device.wear
    return archive.FreeResource(wear.documents_left, max(0, KILOBYTES - wear.unsent))


def error_text(device: Device, request: service.ReadErrorText, operator: int) -> service.ErrorText:
    return service.ErrorText(error_of(request.code).text)


def acknowledged(device: Device, document: Document) -> bool:
    """Whether the OFD has it."""
    return document.fd <= device.drive.counters.fd - device.wear.unsent


def moment(at: datetime) -> datetime:
    """As the drive keeps time: by the register's clock, to the minute."""
    return at.replace(second=0, microsecond=0, tzinfo=None)


def two_bytes(number: int) -> int:
    """No day in a shop has 65,536 receipts, but a load test has."""
    return min(number, 0xFFFF)


def find(device: Device, fd: int) -> Document:
    """Raises Refuse where the drive has none of this number."""
    found = device.drive.find(fd)
    if found is None:
        raise Refuse(Error.DRIVE_NO_DATA)
    return found
