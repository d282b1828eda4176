"""A correction of FFD 1.05 in the register's words: its sums by payment and by VAT rate (FF4Ah)."""

from collections import Counter
from collections.abc import Mapping

from protocols.ffd.rates import tax_of, turnovers
from protocols.item import Vat
from protocols.receipt import Method, Receipt
from protocols.shtrih.codes import OperationKind
from protocols.shtrih.receipts import FormCorrectionV2

KINDS = frozenset({OperationKind.SALE, OperationKind.BUY})  # the rest is answered by 5Eh
PAYMENTS = {
    Method.CARD: "electronic",
    Method.ACQUIRING: "electronic",
    Method.PREPAID: "prepaid",
    Method.CREDIT: "credit",
    Method.OTHER: "in_kind",
}
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

TAXED = frozenset(SLOTS) - {Vat.V0, Vat.NONE}
"""FF4Ah wants the tax of these, and of the other rates the turnover."""


class NotSayable(Exception):
    """The register has no place for it; the message is Russian, for the cashier."""


def form(receipt: Receipt, *, password: int, taxation: int) -> FormCorrectionV2:
    """FF4Ah for a correction of FFD 1.05, of sales or of purchases; later formats correct by items. Raises NotSayable.

    The manual (protocol 1.17) calls the first rate 20 %. That registers count 22 % in the same field since 2026 is
    taken from their tables of rates and confirmed by no source; a correction with both rates is refused, as one field
    cannot hold them.
    """
    if receipt.sign not in KINDS:
        raise NotSayable("чек коррекции возврата в ФФД 1.05 не существует")
    return FormCorrectionV2(
        password=password,
        ordered=int(receipt.correction is not None and receipt.correction.ordered),
        kind=receipt.sign,
        total=receipt.total_kopecks,
        taxation=taxation,
        cash=receipt.total_kopecks - receipt.cashless_kopecks,
        **_payments(receipt),
        **_vat_sums(turnovers(receipt.lines())),
    )


def _payments(receipt: Receipt) -> dict[str, int]:
    sums = Counter[str]()
    for payment in receipt.payments:
        if payment.method is not Method.CASH:
            sums[PAYMENTS[payment.method]] += payment.amount_kopecks
    return sums


def _vat_sums(turnovers: Mapping[Vat, int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for vat, turnover in turnovers.items():
        if vat not in SLOTS:
            raise NotSayable(f"чек коррекции не печатается: у этой ККТ в нём нет места для ставки НДС {vat}")
        if SLOTS[vat] in sums:
            raise NotSayable("чек коррекции не печатается: ставки НДС 20% и 22% нужно разнести по разным чекам")
        sums[SLOTS[vat]] = tax_of(turnover, vat) if vat in TAXED else turnover
    return sums
