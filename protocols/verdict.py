"""What became of a receipt whose answer was lost: the question that must be settled before any second print."""

from collections.abc import Iterable
from dataclasses import dataclass

from protocols.fiscal import Baseline, FiscalDocument, OtherDocument, RegisterStatus
from protocols.receipt import Receipt

REACH = 1000  # documents after the baseline that recovery will read; more mean that the register led a life of its own


@dataclass(frozen=True, slots=True)
class WasPrinted:
    document: FiscalDocument


@dataclass(frozen=True, slots=True)
class WasNotPrinted:
    pass


@dataclass(frozen=True, slots=True)
class Undecided:
    """The register cannot tell; `reason` for the person who must."""

    reason: str


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


def judge(receipt: Receipt, found: Iterable[FiscalDocument | OtherDocument | None]) -> Verdict:
    """Compares contents: kind and total. The clock is no witness: the register's may differ from ours."""
    documents = list(found)
    if None in documents:
        return Undecided("a document after the intent cannot be read")
    equal = [
        document
        for document in documents
        if isinstance(document, FiscalDocument)
        and (document.kind, document.total_kopecks) == (receipt.kind, receipt.total_kopecks)
    ]
    if len(equal) > 1:
        numbers = ", ".join(str(document.fd) for document in equal)
        return Undecided(f"documents {numbers} all look like it")
    return WasPrinted(equal[0]) if equal else WasNotPrinted()
