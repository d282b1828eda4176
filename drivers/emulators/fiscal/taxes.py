"""VAT worked out of sums that include it."""

from collections import Counter
from collections.abc import Iterable

from drivers.emulators.fiscal.documents import Item

SHARES = {
    "22%": (22, 122),
    "20%": (20, 120),
    "10%": (10, 110),
    "7%": (7, 107),
    "5%": (5, 105),
    "22/122": (22, 122),
    "20/120": (20, 120),
    "10/110": (10, 110),
    "7/107": (7, 107),
    "5/105": (5, 105),
}
"""Which part of a sum the tax is, by rate; of "0%" and "no_vat" the turnover is told instead."""


def turnovers(items: Iterable[Item]) -> Counter[str]:
    """Kopecks by rate."""
    found = Counter[str]()
    for item in items:
        found[item.vat] += item.sum_kopecks
    return found


def taxes(items: Iterable[Item]) -> dict[str, int]:
    """By rate: kopecks of tax, of turnover for "0%" and "no_vat" (FFD tags 1102 to 1107 and 1119)."""
    return {rate: tax(kopecks, rate) for rate, kopecks in turnovers(items).items()}


def tax(kopecks: int, rate: str) -> int:
    """What of the sum is tax, half up; all of it where the rate has none."""
    if rate not in SHARES:
        return kopecks
    part, whole = SHARES[rate]
    return (2 * kopecks * part + whole) // (2 * whole)
