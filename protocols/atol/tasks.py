"""What the register is asked to do, as the driver's JSON tasks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from protocols.atol.positions import FFD_12, NotSayable, position, told
from protocols.atol.words import PAYMENTS, RATES, RECEIPTS, TAXATIONS, WORKS
from protocols.ffd.rates import tax_of, turnovers
from protocols.ffd.rules import check
from protocols.item import Vat
from protocols.jsontext import roubles
from protocols.receipt import Buyer, Cashier, Correction, Kind, Receipt, Requisite, Taxation
from protocols.till import TillWork, Work

Task = Mapping[str, Any]

CONTINUE_PRINT: Task = {"type": "continuePrint"}
PRINT_COPY: Task = {"type": "printLastReceiptCopy"}
READ_DRIVE: Task = {"type": "getFnStatus"}

NO_NUMBER = "б/н"
"""Tag 1179 where no order has a number: FFD 1.05 and the vendor's description want it in every correction."""
WITH_ITEMS = ("1.1", FFD_12)
UNTAXED = {Vat.V0, Vat.NONE}
SALES = {Kind.SALE, Kind.PURCHASE}
"""What FFD 1.05 can correct (format order, table 30, note 1)."""


@dataclass(frozen=True)
class Till:
    """What the settings say of a till: whoever sells, and under which taxation, where the receipt does not say."""

    cashier: Cashier | None
    taxation: Taxation


def receipt_task(receipt: Receipt, till: Till, ffd: str) -> Task:
    """`ffd`: the version that the register writes, "1.05", "1.1" or "1.2". Raises NotSayable."""
    for breach in check(receipt, ffd):
        raise NotSayable(breach.text)
    if receipt.correction is not None:
        return _correction_task(receipt, receipt.correction, till, ffd)
    return {"type": RECEIPTS[receipt.kind]} | _settlement(receipt, till, ffd)


def shift_task(kind: Work, till: Till) -> Task:
    return told(type=WORKS[kind], operator=_operator(till.cashier))


def cash_task(work: TillWork, till: Till) -> Task:
    return told(type=WORKS[work.kind], operator=_operator(till.cashier), cashSum=roubles(work.amount_kopecks))


def x_report_task(till: Till) -> Task:
    return told(type="reportX", operator=_operator(till.cashier))


def text_task(lines: Iterable[str]) -> Task:
    return {"type": "nonFiscal", "items": _texts(lines)}


def document_task(fd: int) -> Task:
    return {"type": "getFnDocument", "fiscalDocumentNumber": fd, "withRawData": False}


def _settlement(receipt: Receipt, till: Till, ffd: str) -> dict[str, Any]:
    """What sales, refunds and corrections by items have in common."""
    return told(
        taxationType=TAXATIONS[receipt.taxation or till.taxation],
        electronically=receipt.paperless or None,
        internet=receipt.internet or None,
        paymentsPlace=receipt.place,
        operator=_operator(receipt.cashier or till.cashier),
        clientInfo=_client(receipt.buyer, receipt.contact),
        items=[
            *(position(line, receipt.sign, ffd) for line in receipt.lines()),
            *_attributes(receipt.note, receipt.requisite),
        ],
        payments=_payments(receipt),
        total=roubles(receipt.total_kopecks),
        preItems=_texts(receipt.header),
        postItems=_texts(receipt.footer),
    )


def _correction_task(receipt: Receipt, correction: Correction, till: Till, ffd: str) -> Task:
    basis = {
        "type": f"{RECEIPTS[correction.of]}Correction",
        "correctionType": "instruction" if correction.ordered else "self",
        "correctionBaseDate": f"{correction.of_day:%Y.%m.%d}",
        "correctionBaseNumber": correction.number or NO_NUMBER,
    }
    if ffd in WITH_ITEMS:
        return basis | _settlement(receipt, till, ffd)
    if correction.of not in SALES:
        raise NotSayable("чек коррекции возврата в ФФД 1.05 не предусмотрен: оформите обратный чек")
    return basis | told(
        taxationType=TAXATIONS[receipt.taxation or till.taxation],
        electronically=receipt.paperless or None,
        operator=_operator(receipt.cashier or till.cashier),
        payments=_payments(receipt),
        taxes=[_tax(vat, kopecks) for vat, kopecks in turnovers(receipt.lines()).items()],
        total=roubles(receipt.total_kopecks),
    )


def _operator(cashier: Cashier | None) -> Mapping[str, Any]:
    return {} if cashier is None else told(name=cashier.name, vatin=cashier.inn)


def _client(buyer: Buyer | None, contact: str | None) -> Mapping[str, Any]:
    named = buyer or Buyer()
    return told(name=named.name, vatin=named.inn, emailOrPhone=contact)


def _attributes(note: str | None, requisite: Requisite | None) -> Iterable[Mapping[str, Any]]:
    if note is not None:
        yield {"type": "additionalAttribute", "value": note, "print": True}
    if requisite is not None:
        yield {"type": "userAttribute", "name": requisite.name, "value": requisite.value, "print": True}


def _payments(receipt: Receipt) -> Sequence[Mapping[str, Any]]:
    """One entry a kind: a card and another card are one cashless sum. A correction gives no change."""
    sums = Counter[int]()
    for payment in receipt.payments:
        sums[PAYMENTS[payment.method]] += payment.amount_kopecks
    if receipt.correction is not None:
        sums[0] -= sum(sums.values()) - receipt.total_kopecks
    return [{"type": number, "sum": roubles(kopecks)} for number, kopecks in sorted(sums.items()) if kopecks]


def _tax(vat: Vat, sold_kopecks: int) -> Mapping[str, Any]:
    """Of 0 % and "no VAT" what was sold (FFD tags 1104 and 1105)."""
    kopecks = sold_kopecks if vat in UNTAXED else tax_of(sold_kopecks, vat)
    return {"type": RATES[vat], "sum": roubles(kopecks)}


def _texts(lines: Iterable[str]) -> Sequence[Mapping[str, Any]]:
    """Wrapped: what a roll has no room for would be lost."""
    return [{"type": "text", "text": line, "wrap": "words"} for line in lines]
