"""Shifts and the cash drawer: reports, money in and out."""

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.paper.roll import Report
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.queries import moment
from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih import drive, service
from protocols.shtrih.codes import CurrentDocument, DocumentType, Error
from protocols.shtrih.commands import Accepted, Done

BEGUN = {
    DocumentType.SHIFT_OPENED: CurrentDocument.SHIFT_OPENING,
    DocumentType.SHIFT_CLOSED: CurrentDocument.SHIFT_CLOSING,
}


def begin_opening(device: Device, request: drive.BeginOpenShift, operator: int) -> Accepted:
    device.check_nothing_begun(but=CurrentDocument.SHIFT_OPENING)
    device.begin(CurrentDocument.SHIFT_OPENING)
    return Accepted()


def begin_closing(device: Device, request: drive.BeginCloseShift, operator: int) -> Accepted:
    device.check_nothing_begun(but=CurrentDocument.SHIFT_CLOSING)
    device.begin(CurrentDocument.SHIFT_CLOSING)
    return Accepted()


def open_shift(device: Device, request: service.OpenShift, operator: int) -> Done:
    _turn(device, DocumentType.SHIFT_OPENED, operator)
    return Done(operator)


def z_report(device: Device, request: service.PrintZReport, operator: int) -> Done:
    _turn(device, DocumentType.SHIFT_CLOSED, operator)
    return Done(operator)


def open_shift_in_drive(device: Device, request: drive.OpenShiftInDrive, operator: int) -> drive.ShiftDocument:
    return _shift_document(device, _turn(device, DocumentType.SHIFT_OPENED, operator))


def close_shift_in_drive(device: Device, request: drive.CloseShiftInDrive, operator: int) -> drive.ShiftDocument:
    return _shift_document(device, _turn(device, DocumentType.SHIFT_CLOSED, operator))


def cash_in(device: Device, request: service.CashIn, operator: int) -> service.CashMoved:
    return _move(device, request.amount, operator)


def cash_out(device: Device, request: service.CashOut, operator: int) -> service.CashMoved:
    if request.amount > device.drive.counters.drawer:
        raise Refuse(Error.NOT_ENOUGH_CASH)
    return _move(device, -request.amount, operator)


def x_report(device: Device, request: service.PrintXReport, operator: int) -> Done:
    counters, memory = device.drive.counters, device.nvram.memory
    memory.x_reports += 1
    device.nvram.save()
    device.roll.print(
        device.letterhead,
        Report(device.now, memory.x_reports, counters.shift_number, counters.totals, counters.drawer),
    )
    return Done(operator)


def _turn(device: Device, kind: DocumentType, operator: int) -> Document:
    device.check_nothing_begun(but=BEGUN[kind])
    closes, counters = kind is DocumentType.SHIFT_CLOSED, device.drive.counters
    draft = Document(
        kind=kind,
        at=device.now,
        operator=operator,
        tags=device.tags,
        tlv=device.tlv.hex(),
        totals=counters.totals | {"documents": {"count": counters.documents + 1}} if closes else {},
        ffd=device.tables.ffd,
    )
    document = device.record(draft)
    device.begin(CurrentDocument.NONE)
    device.faults.shift_age_h = None
    if not closes:
        device.nvram.begin_shift()
    device.print(document)
    return document


def _shift_document(device: Device, document: Document) -> drive.ShiftDocument:
    at = moment(document.at) if device.tables.extended_answers else None
    return drive.ShiftDocument(min(document.shift_number, 0xFFFF), document.fd, int(document.fp), at)


def _move(device: Device, amount_kopecks: int, operator: int) -> service.CashMoved:
    if not amount_kopecks:
        raise Refuse(Error.BAD_PARAMETERS)
    device.print(device.drive.move_cash(CashMove(at=device.now, operator=operator, amount_kopecks=amount_kopecks)))
    return service.CashMoved(operator, device.drive.counters.through & 0xFFFF)
