"""Everything that a POS may say of a receipt, and what each of it means."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from protocols.api import BadRequest, parse_receipt
from protocols.item import Agent, AgentKind, Item, Marking, Measure, Subject, Supplier, Terms, Vat
from protocols.order import fingerprint
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

INN = "7702203276"
CODE = "0104601653030264217x!Ab2\x1d91EE05\x1d92c2lnbmF0dXJl"


def body(item: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """One thing for a hundred roubles in cash."""
    thing = {"name": "Оправа", "qty": 1, "price": 100, "vat": "22%"} | (item or {})
    paid = {"method": "cash", "amount": 100}
    return {"pos_id": "POS-001", "type": "sale", "items": [thing], "payments": [paid]} | fields


def refusal_of(data: Any) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        parse_receipt(data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (body(), "1:92e6c977082873fe2d34fd2f07c96acf62281eb52c4f679f4fdc3e927c1f1b9c"),
        (
            {
                "pos_id": "POS-002",
                "type": "refund",
                "items": [
                    {
                        "name": "Линза «А»",
                        "qty": "2.5",
                        "price": "10.10",
                        "vat": "no_vat",
                        "discount": "0.05",
                        "sku": "1",
                    }
                ],
                "payments": [{"method": "card", "amount": 5}, {"method": "cash", "amount": "20.20"}],
                "customer": {"email": "a@b.ru", "phone": "89161234567"},
            },
            "1:3b23403d7c2f02177104e0bd55ec80f690ee083ceaad64609f3e38f223c35838",
        ),
        (
            body(type="correction", correction={"date": "2026-02-28", "ordered": True, "number": "12-3"}),
            "1:d491c4cef9bb2bf6d9d4b1fdfaaecd8af24bd149f4efaaf19e5098f010ba02cd",
        ),
    ],
)
def test_a_request_as_of_old_has_the_fingerprint_of_old(data: dict[str, Any], known: str) -> None:
    # the figures were taken before requests could say more; another one turns honest repeats into refusals
    assert fingerprint(parse_receipt(data)) == known


def test_everything_that_an_item_may_say() -> None:
    said = {
        "qty": "0.5",
        "price": 200,
        "vat": "22/122",
        "payment_method": "advance",
        "payment_object": "service",
        "measure": "kilogram",
        "agent": {
            "kind": "bank_paying_agent",
            "operation": "Приём платежа",
            "phones": ["+74950000001"],
            "acceptor_phones": ["+74950000002"],
            "transfer_phones": ["+74950000003"],
            "transfer_name": "Банк",
            "transfer_address": "Москва",
            "transfer_inn": INN,
        },
        "supplier": {"inn": INN, "name": "ООО Сыры", "phones": ["+74950000004"]},
        "mark": {"code": CODE, "status": 2, "fraction": "1/3"},
        "excise": "1.50",
        "country": "643",
        "customs_declaration": "10702030/100126/0000001",
        "additional": "партия 7",
        "department": 3,
    }

    assert parse_receipt(body(said)).items == (
        Item(
            "Оправа",
            Decimal("0.5"),
            20_000,
            Vat.C22,
            terms=Terms.ADVANCE,
            subject=Subject.SERVICE,
            measure=Measure.KILOGRAM,
            agent=Agent(
                AgentKind.BANK_PAYING_AGENT,
                "Приём платежа",
                ("+74950000001",),
                ("+74950000002",),
                ("+74950000003",),
                "Банк",
                "Москва",
                INN,
            ),
            supplier=Supplier(INN, "ООО Сыры", ("+74950000004",)),
            marking=Marking(CODE, 2, (1, 3)),
            excise_kopecks=150,
            country="643",
            declaration="10702030/100126/0000001",
            requisite="партия 7",
            department=3,
        ),
    )


def test_everything_that_a_receipt_may_say() -> None:
    said = body(
        type="purchase_refund",
        customer={"email": "a@b.ru"},
        cashier={"name": "Иванова И. И.", "inn": "500100732259"},
        taxation="usn_income",
        buyer={"name": "ООО Ромашка", "inn": INN},
        requisite={"name": "Заказ", "value": "17"},
        note="1234567890",
        place="https://shop.example.ru",
        internet=True,
        paperless=True,
        header=["Добро пожаловать"],
        footer=["", "Спасибо за покупку"],
    )

    assert parse_receipt(said) == Receipt(
        "POS-001",
        Kind.PURCHASE_REFUND,
        (Item("Оправа", Decimal(1), 10_000, Vat.V22),),
        (Payment(Method.CASH, 10_000),),
        "a@b.ru",
        cashier=Cashier("Иванова И. И.", "500100732259"),
        taxation=Taxation.USN_INCOME,
        buyer=Buyer("ООО Ромашка", INN),
        requisite=Requisite("Заказ", "17"),
        note="1234567890",
        place="https://shop.example.ru",
        internet=True,
        paperless=True,
        header=("Добро пожаловать",),
        footer=("", "Спасибо за покупку"),
    )


@pytest.mark.parametrize("kind", [Kind.SALE, Kind.REFUND, Kind.PURCHASE, Kind.PURCHASE_REFUND])
def test_a_correction_says_what_it_corrects(kind: Kind) -> None:
    receipt = parse_receipt(body(type="correction", correction={"date": "2026-02-28", "of": kind.value}))

    assert receipt.correction == Correction(date(2026, 2, 28), of=kind)


@pytest.mark.parametrize("method", ["prepaid", "credit", "other"])
def test_what_is_no_cash_may_not_exceed_the_total(method: str) -> None:
    paid = parse_receipt(body(payments=[{"method": method, "amount": 100}]))

    assert paid.payments == (Payment(Method(method), 10_000),)
    assert refusal_of(body(payments=[{"method": method, "amount": "100.01"}])).code == "CASHLESS_ABOVE_TOTAL"


@pytest.mark.parametrize(
    ("field", "by_number", "by_name"),
    [
        ("payment_method", 7, "credit_payment"),
        ("payment_object", 33, "commodity_with_marking"),
        ("measure", 255, "other"),
    ],
)
def test_a_value_of_a_list_goes_by_number_or_by_name(field: str, by_number: int, by_name: str) -> None:
    assert parse_receipt(body({field: by_number})) == parse_receipt(body({field: by_name}))


def test_a_marking_code_alone_is_what_was_scanned() -> None:
    assert parse_receipt(body({"mark_code": CODE})).items[0].marking == Marking(CODE)


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("items[0].payment_method", body({"payment_method": 8})),
        ("items[0].payment_method", body({"payment_method": "Advance"})),
        ("items[0].payment_method", body({"payment_method": True})),
        ("items[0].payment_method", body({"payment_method": Decimal(4)})),
        ("items[0].payment_method", body({"payment_method": None})),
        ("items[0].payment_object", body({"payment_object": 28})),
        ("items[0].payment_object", body({"payment_object": []})),
        ("items[0].measure", body({"measure": "stone"})),
        ("items[0].agent.kind", body({"agent": {"kind": 3}})),
        ("items[0].agent.kind", body({"agent": {}})),
        ("items[0].agent.phones[0]", body({"agent": {"kind": 64, "phones": ["84950000001"]}})),
        ("items[0].agent.phones", body({"agent": {"kind": 64, "phones": ["+74950000001"] * 5}})),
        ("items[0].supplier.inn", body({"supplier": {"name": "ООО"}})),
        ("items[0].supplier.inn", body({"supplier": {"inn": "77022032760"}})),
        ("items[0]", body({"mark_code": CODE, "mark": {"code": CODE}})),
        ("items[0].mark.fraction", body({"mark": {"code": CODE, "fraction": "0/3"}})),
        ("items[0].mark.fraction", body({"mark": {"code": CODE, "fraction": "1/3/5"}})),
        ("items[0].mark.status", body({"mark": {"code": CODE, "status": True}})),
        ("items[0].mark_code", body({"mark_code": "x" * 257})),
        ("items[0].excise", body({"excise": "0.001"})),
        ("items[0].country", body({"country": "RU"})),
        ("items[0].customs_declaration", body({"customs_declaration": "x" * 33})),
        ("items[0].additional", body({"additional": "x" * 65})),
        ("items[0].department", body({"department": 17})),
        ("items[0].department", body({"department": True})),
        ("cashier.name", body(cashier={"inn": "500100732259"})),
        ("cashier.inn", body(cashier={"name": "Иванова", "inn": "12"})),
        ("taxation", body(taxation=3)),
        ("taxation", body(taxation="usn")),
        ("buyer", body(buyer={})),
        ("requisite.value", body(requisite={"name": "Заказ"})),
        ("note", body(note="x" * 17)),
        ("place", body(place="x" * 257)),
        ("internet", body(internet=1)),
        ("paperless", body(paperless="yes")),
        ("header", body(header=["*"] * 21)),
        ("header[0]", body(header=["\x1b@"])),
        ("footer[1]", body(footer=["", "*" * 101])),
        ("correction", body(type="correction", correction={"date": "2026-02-28", "of": "correction"})),
    ],
)
def test_a_wrong_field_is_named(field: str, data: dict[str, Any]) -> None:
    refusal = refusal_of(data)

    assert refusal.code == "VALIDATION_ERROR"
    assert [entry["field"] for entry in refusal.details] == [field]  # type: ignore[attr-defined]


def test_what_no_format_allows_is_refused_with_rule_and_tag() -> None:
    refusal = refusal_of(body({"agent": {"kind": "attorney"}}, cashier={"name": "Иванова", "inn": "500100732258"}))

    assert refusal.code == "FFD_RULE"
    assert [(entry["rule"], entry["tag"]) for entry in refusal.details] == [  # type: ignore[attr-defined]
        ("V16", 1226),
        ("V21", 1203),
    ]
    assert "ИНН поставщика" in refusal.message
    assert "ИНН кассира" in refusal.message


def test_what_only_some_formats_forbid_is_left_to_the_registers_driver() -> None:
    data = body(type="correction", correction={"date": "2026-02-28", "of": "refund"})  # FFD 1.05 has no such correction

    assert parse_receipt(data).correction is not None
