"""A fiscal document: its QR text and its way to disk and back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from protocols import fiscal
from protocols.fiscal import FiscalDocument
from protocols.receipt import Kind

MOSCOW = ZoneInfo("Europe/Moscow")


def document(kind: Kind = Kind.SALE, kopecks: int = 128_521, fp: str = "1168453787") -> FiscalDocument:
    moment = datetime(2024, 9, 17, 18, 1, 59, tzinfo=MOSCOW)
    return FiscalDocument("7281440500751551", 30526, fp, moment, kind, kopecks, "0000000001012345")


def test_the_qr_text_is_that_of_a_real_receipt() -> None:
    # as scanned from a shop's paper of 17.09.2024
    assert document().qr == "t=20240917T1801&s=1285.21&fn=7281440500751551&i=30526&fp=1168453787&n=1"


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        (document(Kind.REFUND), "&n=2"),
        (document(kopecks=5), "&s=0.05&"),
        (document(kopecks=100), "&s=1.00&"),
        (document(fp="0000000042"), "&fp=42&"),
    ],
)
def test_the_qr_text_spells_numbers_as_the_fns_does(changed: FiscalDocument, part: str) -> None:
    assert part in changed.qr


def test_a_document_comes_back_from_disk_with_the_registers_own_time_and_zone() -> None:
    kept = fiscal.load("sale", fiscal.dump(document()))

    assert isinstance(kept, FiscalDocument)
    assert kept == document()
    assert kept.fiscal_datetime.utcoffset() == document().fiscal_datetime.utcoffset()
    assert kept.qr == document().qr
