"""A receipt or a correction, line by line."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from drivers.emulators.fiscal.documents import Document, Item
from drivers.emulators.fiscal.qr import qr_text
from drivers.emulators.fiscal.sums import CASH, METHODS
from drivers.emulators.paper.columns import RULE, equals, folded, middle, roubles, sides
from drivers.emulators.paper.requisites import measure_of, requisites
from protocols.shtrih.codes import DocumentType

OPERATIONS = {1: "ПРИХОД", 2: "ВОЗВРАТ ПРИХОДА", 3: "РАСХОД", 4: "ВОЗВРАТ РАСХОДА"}
FORMATS = {2: "1.05", 3: "1.1", 4: "1.2"}
TAXATIONS = {1: "ОСН", 2: "УСН ДОХОД", 4: "УСН ДОХОД - РАСХОД", 8: "ЕНВД", 16: "ЕСХН", 32: "ПСН"}
TERMS = {
    1: "ПРЕДОПЛАТА 100%",
    2: "ПРЕДОПЛАТА",
    3: "АВАНС",
    4: "ПОЛНЫЙ РАСЧЕТ",
    5: "ЧАСТИЧНЫЙ РАСЧЕТ И КРЕДИТ",
    6: "ПЕРЕДАЧА В КРЕДИТ",
    7: "ОПЛАТА КРЕДИТА",
}
SUBJECTS = {1: "ТОВАР", 2: "ПОДАКЦИЗНЫЙ ТОВАР", 3: "РАБОТА", 4: "УСЛУГА", 10: "ПЛАТЕЖ", 31: "АТМ", 32: "ТНМ", 33: "ТМ"}
PAID = {
    "cash": "НАЛИЧНЫМИ",
    "electronic": "БЕЗНАЛИЧНЫМИ",
    "prepaid": "ПРЕДВАРИТЕЛЬНАЯ ОПЛАТА (АВАНС)",
    "credit": "ПОСЛЕДУЮЩАЯ ОПЛАТА (КРЕДИТ)",
    "in_kind": "ИНАЯ ФОРМА ОПЛАТЫ",
}
TURNOVERS = {"0%": "СУММА С НДС 0%", "no_vat": "СУММА БЕЗ НДС"}


def receipt(document: Document, between: Mapping[int, Iterable[str]]) -> Iterator[str]:
    """`between`: lines of others among the items, by the number of items before them."""
    name = "КАССОВЫЙ ЧЕК КОРРЕКЦИИ" if document.kind == DocumentType.CORRECTION else "КАССОВЫЙ ЧЕК"
    yield middle(f"{name} / {OPERATIONS.get(document.operation, document.operation)}")
    yield RULE
    for number, item in enumerate(document.items):
        yield from _others(between, number)
        if not item.unprinted:
            yield from _item(item)
    yield from _others(between, len(document.items))
    yield RULE
    yield from sides("ИТОГ", equals(document.total_kopecks))
    yield from _paid(document)
    for rate, kopecks in document.taxes.items():
        yield from sides(TURNOVERS.get(rate, f"СУММА НДС {rate}"), equals(kopecks))
    yield from requisites(document.tags)
    yield from _foot(document)


def _others(between: Mapping[int, Iterable[str]], number: int) -> Iterator[str]:
    return chain.from_iterable(map(folded, between.get(number, ())))


def _item(item: Item) -> Iterator[str]:
    yield from folded(item.name)
    measure = measure_of(item.tags)
    yield from sides(f"  {item.quantity:f}{measure} x {roubles(item.price_kopecks)}", equals(item.sum_kopecks))
    yield from sides("  БЕЗ НДС" if item.vat == "no_vat" else f"  НДС {item.vat}", _subject(item))
    if item.code:
        yield "  [M]"
    yield from requisites(item.tags, indent="  ")


def _subject(item: Item) -> str:
    return f"{SUBJECTS.get(item.subject, f'ПРЕДМЕТ {item.subject}')}, {TERMS.get(item.method, f'РАСЧЕТ {item.method}')}"


def _paid(document: Document) -> Iterator[str]:
    for method, words in PAID.items():
        kopecks = sum(sum_ for slot, sum_ in document.payments.items() if METHODS.get(slot, "electronic") == method)
        if kopecks:
            yield from sides(words, equals(kopecks - document.change_kopecks * (method == METHODS[CASH])))
    if document.change_kopecks:
        yield from sides("ПОЛУЧЕНО", equals(document.payments[CASH]))
        yield from sides("СДАЧА", equals(document.change_kopecks))


def _foot(document: Document) -> Iterator[str]:
    taxation = TAXATIONS.get(document.taxation)
    yield from sides(f"СНО {taxation}" if taxation else "", f"ФФД {FORMATS.get(document.ffd, '?')}")
    yield from sides(f"{document.at:%d.%m.%y %H:%M}", f"СМЕНА {document.shift_number} ЧЕК {document.receipt_number}")
    yield from sides("РН ККТ", document.rnm)
    yield from sides("ФН", document.fn)
    yield from sides(f"ФД {document.fd}", f"ФП {document.fp}")
    yield from folded(qr_text(document))
