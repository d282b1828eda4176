"""A receipt while it is open: lines, tags, the sum; and the arithmetic of closing it."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from drivers.emulators.shtrih.documents import Item

CASH = 1
MAX_ITEMS = 1000
MAX_KOPECKS = 2**40 - 1  # sums take five bytes on the wire


class Refuse(Exception):
    """The register's answer "no": `code` as in the table of errors (Штрих-М protocol 1.17, pp. 67-70)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}h")
        self.code = code


@dataclass
class OpenReceipt:
    """`operation` is tag 1054: 1 sale, 2 refund, 3 purchase, 4 refund of a purchase."""

    operation: int
    operator: int
    items: list[Item] = field(default_factory=list)
    tags: dict[int, str] = field(default_factory=dict)

    @property
    def total_kopecks(self) -> int:
        return sum(item.sum_kopecks for item in self.items)

    def add(self, item: Item) -> None:
        if len(self.items) == MAX_ITEMS:
            raise Refuse(0x94)
        if self.total_kopecks + item.sum_kopecks > MAX_KOPECKS:
            raise Refuse(0x48)
        self.items.append(item)

    def change(self, payments: dict[int, int]) -> int:
        """Kopecks given back out of the cash. Raises Refuse: too little was paid, or too much without cash."""
        total, paid = self.total_kopecks, sum(payments.values())
        if not self.items:
            raise Refuse(0x8E)
        if paid - payments.get(CASH, 0) > total:
            raise Refuse(0x4D)
        if paid < total:
            raise Refuse(0x45)
        return paid - total


def line_sum(price_kopecks: int, quantity: Decimal, given: int | None) -> int:
    """Kopecks of a line, half up (setup guide of 22.06.2018, p. 29). A sum the host gave may be one off.

    Raises Refuse: the quantity is no quantity, or the sum is not that of the line (Штрих-М protocol 1.17, FF46h).
    """
    if quantity <= 0:
        raise Refuse(0x62)
    computed = int((price_kopecks * quantity).to_integral_value(ROUND_HALF_UP))
    if given is not None and abs(given - computed) > 1:
        raise Refuse(0x33)
    return computed if given is None else given
