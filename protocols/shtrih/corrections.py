"""A correction in the register's words: the basis as a tag, the sums by payment and by VAT rate (FF0Ch, FF4Ah)."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from protocols.item import Vat
from protocols.receipt import Correction, Receipt
from protocols.shtrih.codes import OperationKind
from protocols.shtrih.receipts import FormCorrectionV2
from protocols.shtrih.tags import tlv, tlv_text

BASIS, OF_DAY, NUMBER = 1174, 1178, 1179
NUMBER_SIZE = 32  # characters of tag 1179
NO_NUMBER = "б/н"  # FFD 1.05 wants tag 1179 in every correction, ordered or not

SLOTS = {
    Vat.V22: "vat20",
    Vat.V20: "vat20",
    Vat.V10: "vat10",
    Vat.V0: "turnover_vat0",
    Vat.NONE: "turnover_no_vat",
    Vat.C22: "vat20_120",
    Vat.C20: "vat20_120",
    Vat.C10: "vat10_110",
}
"""The field of FF4Ah that a rate goes to. It has none for 5 and 7 per cent."""

TAXES = {
    Vat.V22: Decimal(22) / 122,
    Vat.C22: Decimal(22) / 122,
    Vat.V20: Decimal(20) / 120,
    Vat.C20: Decimal(20) / 120,
    Vat.V10: Decimal(10) / 110,
    Vat.C10: Decimal(10) / 110,
}
"""The share of the tax in a sum that includes it; of the other rates FF4Ah wants the turnover."""


class NotSayable(Exception):
    """FF4Ah has no place for it; the message is Russian, for the cashier."""


def basis(correction: Correction) -> bytes:
    """Tag 1174 with the day of the sale (at 00:00, no zone) and the number of the tax office's order."""
    midnight = datetime.combine(correction.of_day, time(), UTC)
    day = tlv(OF_DAY, int(midnight.timestamp()).to_bytes(4, "little"))
    return tlv(BASIS, day + tlv_text(NUMBER, (correction.number or NO_NUMBER)[:NUMBER_SIZE]))


def form(receipt: Receipt, correction: Correction, *, password: int, taxation: int) -> FormCorrectionV2:
    """FF4Ah for a correction of sales, which formats up to FFD 1.05 know; under 1.2 registers take another way, which
    no source describes byte by byte. Raises NotSayable.

    The manual (protocol 1.17) calls the first rate 20 %. That registers count 22 % in the same field since 2026 is
    taken from their tables of rates and confirmed by no source; a correction with both rates is refused, as one field
    cannot hold them.
    """
    return FormCorrectionV2(
        password=password,
        ordered=int(correction.ordered),
        kind=OperationKind.SALE,
        total=receipt.total_kopecks,
        cash=receipt.total_kopecks - receipt.cashless_kopecks,
        electronic=receipt.cashless_kopecks,
        taxation=taxation,
        **_vat_sums(_turnovers(receipt)),
    )


def _turnovers(receipt: Receipt) -> Counter[Vat]:
    turnovers = Counter[Vat]()
    for line in receipt.lines():
        turnovers[line.vat] += line.total_kopecks
    return turnovers


def _vat_sums(turnovers: Mapping[Vat, int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for vat, turnover in turnovers.items():
        if vat not in SLOTS:
            raise NotSayable(f"чек коррекции не печатается: у этой ККТ в нём нет места для ставки НДС {vat}")
        if SLOTS[vat] in sums:
            raise NotSayable("чек коррекции не печатается: ставки НДС 20% и 22% нужно разнести по разным чекам")
        sums[SLOTS[vat]] = _half_up(turnover * TAXES[vat]) if vat in TAXES else turnover
    return sums


def _half_up(kopecks: Decimal) -> int:
    return int(kopecks.to_integral_value(ROUND_HALF_UP))
