"""Receipts that every register must print, or refuse in plain words: all that the port lets a receipt carry."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from protocols.item import Agent, AgentKind, Item, Marking, Measure, Subject, Supplier, Terms, Vat
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

POS_ID = "POS-001"
OF_DAY = date(2026, 10, 31)
CASHIER = Cashier("Иванова Мария", "770012345606")
FIRM_INN = "7700000009"  # of nobody, with a right check digit; so is the cashier's
PHONE, OTHER_PHONE = "+79161234567", "+78002000600"
ONE = Decimal(1)
MARK = "0104603934000793215s8QfcGS3pRb\x1d91EE06\x1d92" + "A" * 44
"""Of nobody's goods: item number, serial, key and check code behind group separators, as scanned."""


def item(kopecks: int = 12_200, quantity: Decimal = ONE, vat: Vat = Vat.V22, **more: Any) -> Item:
    return Item(more.pop("name", "Оправа"), quantity, kopecks, vat, **more)


def receipt(*items: Item, kind: Kind = Kind.SALE, payments: tuple[Payment, ...] = (), **more: Any) -> Receipt:
    """Paid in cash, exactly, unless told."""
    items = items or (item(),)
    total = sum(each.total_kopecks for each in items)
    return Receipt(POS_ID, kind, items, payments or (Payment(Method.CASH, total),), **more)


def correction(of: Kind = Kind.SALE, *, number: str | None = None, vat: Vat = Vat.V22) -> Receipt:
    """By order of the tax office where `number` is given, else of one's own accord; partly by card, with change."""
    why = Correction(OF_DAY, ordered=number is not None, number=number, of=of)
    payments = Payment(Method.CARD, 1_000), Payment(Method.CASH, 12_000)
    return receipt(item(11_000, vat=vat), kind=Kind.CORRECTION, payments=payments, correction=why)


SALE = receipt()


def kinds() -> Iterator[tuple[str, Receipt]]:
    for kind in (Kind.SALE, Kind.REFUND, Kind.PURCHASE, Kind.PURCHASE_REFUND):
        yield kind, receipt(kind=kind)


def corrections() -> Iterator[tuple[str, Receipt]]:
    for kind in (Kind.SALE, Kind.REFUND, Kind.PURCHASE, Kind.PURCHASE_REFUND):
        yield f"correction of {kind}", correction(kind)
        yield f"ordered correction of {kind}", correction(kind, number="12-34/5")
    for vat in Vat:
        yield f"correction at {vat}", correction(vat=vat)


def rates() -> Iterator[tuple[str, Receipt]]:
    for vat in Vat:
        yield vat, receipt(item(9_999, Decimal(3), vat))
    yield "every rate in one", receipt(*(item(10_000 + place, vat=vat) for place, vat in enumerate(Vat)))


def payments() -> Iterator[tuple[str, Receipt]]:
    for method in Method:
        yield f"by {method}", receipt(payments=(Payment(method, 12_200),))
    yield "cash with change", receipt(payments=(Payment(Method.CASH, 20_000),))
    mixed = Payment(Method.CARD, 10_000), Payment(Method.CASH, 5_000)
    yield "card and cash with change", receipt(payments=mixed)
    yield "every method with change", receipt(payments=tuple(Payment(method, 2_100) for method in Method))
    twice = Payment(Method.CARD, 2_200), Payment(Method.CARD, 4_000), Payment(Method.ACQUIRING, 6_000)
    yield "two cards", receipt(payments=twice)


def amounts() -> Iterator[tuple[str, Receipt]]:
    yield "a kopeck", receipt(item(1))
    yield "the dearest", receipt(item(9_999_999_999))
    for quantity in ("0.001", "1.5", "0.333", "1.000001", "99999"):
        yield f"{quantity} of it", receipt(item(1_999, Decimal(quantity)))
    yield "half a kopeck goes up", receipt(item(1_01, Decimal("0.5")))
    yield "a discount", receipt(item(10_000, discount_kopecks=1_234))
    yield "an uneven discount on three", receipt(item(3_333, Decimal(3), discount_kopecks=1_000))
    yield "a discount on a weight", receipt(item(45_990, Decimal("1.59"), discount_kopecks=7_777))
    yield "a gift among others", receipt(item(), item(5_000, discount_kopecks=5_000))
    yield "a hundred lines", receipt(*(item(100 + place, name=f"Товар {place}") for place in range(100)))


def names() -> Iterator[tuple[str, Receipt]]:
    yield "128 letters", receipt(item(name="Ж" * 128))
    yield "signs", receipt(item(name='Очки "Лето" №5 <100%> \\ //'))
    yield "Latin", receipt(item(name="Ray-Ban RB3025 58/14"))


def items() -> Iterator[tuple[str, Receipt]]:
    for terms in Terms:
        subject = Subject.PAYMENT if terms in (Terms.ADVANCE, Terms.CREDIT_PAYMENT) else Subject.COMMODITY
        yield f"terms {terms.name}", receipt(item(terms=terms, subject=subject))
    for subject in (Subject.JOB, Subject.SERVICE, Subject.EXCISE, Subject.ANOTHER, Subject.PROPERTY_RIGHT):
        yield f"subject {subject.name}", receipt(item(subject=subject))
    for measure in (Measure.KILOGRAM, Measure.METER, Measure.LITER, Measure.OTHER):
        yield f"measure {measure.name}", receipt(item(quantity=Decimal("1.25"), measure=measure))
    yield "department", receipt(item(department=3))
    yield "excise", receipt(item(excise_kopecks=1_500))
    yield "imported", receipt(item(country="156", declaration="10702020/060520/0013422"))
    yield "requisite of an item", receipt(item(requisite="серия 7"))


def agents() -> Iterator[tuple[str, Receipt]]:
    supplier = Supplier(FIRM_INN, "ООО Поставщик", (PHONE,))
    bank = {
        "operation": "Перевод",
        "phones": (PHONE,),
        "transfer_phones": (OTHER_PHONE,),
        "transfer_name": "АО Оператор",
        "transfer_address": "Москва",
        "transfer_inn": FIRM_INN,
    }
    paying = {"phones": (PHONE,), "acceptor_phones": (OTHER_PHONE,)}
    needs: dict[AgentKind, dict[str, Any]] = {
        AgentKind.BANK_PAYING_AGENT: bank,
        AgentKind.BANK_PAYING_SUBAGENT: bank,
        AgentKind.PAYING_AGENT: paying,
        AgentKind.PAYING_SUBAGENT: paying,
    }
    for kind in AgentKind:
        yield f"agent {kind.name}", receipt(item(agent=Agent(kind, **needs.get(kind, {})), supplier=supplier))


def around() -> Iterator[tuple[str, Receipt]]:
    yield "e-mail", receipt(customer_email="buyer@example.ru")
    yield "phone", receipt(customer_phone=PHONE)
    yield "cashier", receipt(cashier=CASHIER)
    yield "buyer", receipt(buyer=Buyer("ООО Покупатель", FIRM_INN))
    yield "requisite", receipt(requisite=Requisite("Заказ", "12345"))
    yield "note", receipt(kind=Kind.REFUND, note="1234567890")
    yield "place", receipt(place="Москва, ул. Тверская, 1")
    yield "internet", receipt(customer_email="buyer@example.ru", internet=True, place="https://shop.example.ru")
    yield "taxation", receipt(taxation=Taxation.OSN)
    yield "paperless", receipt(customer_email="buyer@example.ru", paperless=True)
    yield "header and footer", receipt(header=("Добро пожаловать!", ""), footer=("Спасибо за покупку",))


def marked() -> Iterator[tuple[str, Receipt]]:
    subject = Subject.COMMODITY_WITH_MARKING
    yield "marked", receipt(item(marking=Marking(MARK), subject=subject))
    yield "marked, returned", receipt(item(marking=Marking(MARK), subject=subject), kind=Kind.REFUND)
    yield "a third of a marked pack", receipt(item(marking=Marking(MARK, fraction=(1, 3)), subject=subject))


GROUPS = {
    each.__name__: dict(each())
    for each in (kinds, corrections, rates, payments, amounts, names, items, agents, around, marked)
}
