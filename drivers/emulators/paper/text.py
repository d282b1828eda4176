"""A sheet as the lines that stand on it. The words are those of real receipts (order ЕД-7-20/662@, printed form)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.fiscal.qr import qr_text
from drivers.emulators.fiscal.sums import Totals
from drivers.emulators.paper.columns import RULE, equals, folded, middle, sides
from drivers.emulators.paper.receipt import receipt
from drivers.emulators.paper.requisites import requisites
from drivers.emulators.paper.roll import Around, Entry, Letterhead, Report, Sheet
from protocols.shtrih.codes import DocumentType

NO_DEVICE = "ЭМУЛЯТОР - НЕ ЯВЛЯЕТСЯ ФИСКАЛЬНЫМ ДОКУМЕНТОМ"
HALF = 2  # of a torn sheet so much came out: every second line of it did not
REPORTS = {
    DocumentType.SHIFT_OPENED: "ОТЧЕТ ОБ ОТКРЫТИИ СМЕНЫ",
    DocumentType.SHIFT_CLOSED: "ОТЧЕТ О ЗАКРЫТИИ СМЕНЫ",
    DocumentType.SETTLEMENT_STATE: "ОТЧЕТ О ТЕКУЩЕМ СОСТОЯНИИ РАСЧЕТОВ",
}
KINDS = {
    "sale": "ПРИХОД",
    "refund": "ВОЗВРАТ ПРИХОДА",
    "purchase": "РАСХОД",
    "purchase_refund": "ВОЗВРАТ РАСХОДА",
    "cash_in": "ВНЕСЕНИЕ",
    "cash_out": "ВЫПЛАТА",
    "documents": "ФИСКАЛЬНЫХ ДОКУМЕНТОВ",
} | {
    "correction_sale": "КОРРЕКЦИЯ ПРИХОДА",
    "correction_refund": "КОРРЕКЦИЯ ВОЗВРАТА ПРИХОДА",
    "correction_purchase": "КОРРЕКЦИЯ РАСХОДА",
    "correction_purchase_refund": "КОРРЕКЦИЯ ВОЗВРАТА РАСХОДА",
}
SUMS = {
    "total": "ИТОГ",
    "cash": "НАЛИЧНЫМИ",
    "electronic": "БЕЗНАЛИЧНЫМИ",
    "prepaid": "ПРЕДОПЛАТА (АВАНС)",
    "credit": "ПОСТОПЛАТА (КРЕДИТ)",
    "in_kind": "ИНАЯ ФОРМА ОПЛАТЫ",
}


def text_of(sheet: Sheet) -> list[str]:
    """Its lines, 48 letters at most; of a torn sheet as far as the paper went. The first says what it is not."""
    lines = [middle(NO_DEVICE), *_folded(sheet.lines), *_folded(sheet.around.above)]
    if sheet.letterhead and sheet.entry:
        lines += [middle("КОПИЯ")] if sheet.copy else []
        lines += [*_head(sheet.letterhead), *_body(sheet.entry, sheet.around)]
    lines += _folded(sheet.around.below)
    if sheet.torn:
        return [*lines[: len(lines) // HALF], "", middle("*** БУМАГА КОНЧИЛАСЬ ***")]
    return lines


def qr_of(sheet: Sheet) -> str:
    """What the QR code on it says; empty where there is none."""
    entry = sheet.entry
    return qr_text(entry) if isinstance(entry, Document) and entry.operation and not sheet.torn else ""


def _folded(lines: Iterable[str]) -> Iterator[str]:
    return chain.from_iterable(map(folded, lines))


def _head(letterhead: Letterhead) -> Iterator[str]:
    yield middle(letterhead.user)
    yield middle(letterhead.address)
    yield from sides(f"ИНН {letterhead.inn}", f"ЗН ККТ {letterhead.serial}")


def _body(entry: Entry, around: Around) -> Iterator[str]:
    match entry:
        case Report():
            yield from _x_report(entry)
        case CashMove():
            yield from _slip(entry)
        case Document() if entry.kind in REPORTS:
            yield from _shift(entry)
        case Document():
            yield from receipt(entry, around.between)


def _x_report(report: Report) -> Iterator[str]:
    yield middle("СУТОЧНЫЙ ОТЧЕТ БЕЗ ГАШЕНИЯ")
    number = f" № {report.number}" if report.number else ""
    yield from sides(f"X-ОТЧЕТ{number}", f"СМЕНА {report.shift_number}")
    yield from _totals(report.totals)
    yield from sides("НАЛИЧНЫХ В КАССЕ", equals(report.drawer))
    yield _when(report.at)


def _slip(move: CashMove) -> Iterator[str]:
    yield from sides("ВЫПЛАТА" if move.amount_kopecks < 0 else "ВНЕСЕНИЕ", equals(abs(move.amount_kopecks)))
    yield from sides(_when(move.at), f"СМЕНА {move.shift_number}")


def _shift(report: Document) -> Iterator[str]:
    yield middle(REPORTS[DocumentType(report.kind)])
    yield from _totals(report.totals)
    yield from requisites(report.tags)
    yield from sides(_when(report.at), f"СМЕНА {report.shift_number}")
    yield from sides(f"ФД {report.fd}", f"ФП {report.fp}")
    yield from sides(f"ФН {report.fn}", f"РН ККТ {report.rnm}")


def _totals(totals: Totals) -> Iterator[str]:
    for kind, sums in totals.items():
        yield from sides(KINDS[kind], str(sums["count"]))
        for name, kopecks in sums.items():
            if name != "count":
                yield from sides(f"  {_sum_name(name)}", equals(kopecks))
    yield RULE


def _sum_name(name: str) -> str:
    if name in SUMS:
        return SUMS[name]
    return {"0%": "ОБОРОТ НДС 0%", "no_vat": "ОБОРОТ БЕЗ НДС"}.get(name, f"НДС {name}")


def _when(at: datetime) -> str:
    return f"{at:%d.%m.%y %H:%M}"
