"""What stands on a receipt that is shown: in Russian, complete, and with nobody's address in it."""

from datetime import date
from decimal import Decimal

import pytest

from protocols import answers
from protocols.fiscal import CashSlip, ShiftReport
from protocols.item import Item, Marking, Measure, Vat
from protocols.masking import masked_contact
from protocols.receipt import Buyer, Cashier, Correction, Kind, Method, Payment, Receipt, Requisite, Taxation
from protocols.slip import Position, gone_slip, slip_of, unknown_slip
from protocols.slip_words import money
from protocols.till import TillWork, Work
from tests.samples import FN, NOON, document, sale

CHEESE = Item("Сыр", Decimal("0.350"), 120_000, Vat.V10, measure=Measure.KILOGRAM)
SHOES = Item("Туфли", Decimal(2), 450_050, Vat.V22, marking=Marking("0104"))
BOOK = Item("Книга", Decimal(1), 10_000, Vat.NONE)
FULL = Receipt(
    "POS-001",
    Kind.SALE,
    (CHEESE, SHOES, BOOK),
    (Payment(Method.CARD, 900_100), Payment(Method.CASH, 60_000)),
    customer_email="ivanova@example.ru",
    cashier=Cashier("Петрова"),
    taxation=Taxation.OSN,
    buyer=Buyer("Иванова Анна", "7707083893"),
    requisite=Requisite("Акция", "Весна"),
    place="Москва, зал 1",
    header=("Спасибо, что зашли",),
    footer=("Ждём снова",),
)


def test_a_sale_is_told_with_items_sums_taxes_and_its_document() -> None:
    slip = slip_of(FULL, document(5, FULL.total_kopecks))

    assert (slip.title, slip.kind, slip.total) == ("Кассовый чек", "Приход", "9\u00a0521,00")
    assert slip.positions == [
        Position("Сыр", "0,35 кг × 1\u00a0200,00", "420,00", "НДС 10%"),
        Position("[М] Туфли", "2 × 4\u00a0500,50", "9\u00a0001,00", "НДС 22%"),
        Position("Книга", "1 × 100,00", "100,00", "Без НДС"),
    ]
    assert slip.sums == [
        ("Безналичными", "9\u00a0001,00"),
        ("Наличными", "600,00"),
        ("Сдача", "80,00"),
        ("Сумма: НДС 10%", "38,18"),
        ("Сумма: НДС 22%", "1\u00a0623,13"),
        ("Сумма: Без НДС", "100,00"),
    ]
    assert slip.facts == [
        ("Дата и время", "01.03.2026 12:00"),
        ("Смена", "1"),
        ("Чек в смене", "5"),
        ("РН ККТ", "0000000001012345"),
        ("ФН", FN),
        ("ФД", "5"),
        ("ФП", "0000039595"),
        ("СНО", "ОСН"),
        ("Кассир", "Петрова"),
        ("Место расчётов", "Москва, зал 1"),
        ("Покупатель", "И***"),
        ("Электронный чек", "i***@example.ru"),
        ("Акция", "Весна"),
    ]
    assert (slip.header, slip.footer) == (FULL.header, FULL.footer)
    assert slip.qr == document(5, FULL.total_kopecks).qr


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("ivanova@example.ru", "i***@example.ru"), ("+79161234567", "+7***67"), ("89161234567", "89***67")],
)
def test_an_address_is_masked(contact: str, shown: str) -> None:
    assert masked_contact(contact) == shown


def test_a_correction_says_what_it_corrects() -> None:
    why = Correction(date(2026, 2, 28), of=Kind.REFUND)
    receipt = Receipt("POS-001", Kind.CORRECTION, sale().items, sale().payments, correction=why)

    slip = slip_of(receipt, document(kind=Kind.CORRECTION))

    assert (slip.title, slip.kind) == ("Кассовый чек коррекции", "Возврат прихода")


@pytest.mark.parametrize("kind", list(Kind)[:4])
def test_every_kind_of_receipt_has_its_word(kind: Kind) -> None:
    words = {Kind.SALE: "Приход", Kind.REFUND: "Возврат прихода", Kind.PURCHASE: "Расход"}

    assert slip_of(sale(kind=kind), document(kind=kind)).kind == words.get(kind, "Возврат расхода")


def test_till_work_has_its_own_sheet() -> None:
    report = ShiftReport(FN, 7, "0000000007", NOON, Work.CLOSE_SHIFT, "1", 3)
    closed = slip_of(TillWork("POS-001", Work.CLOSE_SHIFT), report)
    put_in = slip_of(TillWork("POS-001", Work.CASH_IN, 500), CashSlip(FN, Work.CASH_IN, 500, 2))

    assert (closed.title, closed.total, dict(closed.facts)["ФД"]) == ("Отчёт о закрытии смены", "", "7")
    assert (put_in.title, put_in.total, put_in.facts) == (
        "Внесение наличных",
        "5,00",
        [("ФН", FN), ("№ в смене", "2")],
    )


def test_of_an_unknown_one_both_sides_are_shown() -> None:
    slip = unknown_slip(sale(10_050), answers.found([document(8, 10_050), document(9, 700)]))

    assert (slip.total, slip.positions[0].name, slip.facts, slip.qr) == ("100,50", "Оправа", [], "")
    assert [dict(each)["ФД"] for each in slip.found] == ["8", "9"]
    assert dict(slip.found[1])["Сумма"] == "7,00"
    assert slip.found[0][0] == ("Документ", "Кассовый чек")
    assert "Неизвестно" in slip.notice
    assert unknown_slip(sale(), None).found == []


def test_of_one_that_is_cleaned_up_its_document_is_shown_and_none_of_what_was_never_printed() -> None:
    slip = gone_slip(answers.printed("R", document(5, 12_345)))

    assert slip is not None
    assert (slip.total, slip.qr, slip.positions) == ("123,45", document(5, 12_345).qr, ())
    assert ("ФП", "0000039595") in slip.facts
    assert gone_slip(answers.error("KKT_REFUSED", "no", "R")) is None


@pytest.mark.parametrize(
    ("kopecks", "said"), [(0, "0,00"), (7, "0,07"), (123_456_789, "1\u00a0234\u00a0567,89"), (-5, "−0,05")]
)
def test_money_is_written_as_russians_write_it(kopecks: int, said: str) -> None:
    assert money(kopecks) == said
