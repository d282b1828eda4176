"""VAT in fiscal data: the code of a rate, the tax in a sum that includes it, and the tags of a receipt's taxes."""

from collections import Counter
from collections.abc import Iterable, Mapping

from protocols.ffd.tlv import Tlv
from protocols.item import Line, Vat

CODES = {
    Vat.V20: 1,
    Vat.V10: 2,
    Vat.C20: 3,
    Vat.C10: 4,
    Vat.V0: 5,
    Vat.NONE: 6,
    Vat.V5: 7,
    Vat.V7: 8,
    Vat.C5: 9,
    Vat.C7: 10,
    Vat.V22: 11,
    Vat.C22: 12,
}
"""Tag 1199. 11 and 12 are of the order ЕД-7-20/1050@ of 08.12.2025, in force from 05.01.2026."""

VATS = {code: vat for vat, code in CODES.items()}

_PER_CENT = {
    Vat.V22: 22,
    Vat.C22: 22,
    Vat.V20: 20,
    Vat.C20: 20,
    Vat.V10: 10,
    Vat.C10: 10,
    Vat.V7: 7,
    Vat.C7: 7,
    Vat.V5: 5,
    Vat.C5: 5,
    Vat.V0: 0,
    Vat.NONE: 0,
}
_TAX_TAGS = {Vat.V20: 1102, Vat.V10: 1103, Vat.C20: 1106, Vat.C10: 1107}
_TURNOVER_TAGS = {Vat.V0: 1104, Vat.NONE: 1105}
_TAXES, _TAX, _AMOUNT, _RATE = 1115, 1119, 1120, 1199


def tax_of(kopecks: int, vat: Vat) -> int:
    """Kopecks of VAT in a sum that includes it, half up; 0 where there is none."""
    per_cent = _PER_CENT[vat]
    whole = 100 + per_cent
    return (2 * kopecks * per_cent + whole) // (2 * whole)


def turnovers(lines: Iterable[Line]) -> dict[Vat, int]:
    """Kopecks sold at each rate, tax included."""
    sums: Counter[Vat] = Counter()
    for line in lines:
        sums[line.vat] += line.total_kopecks
    return dict(sums)


def tax_tags(sold: Mapping[Vat, int]) -> tuple[Tlv, ...]:
    """The tax of each rate taken out of what was sold at it; of 0 % and "no VAT" what was sold.

    Rates without a tag of their own stand in 1115. Registers may also sum the taxes of single items, which differs by
    a kopeck an item at most.
    """
    own = [Tlv(tag, tax_of(sold[vat], vat)) for vat, tag in _TAX_TAGS.items() if vat in sold]
    turnover = [Tlv(tag, sold[vat]) for vat, tag in _TURNOVER_TAGS.items() if vat in sold]
    common = [
        Tlv(_TAX, (Tlv(_RATE, CODES[vat]), Tlv(_AMOUNT, tax_of(kopecks, vat))))
        for vat, kopecks in sold.items()
        if vat not in _TAX_TAGS and vat not in _TURNOVER_TAGS
    ]
    return (*own, *turnover, Tlv(_TAXES, tuple(common))) if common else (*own, *turnover)
