"""What became of a receipt whose answer was lost: each row of the table of verdicts."""

import pytest

from protocols.fiscal import Baseline, FiscalDocument, OtherDocument, RegisterStatus
from protocols.receipt import Kind
from protocols.verdict import REACH, Undecided, Verdict, WasNotPrinted, WasPrinted, judge, to_read
from tests.samples import FN, document, look, sale

BASELINE = Baseline(FN, 10)
Found = FiscalDocument | OtherDocument | None


@pytest.mark.parametrize(
    ("seen", "numbers"),
    [
        (look(10), range(11, 11)),
        (look(11), range(11, 12)),
        (look(10 + REACH), range(11, 11 + REACH)),
    ],
)
def test_every_document_after_the_baseline_is_to_be_read(seen: RegisterStatus, numbers: range) -> None:
    assert to_read(BASELINE, seen) == numbers


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (look(11, fn="9999078900009999"), "drive was changed"),
        (look(9), "another register"),
        (look(11 + REACH), "not searched"),
        (look(10, receipt_open=True), "will not cancel"),
    ],
)
def test_a_register_that_cannot_tell_leaves_the_receipt_undecided(seen: RegisterStatus, says: str) -> None:
    verdict = to_read(BASELINE, seen)

    assert isinstance(verdict, Undecided)
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([], WasNotPrinted()),
        ([OtherDocument(11)], WasNotPrinted()),
        ([document(11, 5_000)], WasNotPrinted()),
        ([document(11, kind=Kind.REFUND)], WasNotPrinted()),
        ([document(11)], WasPrinted(document(11))),
        ([OtherDocument(11), document(12, 5_000), document(13)], WasPrinted(document(13))),
        ([document(11), document(12)], Undecided("documents 11, 12 all look like it", (document(11), document(12)))),
        ([document(11), None], Undecided("a document after the intent cannot be read", (document(11),))),
        ([None], Undecided("a document after the intent cannot be read")),
    ],
)
def test_the_documents_after_the_baseline_decide(found: list[Found], verdict: Verdict) -> None:
    assert judge(sale(10_000), found) == verdict
