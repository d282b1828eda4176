"""Carries out what a person decided of an unknown receipt, or of other work."""

import structlog

from actors import buffer
from actors.kkt.recovery import PATIENCE
from actors.mailbox import Address
from drivers.kkt.port import Register
from drivers.store.records import Unfinished
from protocols import answers
from protocols.decision import Decision, NotResolved, Verb
from protocols.fiscal import CashSlip, Document, FiscalDocument, OtherDocument, RegisterStatus, ShiftReport
from protocols.life import State
from protocols.order import Order
from protocols.receipt import Receipt
from protocols.till import CASH, TillWork
from protocols.verdict import is_of

log = structlog.get_logger()


async def carry_out(
    pos_id: str, register: Register, buffer_at: Address[buffer.Message], receipt_id: str, decision: Decision
) -> NotResolved | None:
    """None once it is on disk. Raises LinkError, RegisterRefused, and what `Address.ask` raises."""
    unknown = await _find(pos_id, buffer_at, receipt_id)
    if unknown is None:
        return NotResolved("RECEIPT_NOT_UNKNOWN", "There is nothing to decide: the fate of this receipt is known.")
    match decision.verb:
        case Verb.PRINTED:
            document = await _document(register, unknown, decision)
            if isinstance(document, NotResolved):
                return document
            printed = buffer.Printed(receipt_id, document, decision.who)
            if await buffer_at.ask(printed, within=PATIENCE) is None:
                return NotResolved("DOCUMENT_TAKEN", f"Document {decision.fd} is another receipt's already.")
        case Verb.PRINT:
            await buffer_at.ask(buffer.NotPrinted(receipt_id, decision.who), within=PATIENCE)
        case Verb.DROP:
            message = "This receipt was not printed and will not be: so a person decided."
            body = answers.error("RECEIPT_DROPPED", message, receipt_id)
            await buffer_at.ask(buffer.Rejected(receipt_id, body, "dropped", decision.who), within=PATIENCE)
    log.warning("receipt_decided", receipt_id=receipt_id, pos_id=pos_id, verb=decision.verb, who=decision.who)
    return None


async def _find(pos_id: str, buffer_at: Address[buffer.Message], receipt_id: str) -> Unfinished | None:
    unfinished = await buffer_at.ask(buffer.ListUnfinished(pos_id), within=PATIENCE)
    found = [each for each in unfinished if each.receipt_id == receipt_id and each.state is State.UNKNOWN]
    return found[0] if found else None


async def _document(register: Register, unknown: Unfinished, decision: Decision) -> Document | NotResolved:
    """What is on paper: by the register's word, or by the person's where the register can have none."""
    order, seen = unknown.order, await register.status()
    if isinstance(order, TillWork) and order.kind in CASH:  # no document: here the person's word is all there is
        number = unknown.cash.count + 1 if unknown.cash else 1
        return CashSlip(unknown.baseline.fn, order.kind, order.amount_kopecks, number)
    if decision.fd is None:
        return NotResolved("FD_MISSING", "Say as which document (fd) it is on paper.")
    if seen.last.fn != (decision.fn or unknown.baseline.fn):
        return _of_a_drive_that_is_gone(unknown, decision, seen)
    if seen.last.fn == unknown.baseline.fn and decision.fd <= unknown.baseline.fd:
        message = f"Document {decision.fd} was there before: it came after {unknown.baseline.fd}, if it came at all."
        return NotResolved("DOCUMENT_TOO_OLD", message)
    return await _same_document(register, order, decision.fd)


async def _same_document(register: Register, order: Order, fd: int) -> Document | NotResolved:
    """The register's document of that number: a person may err, and what is recorded must be the register's word."""
    document = await register.find(fd)
    if document is None or isinstance(document, OtherDocument):
        return NotResolved("NO_SUCH_DOCUMENT", f"Document {fd} of the register is no receipt and no shift report.")
    if not is_of(order, document):
        details = {"asked": answers.asked(order), "found": {"type": document.kind, **answers.document(document)}}
        return NotResolved("DOCUMENT_DIFFERS", f"Document {fd} is another than this one.", details)
    return document


def _of_a_drive_that_is_gone(unknown: Unfinished, decision: Decision, seen: RegisterStatus) -> Document | NotResolved:
    order, fn = unknown.order, decision.fn
    if decision.fd is None or fn is None or decision.fp is None or decision.at is None:
        message = "The drive was replaced since. Say what stands on the paper: fn, fd, fp and fiscal_datetime."
        return NotResolved("DRIVE_REPLACED", message, {"fn_then": unknown.baseline.fn, "fn_now": seen.last.fn})
    fp = decision.fp.zfill(10)
    if isinstance(order, Receipt):
        total = order.total_kopecks
        return FiscalDocument(fn, decision.fd, fp, decision.at, order.kind, total, seen.kkt_number)
    return ShiftReport(fn, decision.fd, fp, decision.at, order.kind, seen.kkt_number, seen.shift_number)
