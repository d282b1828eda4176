"""Which task does what: the server's side of the register on one screen (SPEC of Web Requests 1.0.4.0, POST /requests).

Every task of the driver 10 that a shop's day needs; the others are answered with error 11.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from drivers.emulators.atol import archive, marking, queries, sales, shifts, values
from drivers.emulators.atol.answers import last_params
from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.parts import (
    CashTask,
    ClockTask,
    CorrectionTask,
    DocumentTask,
    Fields,
    LastParamsTask,
    MarkingTask,
    Printed,
    ReceiptTask,
    ShiftTask,
    Simple,
    TextTask,
    read,
)


@dataclass(frozen=True)
class Rule:
    """`do` carries the task out and gives its result, or raises Refuse.

    `prints`: it wants paper. `fiscal`: it makes a document, so an error leaves a doubt that stops the queue. `lasts`:
    it leaves an entry in the journal.
    """

    part: type[Struct]
    do: Callable[[Device, Any], Fields | None]
    prints: bool = False
    fiscal: bool = False
    lasts: bool = False


def _report(part: type[Struct], do: Callable[[Device, Any], Fields | None]) -> Rule:
    return Rule(part, do, prints=True, fiscal=True, lasts=True)


def _look(query: Callable[[Device], Fields]) -> Rule:
    def do(device: Device, task: Simple) -> Fields:
        device.check_link()
        return query(device)

    return Rule(Simple, do)


RULES: dict[str, Rule] = {
    **{name: _report(ReceiptTask, sales.receipt) for name in values.RECEIPTS},
    **{name: _report(CorrectionTask, sales.correction) for name in values.CORRECTIONS},
    "openShift": _report(ShiftTask, shifts.open_shift),
    "closeShift": _report(ShiftTask, shifts.close_shift),
    "reportOfdExchangeStatus": _report(Printed, shifts.report_exchange),
    "cashIn": Rule(CashTask, shifts.cash_in, prints=True, lasts=True),
    "cashOut": Rule(CashTask, shifts.cash_out, prints=True, lasts=True),
    "reportX": Rule(Printed, shifts.report_x, prints=True),
    "nonFiscal": Rule(TextTask, shifts.print_text, prints=True),
    "printLastReceiptCopy": Rule(Simple, shifts.print_copy, prints=True),
    "printFnDocument": Rule(DocumentTask, shifts.print_fn_document, prints=True),
    "continuePrint": Rule(Simple, shifts.continue_print),
    "openCashDrawer": Rule(Simple, shifts.open_drawer),
    "setDateTime": Rule(ClockTask, shifts.set_clock),
    "getFnDocument": Rule(DocumentTask, archive.fn_document),
    "getLastFiscalParams": Rule(LastParamsTask, last_params),
    "getDeviceInfo": _look(queries.device_info),
    "getDeviceStatus": _look(queries.device_status),
    "getShiftStatus": _look(queries.shift_status),
    "getShiftTotals": _look(queries.shift_totals),
    "getFnInfo": _look(queries.fn_info),
    "getFnStatus": _look(queries.fn_status),
    "getRegistrationInfo": _look(queries.registration),
    "getCashDrawerStatus": _look(queries.drawer_status),
    "ofdExchangeStatus": _look(queries.ofd_exchange),
    "ismExchangeStatus": _look(queries.ism_exchange),
    "beginMarkingCodeValidation": Rule(MarkingTask, marking.begin),
    "getMarkingCodeValidationStatus": Rule(Simple, marking.state),
    "acceptMarkingCode": Rule(Simple, marking.accept),
    "declineMarkingCode": Rule(Simple, marking.drop),
    "cancelMarkingCodeValidation": Rule(Simple, marking.drop),
    "clearMarkingCodeValidationResult": Rule(Simple, marking.clear),
}


def rule_of(fields: Fields) -> Rule:
    """Raises Refuse."""
    kind = str(fields.get("type"))
    if kind not in RULES:
        raise Refuse(Error.NOT_SUPPORTED, f"type {kind[:64]!r}")
    return RULES[kind]


def obey(device: Device, rule: Rule, fields: Fields) -> Fields | None:
    """The task's result. Blocks while the drive writes. Raises Refuse; PowerCut; OSError from the drive."""
    task = read(fields, rule.part)
    _refuse_by_order(device, rule, fields["type"])
    if rule.lasts or rule.prints:
        device.check_link()
    if rule.prints and not getattr(task, "electronically", False):
        device.check_printer()
    return rule.do(device, task)


def _refuse_by_order(device: Device, rule: Rule, kind: str) -> None:
    refusal = device.faults.refuse_next
    if refusal and (rule.prints if refusal.task is None else refusal.task == kind):
        device.faults.refuse_next = None
        raise Refuse(refusal.code)
