"""A receipt while it is open: lines, tags, the sum; and the arithmetic of closing it."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from drivers.emulators.fiscal.documents import Item
from drivers.emulators.fiscal.sums import CASH
from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih.codes import Error

MARKED = frozenset({31, 33})
"""Subjects (tag 1212) of goods with a marking code."""
MAX_ITEMS = 1000
MAX_KOPECKS = 2**40 - 1  # sums take five bytes on the wire
TOO_MANY_ITEMS, TOTAL_OVERFLOW, BAD_QUANTITY, NOTHING_SOLD = 0x94, 0x48, 0x62, 0x8E


@dataclass
class Receipt:
    """`operation` is an OperationKind, `operator` the number of who opened it; `corrects`: it is a correction.

    `code` is a marking code, in hex, that came before its line.
    """

    operation: int
    operator: int
    items: list[Item] = field(default_factory=list)
    tags: dict[int, str] = field(default_factory=dict)
    tlv: bytes = b""
    corrects: bool = False
    code: str = ""

    @property
    def total_kopecks(self) -> int:
        return sum(item.sum_kopecks for item in self.items)

    def add(self, item: Item) -> None:
        """Raises Refuse where it holds no more."""
        if len(self.items) == MAX_ITEMS:
            raise Refuse(TOO_MANY_ITEMS)
        if self.total_kopecks + item.sum_kopecks > MAX_KOPECKS:
            raise Refuse(TOTAL_OVERFLOW)
        self.items.append(msgspec.structs.replace(item, code=self.code) if self.code else item)
        self.code = ""

    def bind(self, code: str) -> None:
        """The marking code to the last line, if that is of marked goods and has none; else to the next one."""
        if self.items and self.items[-1].subject in MARKED and not self.items[-1].code:
            self.items[-1] = msgspec.structs.replace(self.items[-1], code=code)
        else:
            self.code = code

    def change(self, payments: dict[int, int], total_kopecks: int) -> int:
        """Kopecks given back out of the cash. Raises Refuse: too little was paid, or too much without cash.

        Setup guide of 22.06.2018, pp. 29-33.
        """
        paid = sum(payments.values())
        if not self.items:
            raise Refuse(NOTHING_SOLD)
        if paid - payments.get(CASH, 0) > total_kopecks:
            raise Refuse(Error.CASHLESS_EXCEEDS_TOTAL)
        if paid < total_kopecks:
            raise Refuse(Error.PAID_TOO_LITTLE)
        return paid - total_kopecks


def line_sum(price_kopecks: int, quantity: Decimal, given: int | None) -> int:
    """Kopecks of a line, half up (setup guide, p. 29); a sum the host gave may be one off (FF46h).

    Raises Refuse: the quantity is none, or the sum is not the line's.
    """
    if quantity <= 0:
        raise Refuse(BAD_QUANTITY)
    computed = int((price_kopecks * quantity).to_integral_value(ROUND_HALF_UP))
    if computed > MAX_KOPECKS:
        raise Refuse(TOTAL_OVERFLOW)
    if given is not None and abs(given - computed) > 1:
        raise Refuse(Error.BAD_PARAMETERS)
    return computed if given is None else given
