"""What a shift adds up, by kind of receipt; and the totals that X and Z reports tell."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.emulators.fiscal.documents import Document
from drivers.emulators.fiscal.taxes import turnovers
from protocols.shtrih.codes import OperationKind

CASH = 1  # the first payment slot
KINDS = {
    OperationKind.SALE: "sale",
    OperationKind.SALE_RETURN: "refund",
    OperationKind.BUY: "purchase",
    OperationKind.BUY_RETURN: "purchase_refund",
}
METHODS = {CASH: "cash", 14: "prepaid", 15: "credit", 16: "in_kind"}
"""By payment slot; all others are electronic (protocol 1.17, p. 53)."""
Totals = dict[str, dict[str, int]]


@dataclass
class Sums:
    """Of one kind of receipt. `paid` goes by payment slot, cash without the change; `taxes` and `turned` by rate."""

    count: int = 0
    total_kopecks: int = 0
    paid: Counter[int] = field(default_factory=Counter)
    taxes: Counter[str] = field(default_factory=Counter)
    turned: Counter[str] = field(default_factory=Counter)
    departments: Counter[int] = field(default_factory=Counter)

    def add(self, receipt: Document) -> None:
        self.count += 1
        self.total_kopecks += receipt.total_kopecks
        self.paid.update(receipt.payments)
        self.paid[CASH] -= receipt.change_kopecks
        self.taxes.update(receipt.taxes)
        self.turned.update(turnovers(receipt.items))
        for item in receipt.items:
            self.departments[item.department] += item.sum_kopecks

    def told(self) -> dict[str, int]:
        """As reports and journals have it: count, total, kopecks by method of payment, then by rate of VAT."""
        told = Counter[str]()
        for slot, kopecks in self.paid.items():
            told[METHODS.get(slot, "electronic")] += kopecks
        return {"count": self.count, "total": self.total_kopecks} | {**told, **self.taxes}


def totals(
    sold: Mapping[int, Sums], corrected: Mapping[int, Sums], moves: Mapping[str, int], moved: Mapping[str, int]
) -> Totals:
    """By kind ("sale", "correction_refund", "cash_in"): how many, and kopecks; only kinds that there were."""
    found = {KINDS[OperationKind(kind)]: sums.told() for kind, sums in sorted(sold.items())}
    found |= {f"correction_{KINDS[OperationKind(kind)]}": sums.told() for kind, sums in sorted(corrected.items())}
    return found | {f"cash_{way}": {"count": moves[way], "total": moved[way]} for way in moves}
