"""Receipts that say as much as they can, for the tests of fiscal data."""

from datetime import date
from decimal import Decimal

from protocols.item import (
    Agent,
    AgentKind,
    Item,
    Marking,
    Measure,
    Supplier,
    Vat,
)
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
PERSON_INN = "500100732259"
CODE = "0104601653030264217x!Ab2\x1d91EE05\x1d92c2lnbmF0dXJl"

BANK_AGENT = Agent(
    AgentKind.BANK_PAYING_AGENT,
    operation="Приём платежа",
    phones=("+74950000001",),
    transfer_phones=("+74950000002", "+74950000003"),
    transfer_name="Банк",
    transfer_address="Москва",
    transfer_inn=INN,
)
FULL_ITEM = Item(
    "Сыр",
    Decimal("1.5"),
    10_000,
    Vat.V10,
    measure=Measure.KILOGRAM,
    agent=BANK_AGENT,
    supplier=Supplier(INN, "ООО Сыры", ("+74950000004",)),
    excise_kopecks=100,
    country="643",
    declaration="10702030/100126/0000001",
    requisite="партия 7",
)
MARKED_ITEM = Item("Туфли", Decimal(1), 500_000, Vat.V22, marking=Marking(CODE))


def receipt(*items: Item, kind: Kind = Kind.SALE, **given: object) -> Receipt:
    """Paid in full by card."""
    total = sum(item.total_kopecks for item in items)
    return Receipt("POS-001", kind, items, (Payment(Method.CARD, total),), **given)  # type: ignore[arg-type]


FULL = receipt(
    FULL_ITEM,
    customer_email="buyer@example.ru",
    cashier=Cashier("Иванова И. И.", PERSON_INN),
    taxation=Taxation.PSN,
    buyer=Buyer("ООО Ромашка", INN),
    requisite=Requisite("Заказ", "17"),
    note="1234567890",
    place="https://shop.example.ru",
    internet=True,
)
CORRECTION = receipt(
    FULL_ITEM, kind=Kind.CORRECTION, correction=Correction(date(2026, 2, 28), True, "12-3", Kind.REFUND)
)
