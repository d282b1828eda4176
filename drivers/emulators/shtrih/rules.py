"""Which command does what, in which modes, for whom: the register on one screen (Штрих-М protocol 1.17).

Modes as in the setup guide of 22.06.2018, pp. 75-76, but that no receipt opens by itself in a closed shift, and no
correction begins there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers.emulators.shtrih import archive as documents
from drivers.emulators.shtrih import (
    carrying,
    corrections,
    marking,
    old_sales,
    queries,
    registers,
    sales,
    shifts,
    upkeep,
)
from drivers.emulators.shtrih.device import Device
from protocols.shtrih import archive, drive, exchange, receipts, service
from protocols.shtrih import marking as labels
from protocols.shtrih.codes import Mode, OperationKind
from protocols.shtrih.commands import Command

ADMIN, SYSADMIN = 29, 30
ANY = frozenset(Mode)
SELLING = frozenset({Mode.SHIFT_OPEN, Mode.RECEIPT_OPEN})
IN_RECEIPT = frozenset({Mode.RECEIPT_OPEN})
OPEN = frozenset({Mode.SHIFT_OPEN})
TO_CLOSE = frozenset({Mode.SHIFT_OPEN, Mode.SHIFT_OVER_24H})
CLOSED = frozenset({Mode.SHIFT_CLOSED})
NO_RECEIPT = TO_CLOSE | CLOSED


@dataclass(frozen=True)
class Rule:
    """`do` carries the command out and gives its answer, or raises Refuse and has changed nothing.

    `prints`: it wants paper. `lasts`: it leaves an entry in the journal; an answer lost to it leaves a doubt.
    `least` is the lowest number of operator who may.
    """

    do: Callable[[Device, Any, int], Any]
    modes: frozenset[Mode] = ANY
    prints: bool = False
    lasts: bool = False
    least: int = 1


RULES: dict[type[Command[Any]], Rule] = {
    service.ReadShortStatus: Rule(queries.short_status),
    service.ReadLongStatus: Rule(queries.long_status),
    service.ReadDeviceType: Rule(queries.device_type),
    service.ReadCashRegister: Rule(registers.cash_register),
    service.ReadOperationRegister: Rule(registers.operation_register),
    service.ReadTable: Rule(queries.table_field, least=SYSADMIN),
    service.WriteTable: Rule(upkeep.write_table, NO_RECEIPT, least=SYSADMIN),
    service.SetTime: Rule(upkeep.set_time, CLOSED, least=SYSADMIN),
    service.SetDate: Rule(upkeep.set_date, CLOSED, least=SYSADMIN),
    service.ConfirmDate: Rule(upkeep.confirm_date, frozenset({Mode.AWAITS_DATE_CONFIRMATION}), least=SYSADMIN),
    service.ReadErrorText: Rule(queries.error_text),
    service.Beep: Rule(upkeep.beep),
    service.OpenDrawer: Rule(upkeep.open_drawer),
    service.PrintLine: Rule(upkeep.print_line, prints=True),
    service.PrintBoldLine: Rule(upkeep.print_line, prints=True),
    service.PrintLineInFont: Rule(upkeep.print_line, prints=True),
    service.Feed: Rule(upkeep.feed, prints=True),
    service.Cut: Rule(upkeep.cut, prints=True),
    service.RepeatLastReceipt: Rule(upkeep.repeat_receipt, TO_CLOSE, prints=True),
    service.ContinuePrinting: Rule(upkeep.continue_printing),
    service.PrintXReport: Rule(shifts.x_report, TO_CLOSE, prints=True, least=ADMIN),
    service.PrintZReport: Rule(shifts.z_report, TO_CLOSE, prints=True, lasts=True, least=ADMIN),
    service.OpenShift: Rule(shifts.open_shift, CLOSED, prints=True, lasts=True),
    service.CashIn: Rule(shifts.cash_in, NO_RECEIPT, prints=True, lasts=True),
    service.CashOut: Rule(shifts.cash_out, NO_RECEIPT, prints=True, lasts=True),
    receipts.OpenReceipt: Rule(sales.open_receipt, OPEN, prints=True),
    receipts.Operation: Rule(sales.operation, SELLING, prints=True),
    receipts.OldSale: Rule(old_sales.line(OperationKind.SALE), SELLING, prints=True),
    receipts.OldBuy: Rule(old_sales.line(OperationKind.BUY), SELLING, prints=True),
    receipts.OldSaleReturn: Rule(old_sales.line(OperationKind.SALE_RETURN), SELLING, prints=True),
    receipts.OldBuyReturn: Rule(old_sales.line(OperationKind.BUY_RETURN), SELLING, prints=True),
    receipts.AddTlv: Rule(sales.add_tlv),
    receipts.AddTlvToOperation: Rule(sales.add_tlv_to_operation, IN_RECEIPT),
    receipts.ReadSubtotal: Rule(queries.subtotal, IN_RECEIPT),
    receipts.CloseReceipt: Rule(sales.close_receipt, IN_RECEIPT, prints=True, lasts=True),
    receipts.OldCloseReceipt: Rule(old_sales.close_receipt, IN_RECEIPT, prints=True, lasts=True),
    receipts.CloseReceiptExtended: Rule(old_sales.close_receipt, IN_RECEIPT, prints=True, lasts=True),
    receipts.CancelReceipt: Rule(sales.cancel_receipt, IN_RECEIPT, prints=True),
    receipts.BeginCorrection: Rule(corrections.begin, OPEN),
    receipts.FormCorrection: Rule(corrections.form, OPEN, prints=True, lasts=True),
    receipts.FormCorrectionV2: Rule(corrections.form_v2, OPEN, prints=True, lasts=True),
    labels.CheckMarkingCode: Rule(marking.check, SELLING),
    labels.AcceptMarkingCode: Rule(marking.decide),
    labels.BindMarkingCode: Rule(marking.bind, IN_RECEIPT),
    drive.ReadFiscalDriveStatus: Rule(queries.drive_status),
    drive.ReadFiscalDriveNumber: Rule(queries.drive_number),
    drive.ReadFiscalDriveExpiry: Rule(queries.drive_expiry),
    drive.ReadFiscalDriveVersion: Rule(queries.drive_version),
    drive.ReadRegistrationResult: Rule(queries.registration),
    drive.FindDocument: Rule(queries.document),
    drive.ReadShiftParameters: Rule(queries.shift_parameters),
    drive.ReadExchangeStatus: Rule(queries.exchange),
    drive.ReadUnconfirmedCount: Rule(queries.unconfirmed),
    drive.ReadOfdTicket: Rule(documents.ticket),
    exchange.ReadOutgoingMessage: Rule(carrying.begin_reading, least=SYSADMIN),
    exchange.ReadBlock: Rule(carrying.read_block, least=SYSADMIN),
    exchange.BeginWrite: Rule(carrying.begin_writing, least=SYSADMIN),
    exchange.WriteBlock: Rule(carrying.write_block, least=SYSADMIN),
    archive.RequestDocument: Rule(documents.request, ANY - IN_RECEIPT),
    archive.ReadDocumentTag: Rule(documents.read),
    archive.ReadFreeResource: Rule(queries.free_resource),
    drive.CancelDocument: Rule(sales.cancel_document),
    drive.BeginOpenShift: Rule(shifts.begin_opening, CLOSED),
    drive.BeginCloseShift: Rule(shifts.begin_closing, TO_CLOSE),
    drive.OpenShiftInDrive: Rule(shifts.open_shift_in_drive, CLOSED, prints=True, lasts=True),
    drive.CloseShiftInDrive: Rule(shifts.close_shift_in_drive, TO_CLOSE, prints=True, lasts=True),
}
CLOSES_RECEIPT = frozenset(
    command.CODE
    for command in (
        receipts.CloseReceipt,
        receipts.OldCloseReceipt,
        receipts.CloseReceiptExtended,
        receipts.FormCorrection,
        receipts.FormCorrectionV2,
    )
)
LASTING = frozenset(command.CODE for command, rule in RULES.items() if rule.lasts)
TO_DISK = LASTING | {exchange.WriteBlock.CODE}  # what waits for the drive's file
