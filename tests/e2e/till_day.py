"""A till's day as a script: what the POS asks, and by its own reckoning what that must come to. Money is kopecks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

POS_ID = "POS-001"
RECEIPTS = 200
REFUNDS = frozenset(range(15, RECEIPTS, 20))  # ten of them
CORRECTIONS: dict[int, dict[str, Any]] = {
    60: {"date": "2026-10-31"},
    120: {"date": "2026-10-30", "ordered": True, "number": "12-34/5"},
}
RATES = ("22%", "20%", "10%", "7%", "5%", "0%", "no_vat", "20/120", "10/110")
QUANTITIES = ("1", "1", "2", "3", "0.5", "1.255", "0.333")
OUT_OF_DRAWER = ("refund", "cash_out")


@dataclass
class Tally:
    """By kind of document or slip: how many, for how much, and how much of that in cash (change taken off)."""

    count: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    cash: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, total: int, cash: int) -> None:
        self.count[kind] += 1
        self.total[kind] += total
        self.cash[kind] += cash

    @property
    def drawer(self) -> int:
        """The cash that has come in, less what went out."""
        return sum(-kopecks if kind in OUT_OF_DRAWER else kopecks for kind, kopecks in self.cash.items())

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.count + other.count, self.total + other.total, self.cash + other.cash)


@dataclass(frozen=True)
class Asked:
    """One request. `total` and `cash`: what it adds to its kind; an empty kind is paper that is no document."""

    path: str
    kind: str
    body: Mapping[str, Any]
    total: int = 0
    cash: int = 0


def receipts(random: Random) -> Iterator[Asked]:
    """Two hundred: ten refunds, two corrections, the rest sales."""
    for place in range(RECEIPTS):
        if place in CORRECTIONS:
            yield _correction(random, CORRECTIONS[place])
        else:
            yield _receipt(random, "refund" if place in REFUNDS else "sale")


def cash(way: str, kopecks: int) -> Asked:
    """`way`: in or out."""
    return Asked(f"cash/{way}", f"cash_{way}", {"pos_id": POS_ID, "amount": roubles(kopecks)}, kopecks, kopecks)


def work(path: str, kind: str) -> Asked:
    return Asked(path, kind, {"pos_id": POS_ID})


def roubles(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02}"


def _receipt(random: Random, kind: str) -> Asked:
    lines = [_line(random) for _ in range(random.randint(1, 5))]
    total = sum(kopecks for _, kopecks in lines)
    by_card = random.choice((0, 0, total, total // 3))
    change = random.choice((0, 5_000)) if by_card < total and kind == "sale" else 0
    body = {"type": kind, "items": [item for item, _ in lines], "payments": _payments(total, by_card, change)}
    return Asked("receipt", kind, {"pos_id": POS_ID, **body}, total, total - by_card)


def _correction(random: Random, why: Mapping[str, Any]) -> Asked:
    total = random.randint(1_000, 99_999)
    item = {"name": "Не пробито", "price": roubles(total), "qty": 1, "vat": "10%"}
    body = {"type": "correction", "items": [item], "payments": _payments(total, total // 2, 0), "correction": why}
    return Asked("receipt", "correction", {"pos_id": POS_ID, **body}, total, total - total // 2)


def _line(random: Random) -> tuple[dict[str, Any], int]:
    """The item, and its kopecks: half up, as a register rounds."""
    price, quantity = random.randint(100, 99_999), random.choice(QUANTITIES)
    kopecks = int((price * Decimal(quantity)).to_integral_value(ROUND_HALF_UP))
    discount = random.choice((0, 0, 0, kopecks // 7))
    item = {"name": f"Товар {price}", "price": roubles(price), "qty": quantity, "vat": random.choice(RATES)}
    return item | ({"discount": roubles(discount)} if discount else {}), kopecks - discount


def _payments(total: int, by_card: int, change: int) -> list[dict[str, Any]]:
    paid = {"card": by_card, "cash": total - by_card + change}
    return [{"method": method, "amount": roubles(kopecks)} for method, kopecks in paid.items() if kopecks]
