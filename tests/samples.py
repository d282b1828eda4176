"""Receipts, documents and looks at a register for tests; each test names only what it is about."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

from drivers.store.records import Intent
from protocols.fiscal import Baseline, FiscalDocument, Paper, RegisterStatus, Shift
from protocols.item import Item, Vat
from protocols.order import Order, fingerprint
from protocols.receipt import Correction, Kind, Method, Payment, Receipt

FN = "9999078900001234"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def sale(kopecks: int = 10_000, pos_id: str = "POS-001", kind: Kind = Kind.SALE) -> Receipt:
    """One thing for this sum, paid in cash."""
    item = Item("Оправа", Decimal(1), kopecks, Vat.V22)
    why = Correction(date(2026, 2, 28)) if kind is Kind.CORRECTION else None
    return Receipt(pos_id, kind, (item,), (Payment(Method.CASH, kopecks),), correction=why)


def intent(order: Order | None = None, fd: int = 0, key: str | None = None, receipt_id: str | None = None) -> Intent:
    """To print `order`, a sale if none is named, after document `fd` of FN."""
    order = order or sale()
    return Intent(receipt_id or str(uuid4()), key or str(uuid4()), fingerprint(order), order, Baseline(FN, fd))


def document(fd: int = 1, kopecks: int = 10_000, kind: Kind = Kind.SALE, fn: str = FN) -> FiscalDocument:
    return FiscalDocument(fn, fd, f"{fd * 7919 % 10**10:010}", NOON, kind, kopecks, "0000000001012345", 1, fd)


def look(
    fd: int = 0,
    *,
    fn: str = FN,
    shift: Shift = Shift.OPEN,
    paper: Paper = Paper.PRESENT,
    busy: bool = False,
    receipt_open: bool = False,
) -> RegisterStatus:
    """How a register stands."""
    return RegisterStatus(Baseline(fn, fd), shift, 1, paper, busy, receipt_open, "ШТРИХ-ТЕСТ", "0001")
