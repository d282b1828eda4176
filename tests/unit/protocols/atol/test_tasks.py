"""Receipts and till work as the driver's JSON tasks, down to the last field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from protocols.atol.positions import NotSayable
from protocols.atol.tasks import Till, cash_task, receipt_task, shift_task, x_report_task
from protocols.atol.words import AGENTS, PAYMENTS, RATES, STATUSES, TAXATIONS, TERMS, UNITS
from protocols.item import Agent, AgentKind, Item, Marking, Measure, Subject, Supplier, Terms, Vat
from protocols.jsontext import dumps, loads
from protocols.receipt import (
    Buyer,
    Cashier,
    Correction,
    Kind,
    Method,
    Payment,
    Receipt,
    Requisite,
    Taxation,
)
from protocols.till import TillWork, Work
from tests.samples import sale

TILL = Till(Cashier("Иванова А. А.", "500100732259"), Taxation.OSN)
OPERATOR = {"name": "Иванова А. А.", "vatin": "500100732259"}


def sent(receipt: Receipt, ffd: str = "1.2", till: Till = TILL) -> Any:
    """As the server reads it."""
    return loads(dumps(receipt_task(receipt, till, ffd)))


def of(item: Item, kind: Kind = Kind.SALE, ffd: str = "1.2") -> Any:
    """The position that the item becomes."""
    paid = (Payment(Method.CARD, item.total_kopecks),)
    return sent(Receipt("POS-001", kind, (item,), paid), ffd)["items"][0]


def correction(ffd: str, of_kind: Kind = Kind.SALE, **how: Any) -> Any:
    items = (Item("Оправа", Decimal(1), 12_200, Vat.V22), Item("Футляр", Decimal(2), 5_000, Vat.NONE))
    payments = (Payment(Method.CASH, 20_000), Payment(Method.CARD, 5_000))
    why = Correction(date(2026, 2, 27), of=of_kind, **how)
    return sent(Receipt("POS-001", Kind.CORRECTION, items, payments, correction=why), ffd)


def test_plain_sale_has_the_golden_shape() -> None:
    assert sent(sale(10_050), "1.05") == {
        "type": "sell",
        "taxationType": "osn",
        "operator": OPERATOR,
        "items": [
            {
                "type": "position",
                "name": "Оправа",
                "price": Decimal("100.50"),
                "quantity": 1,
                "amount": Decimal("100.50"),
                "tax": {"type": "vat22"},
                "paymentMethod": "fullPayment",
                "paymentObject": 1,
            }
        ],
        "payments": [{"type": 0, "sum": Decimal("100.50")}],
        "total": Decimal("100.50"),
    }


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (Kind.SALE, "sell"),
        (Kind.REFUND, "sellReturn"),
        (Kind.PURCHASE, "buy"),
        (Kind.PURCHASE_REFUND, "buyReturn"),
    ],
)
def test_each_kind_has_its_word_and_its_correction(kind: Kind, word: str) -> None:
    assert sent(sale(kind=kind))["type"] == word
    assert correction("1.2", kind)["type"] == f"{word}Correction"


def test_correction_under_1_05_goes_by_sums() -> None:
    assert correction("1.05") == {
        "type": "sellCorrection",
        "correctionType": "self",
        "correctionBaseDate": "2026.02.27",
        "correctionBaseNumber": "б/н",
        "taxationType": "osn",
        "operator": OPERATOR,
        "payments": [{"type": 0, "sum": Decimal(172)}, {"type": 1, "sum": Decimal(50)}],
        "taxes": [{"type": "vat22", "sum": Decimal(22)}, {"type": "none", "sum": Decimal(100)}],
        "total": Decimal(222),
    }


def test_correction_under_1_2_has_items_and_no_taxes() -> None:
    task = correction("1.2", ordered=True, number="12-3/45")

    assert (task["correctionType"], task["correctionBaseNumber"]) == ("instruction", "12-3/45")
    assert [item["amount"] for item in task["items"]] == [Decimal(122), Decimal(100)]
    assert task["payments"] == [{"type": 0, "sum": Decimal(172)}, {"type": 1, "sum": Decimal(50)}]
    assert "taxes" not in task


@pytest.mark.parametrize("kind", [Kind.REFUND, Kind.PURCHASE_REFUND])
def test_correction_of_a_refund_is_unknown_to_1_05(kind: Kind) -> None:
    with pytest.raises(NotSayable):
        correction("1.05", kind)


def test_all_that_a_receipt_may_carry_is_told() -> None:
    receipt = Receipt(
        "POS-001",
        Kind.SALE,
        (Item("Линзы", Decimal("1.500"), 10_000, Vat.V10, terms=Terms.PREPAYMENT, subject=Subject.SERVICE),),
        (
            Payment(Method.CARD, 4_000),
            Payment(Method.ACQUIRING, 1_000),
            Payment(Method.PREPAID, 3_000),
            Payment(Method.CREDIT, 2_000),
            Payment(Method.OTHER, 1_000),
            Payment(Method.CASH, 5_000),
        ),
        customer_email="a@b.ru",
        cashier=Cashier("Петров"),
        taxation=Taxation.PSN,
        buyer=Buyer("ООО «Ромашка»", "7702203276"),
        requisite=Requisite("Заказ", "77"),
        note="1234567890",
        place="shop.example",
        internet=True,
        paperless=True,
        header=("Добро пожаловать",),
        footer=("Спасибо", "Ждём"),
    )

    assert sent(receipt) == {
        "type": "sell",
        "taxationType": "patent",
        "electronically": True,
        "internet": True,
        "paymentsPlace": "shop.example",
        "operator": {"name": "Петров"},
        "clientInfo": {"name": "ООО «Ромашка»", "vatin": "7702203276", "emailOrPhone": "a@b.ru"},
        "items": [
            {
                "type": "position",
                "name": "Линзы",
                "price": Decimal(100),
                "quantity": Decimal("1.5"),
                "amount": Decimal(150),
                "tax": {"type": "vat10"},
                "paymentMethod": "prepayment",
                "paymentObject": 4,
                "measurementUnit": "piece",
            },
            {"type": "additionalAttribute", "value": "1234567890", "print": True},
            {"type": "userAttribute", "name": "Заказ", "value": "77", "print": True},
        ],
        "payments": [
            {"type": 0, "sum": Decimal(50)},
            {"type": 1, "sum": Decimal(50)},
            {"type": 2, "sum": Decimal(30)},
            {"type": 3, "sum": Decimal(20)},
            {"type": 4, "sum": Decimal(10)},
        ],
        "total": Decimal(150),
        "preItems": [{"type": "text", "text": "Добро пожаловать", "wrap": "words"}],
        "postItems": [
            {"type": "text", "text": "Спасибо", "wrap": "words"},
            {"type": "text", "text": "Ждём", "wrap": "words"},
        ],
    }


def test_all_that_an_item_may_carry_is_told() -> None:
    item = Item(
        "Вино",
        Decimal(1),
        50_000,
        Vat.V20,
        subject=Subject.EXCISE,
        agent=Agent(
            AgentKind.BANK_PAYING_AGENT,
            operation="Оплата",
            phones=("+79161112233",),
            acceptor_phones=("+79163331122",),
            transfer_phones=("+79162223311",),
            transfer_name="Оператор",
            transfer_address="Улица, 1",
            transfer_inn="7702203276",
        ),
        supplier=Supplier("500100732259", "ИП Сидоров", ("+79175555555",)),
        excise_kopecks=1_050,
        country="643",
        declaration="10714040/140917/0090376",
        requisite="ID:1",
        department=3,
    )

    position = of(item)

    assert position["agentInfo"] == {
        "agents": ["bankPayingAgent"],
        "payingAgent": {"operation": "Оплата", "phones": ["+79161112233"]},
        "receivePaymentsOperator": {"phones": ["+79163331122"]},
        "moneyTransferOperator": {
            "phones": ["+79162223311"],
            "name": "Оператор",
            "address": "Улица, 1",
            "vatin": "7702203276",
        },
    }
    assert position["supplierInfo"] == {"phones": ["+79175555555"], "name": "ИП Сидоров", "vatin": "500100732259"}
    assert (position["exciseSum"], position["countryCode"], position["department"]) == (Decimal("10.5"), "643", 3)
    assert (position["customsDeclaration"], position["additionalAttribute"]) == ("10714040/140917/0090376", "ID:1")
    assert position["paymentObject"] == 2


def test_agent_without_particulars_names_only_its_kind() -> None:
    item = Item("Билет", Decimal(1), 100, Vat.NONE, agent=Agent(AgentKind.ATTORNEY), supplier=Supplier("7702203276"))

    assert of(item)["agentInfo"] == {"agents": ["attorney"]}
    assert of(item)["supplierInfo"] == {"vatin": "7702203276"}


def test_uneven_discount_makes_two_positions_that_add_up() -> None:
    item = Item("Салфетки", Decimal(3), 3_400, Vat.V22, discount_kopecks=200)
    task = sent(Receipt("POS-001", Kind.SALE, (item,), (Payment(Method.CASH, 10_000),)))

    assert [(each["price"], each["quantity"]) for each in task["items"]] == [
        (Decimal("33.34"), 1),
        (Decimal("33.33"), 2),
    ]
    assert sum(each["amount"] for each in task["items"]) == task["total"] == 100


@pytest.mark.parametrize(
    ("ffd", "measure", "unit"),
    [
        ("1.2", Measure.PIECE, "piece"),
        ("1.2", Measure.KILOGRAM, "kilogram"),
        ("1.05", Measure.KILOGRAM, "кг"),
        ("1.05", Measure.PIECE, None),
        ("unknown", Measure.OTHER, None),
    ],
)
def test_unit_is_a_word_of_1_2_and_free_text_before(ffd: str, measure: Measure, unit: str | None) -> None:
    assert of(Item("Чай", Decimal("0.5"), 1_000, Vat.V10, measure=measure), ffd=ffd).get("measurementUnit") == unit


@pytest.mark.parametrize(
    ("kind", "marking", "measure", "status"),
    [
        (Kind.SALE, Marking("c"), Measure.PIECE, "itemPieceSold"),
        (Kind.REFUND, Marking("c"), Measure.PIECE, "itemPieceReturn"),
        (Kind.SALE, Marking("c", fraction=(1, 3)), Measure.PIECE, "itemDryForSale"),
        (Kind.SALE, Marking("c"), Measure.LITER, "itemDryForSale"),
        (Kind.PURCHASE_REFUND, Marking("c"), Measure.GRAM, "itemDryReturn"),
        (Kind.SALE, Marking("c", status=255), Measure.PIECE, "itemStatusUnchanged"),
    ],
)
def test_planned_status_of_marked_goods_follows_the_receipt(
    kind: Kind, marking: Marking, measure: Measure, status: str
) -> None:
    item = Item("Духи", Decimal(1), 100, Vat.V22, marking=marking, measure=measure)

    assert of(item, kind)["imcParams"]["itemEstimatedStatus"] == status


def test_marking_code_goes_in_base64_with_its_separators() -> None:
    marking = Marking("0104\x1d91EE06", fraction=(1, 3))
    item = Item("Духи", Decimal(1), 100, Vat.V22, marking=marking)

    assert of(item)["imcParams"] == {
        "imcType": "auto",
        "imc": "MDEwNB05MUVFMDY=",
        "itemEstimatedStatus": "itemDryForSale",
        "imcModeProcessing": 0,
        "itemFractionalAmount": "1/3",
    }
    assert of(item)["paymentObject"] == 33
    assert of(item, ffd="1.05")["markingCode"] == {"type": "other", "mark": "MDEwNB05MUVFMDY="}
    assert of(item, ffd="1.05")["paymentObject"] == 1


def test_planned_status_that_the_driver_does_not_know_is_refused() -> None:
    with pytest.raises(NotSayable, match="2003"):
        of(Item("Духи", Decimal(1), 100, Vat.V22, marking=Marking("c", status=9)))


def test_till_work_has_the_golden_shape() -> None:
    nobody = Till(None, Taxation.OSN)

    assert shift_task(Work.OPEN_SHIFT, TILL) == {"type": "openShift", "operator": OPERATOR}
    assert shift_task(Work.CLOSE_SHIFT, nobody) == {"type": "closeShift"}
    assert x_report_task(nobody) == {"type": "reportX"}
    assert (
        dumps(cash_task(TillWork("POS-001", Work.CASH_OUT, 10_005), nobody)) == b'{"type":"cashOut","cashSum":100.05}'
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [(RATES, Vat), (PAYMENTS, Method), (TERMS, Terms), (AGENTS, AgentKind), (UNITS, Measure), (TAXATIONS, Taxation)],
    ids=["rates", "payments", "terms", "agents", "units", "taxations"],
)
def test_every_word_of_ours_has_one_of_theirs(table: dict[Any, Any], words: Any) -> None:
    assert set(table) == set(words)


def test_statuses_are_those_of_tag_2003() -> None:
    assert set(STATUSES) == {1, 2, 3, 4, 255}
