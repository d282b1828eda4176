"""What became of an order whose answer was lost: the question that must be settled before any second print."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from protocols.fiscal import (
    Baseline,
    CashCount,
    CashSlip,
    Document,
    FiscalDocument,
    OtherDocument,
    RegisterStatus,
    ShiftReport,
)
from protocols.order import Order
from protocols.receipt import Receipt
from protocols.till import TillWork

REACH = 1000  # documents after the baseline that recovery will read; more mean that the register led a life of its own

Found = FiscalDocument | ShiftReport | OtherDocument


@dataclass(frozen=True, slots=True)
class WasPrinted:
    document: Document


@dataclass(frozen=True, slots=True)
class WasNotPrinted:
    pass


@dataclass(frozen=True, slots=True)
class Undecided:
    """The register cannot tell; `reason` for the person who must, and what was `found` after the intent."""

    reason: str
    found: tuple[Document, ...] = ()


Verdict = WasPrinted | WasNotPrinted | Undecided


def to_read(baseline: Baseline, status: RegisterStatus) -> range | Undecided:
    """The document numbers to look at. A number alone proves nothing: strangers and shift reports lie between."""
    if status.receipt_open:
        return Undecided("the register keeps a receipt open and will not cancel it")
    if status.last.fn != baseline.fn:
        return Undecided(f"the fiscal drive was changed: {baseline.fn} then, {status.last.fn} now")
    if status.last.fd < baseline.fd:
        return Undecided(f"the last document was {baseline.fd} and now is {status.last.fd}: another register?")
    if status.last.fd - baseline.fd > REACH:
        return Undecided(f"{status.last.fd - baseline.fd} documents came since; over {REACH} are not searched")
    return range(baseline.fd + 1, status.last.fd + 1)


def judge(order: Order, found: Iterable[Found | None]) -> Verdict:
    """Compares contents: kind and total. The clock is no witness: the register's may differ from ours.

    Of several shift reports the first is as good as any: the shift is as it was to be, and no money hangs on it.
    """
    documents = list(found)
    if None in documents:
        return _unreadable(documents)
    equal = [document for document in _known(documents) if is_of(order, document)]
    if len(equal) > 1 and isinstance(order, Receipt):
        numbers = ", ".join(str(document.fd) for document in equal)
        return Undecided(f"documents {numbers} all look like it", tuple(equal))
    return WasPrinted(equal[0]) if equal else WasNotPrinted()


def judge_cash(
    work: TillWork, baseline: Baseline, before: CashCount, now: CashCount, found: Sequence[Found | None]
) -> Verdict:
    """Cash put in or taken out leaves no document: what the register has counted since must tell."""
    if None in found:
        return _unreadable(found)
    if any(isinstance(document, ShiftReport) for document in found):
        return Undecided("a shift was opened or closed since, and the register counts cash within a shift")
    slips, kopecks = now.count - before.count, now.sum_kopecks - before.sum_kopecks
    if slips == 0:
        return WasNotPrinted()
    if slips != 1:
        return Undecided(f"the register counts {slips} slips more than before, {kopecks} kopecks in all")
    if kopecks != work.amount_kopecks:
        return WasNotPrinted()  # another program's
    return WasPrinted(CashSlip(baseline.fn, work.kind, work.amount_kopecks, now.count))


def is_of(order: Order, document: Document) -> bool:
    """Whether the document is what the order would end in."""
    if isinstance(order, TillWork):
        return isinstance(document, ShiftReport) and document.kind is order.kind
    return isinstance(document, FiscalDocument) and (document.kind, document.sign, document.total_kopecks) == (
        order.kind,
        order.sign,
        order.total_kopecks,
    )


def _unreadable(documents: Iterable[Found | None]) -> Undecided:
    return Undecided("a document after the intent cannot be read", _known(documents))


def _known(documents: Iterable[Found | None]) -> tuple[FiscalDocument | ShiftReport, ...]:
    return tuple(document for document in documents if isinstance(document, FiscalDocument | ShiftReport))
