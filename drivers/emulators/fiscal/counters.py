"""What the register counts, worked out from what it has written down."""

from collections import Counter, defaultdict
from datetime import datetime

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.fiscal.sums import CASH, Sums, Totals, totals
from protocols.shtrih.codes import DocumentType, OperationKind

_INTO_DRAWER = {
    OperationKind.SALE: 1,
    OperationKind.SALE_RETURN: -1,
    OperationKind.BUY: -1,
    OperationKind.BUY_RETURN: 1,
}


class Counters:
    """The state that follows from the entries so far, `count`ed oldest first. Sums are kopecks.

    What is counted within a shift stands until the next one opens. `through` numbers all that was printed for good,
    cash slips too; `slips` numbers those by their way, and `made` receipts by operation, whatever the shift; `drawer`
    is the cash there must be; `documents` is how many fiscal ones the shift has. The counters by operation go by
    OperationKind; `sold` and `corrected` hold their sums.
    """

    def __init__(self, registered_at: datetime) -> None:
        self.fd = self.through = self.drawer = self.documents = 0
        self.slips: Counter[str] = Counter()
        self.made: Counter[int] = Counter()
        self.last_at = registered_at
        self._open_shift(1, registered_at)

    @property
    def totals(self) -> Totals:
        """Of the shift, for its reports."""
        return totals(self.sold, self.corrected, self.moves, self.moved)

    def count(self, entry: Document | CashMove) -> None:
        self.through += 1
        if isinstance(entry, CashMove):
            self._count_move(entry)
        else:
            self._count_document(entry)

    def _count_move(self, move: CashMove) -> None:
        way = "in" if move.amount_kopecks > 0 else "out"
        self.drawer += move.amount_kopecks
        self.moved[way] += abs(move.amount_kopecks)
        self.moves[way] += 1
        self.slips[way] += 1

    def _count_document(self, document: Document) -> None:
        self.fd, self.last_at = document.fd, document.at
        self.documents += 1
        match document.kind:
            case DocumentType.SHIFT_OPENED:
                self._open_shift(document.shift_number, document.at)
            case DocumentType.SHIFT_CLOSED:
                self.shift_open = False
            case DocumentType.RECEIPT:
                self.receipts[document.operation] += 1
                self.made[document.operation] += 1
                self._count_sale(document, self.sold)
            case DocumentType.CORRECTION:
                self.corrections[document.operation] += 1
                self._count_sale(document, self.corrected)

    def _open_shift(self, number: int, at: datetime) -> None:
        self.shift_open, self.shift_number, self.shift_opened_at = True, number, at
        self.receipt_number, self.documents = 0, min(self.fd, 1)
        self.sold: defaultdict[int, Sums] = defaultdict(Sums)
        self.corrected: defaultdict[int, Sums] = defaultdict(Sums)
        self.receipts: Counter[int] = Counter()
        self.corrections: Counter[int] = Counter()
        self.cash: Counter[int] = Counter()
        self.moved: Counter[str] = Counter()
        self.moves: Counter[str] = Counter()

    def _count_sale(self, receipt: Document, sums: defaultdict[int, Sums]) -> None:
        sums[receipt.operation].add(receipt)
        operation = OperationKind(receipt.operation)
        cash = receipt.payments.get(CASH, 0) - receipt.change_kopecks
        self.receipt_number = receipt.receipt_number
        self.cash[operation] += cash
        self.drawer += cash * _INTO_DRAWER[operation]
