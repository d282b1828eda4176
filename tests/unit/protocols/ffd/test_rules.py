"""What the formats forbid is found, and named with its rule and tag; what they allow is let through."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from protocols.ffd.inn import is_inn
from protocols.ffd.rules import RULES, check, check_dates
from protocols.item import Agent, AgentKind, Item, Marking, Measure, Supplier, Terms, Vat
from protocols.receipt import Buyer, Cashier, Correction, Kind, Receipt, Requisite
from tests.unit.protocols.ffd.receipts import BANK_AGENT, CODE, CORRECTION, FULL, FULL_ITEM, INN, MARKED_ITEM, receipt

FORMATS = ["1.05", "1.1", "1.2", None]
BREAD = Item("Хлеб", Decimal(2), 5_000, Vat.V10)
SUPPLIER = Supplier(INN)
DAY = date(2026, 2, 28)
THREE_ARE_TWO_LINES = replace(BREAD, terms=Terms.CREDIT_PAYMENT, quantity=Decimal(3), discount_kopecks=1)


def agent(kind: AgentKind, **given: object) -> Item:
    return replace(BREAD, agent=Agent(kind, **given), supplier=SUPPLIER)  # type: ignore[arg-type]


BROKEN: list[tuple[str, set[int], Receipt]] = [
    ("V07", {1214}, receipt(replace(BREAD, terms=Terms.CREDIT_PAYMENT), BREAD)),
    ("V07", {1214}, receipt(THREE_ARE_TWO_LINES)),
    ("V11", {1023}, receipt(replace(MARKED_ITEM, quantity=Decimal(2)))),
    ("V11", {1291}, receipt(replace(MARKED_ITEM, marking=Marking(CODE, fraction=(3, 3))))),
    ("V11", {1291}, receipt(replace(MARKED_ITEM, marking=Marking(CODE, fraction=(0, 3))))),
    ("V13", {1030}, receipt(replace(BREAD, name="Рис 米"))),
    ("V13", {1030}, receipt(replace(BREAD, name="я" * 129))),
    ("V13", {1030}, receipt(replace(BREAD, name="две\nстроки"))),
    ("V13", {1191}, receipt(replace(BREAD, requisite="я" * 65))),
    ("V13", {1085}, receipt(BREAD, requisite=Requisite("таб\tуляция", "1"))),
    ("V13", {1192}, receipt(BREAD, note="я" * 17)),
    ("V13", {1005}, receipt(replace(FULL_ITEM, agent=replace(BANK_AGENT, transfer_address="я" * 257)))),
    ("V13", {1223}, receipt(replace(FULL_ITEM, agent=replace(BANK_AGENT, transfer_phones=("+74950000000",) * 30)))),
    (
        "V13",
        {1059},
        receipt(
            replace(
                FULL_ITEM,
                name="я" * 128,
                agent=replace(BANK_AGENT, transfer_address="я" * 256, transfer_phones=("+74950000000",) * 5),
                supplier=Supplier(INN, "я" * 256, ("+74950000000",) * 14),
            )
        ),
    ),
    ("V14", {1008}, receipt(BREAD, customer_email="покупатель")),
    ("V14", {1008}, receipt(BREAD, customer_phone="+7 916 123 45 67")),
    ("V15", {1008, 1187}, receipt(BREAD, internet=True)),
    ("V15", {1187}, receipt(BREAD, internet=True, customer_email="a@b.ru")),
    ("V16", {1226}, receipt(replace(BREAD, agent=Agent(AgentKind.ATTORNEY)))),
    ("V16", {1044, 1073, 1075, 1026, 1005, 1016}, receipt(agent(AgentKind.BANK_PAYING_SUBAGENT))),
    ("V16", {1074}, receipt(agent(AgentKind.PAYING_AGENT, phones=("+74950000001",)))),
    ("V21", {1203}, receipt(BREAD, cashier=Cashier("Иванова", "500100732258"))),
    ("V21", {1228}, receipt(BREAD, buyer=Buyer(inn="7702203275"))),
    ("V21", {1226}, receipt(replace(BREAD, supplier=Supplier("123")))),
    ("V21", {1016}, receipt(replace(FULL_ITEM, agent=replace(BANK_AGENT, transfer_inn="7702203275")))),
    ("V25", {1179}, replace(CORRECTION, correction=Correction(date(2026, 2, 28), ordered=True))),
]


@pytest.mark.parametrize(("rule", "tags", "broken"), BROKEN)
@pytest.mark.parametrize("ffd", ["1.2", None])
def test_a_broken_rule_is_named_with_its_tags(rule: str, tags: set[int], broken: Receipt, ffd: str | None) -> None:
    breaches = check(broken, ffd)

    assert {breach.rule for breach in breaches} == {rule}
    assert {breach.tag for breach in breaches} == tags
    assert all(f"(тег {breach.tag})" in breach.text for breach in breaches)


def test_every_rule_is_broken_by_some_receipt_here() -> None:
    assert {rule.name for rule in RULES} == {rule for rule, _tags, _broken in BROKEN} | {"V26"}


ALLOWED = {
    "a plain thing": receipt(BREAD),
    "all that may be said": FULL,
    "a marked piece": receipt(MARKED_ITEM),
    "a third of a marked package": receipt(replace(MARKED_ITEM, marking=Marking(CODE, fraction=(1, 3)))),
    "marked goods by weight": receipt(replace(MARKED_ITEM, quantity=Decimal("1.5"), measure=Measure.KILOGRAM)),
    "a credit paid back": receipt(replace(BREAD, terms=Terms.CREDIT_PAYMENT)),
    "typographic signs": receipt(replace(BREAD, name="Сыр «Российский» — 1 шт.")),
    "a paying agent": receipt(
        agent(AgentKind.PAYING_AGENT, phones=("+74950000001",), acceptor_phones=("+74950000002",))
    ),
    "an attorney": receipt(agent(AgentKind.ATTORNEY)),
    "a phone without a plus": receipt(BREAD, customer_phone="89161234567"),
    "a purchase": receipt(BREAD, kind=Kind.PURCHASE),
}


@pytest.mark.parametrize("ffd", FORMATS)
@pytest.mark.parametrize("said", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_allowed_breaks_nothing(said: Receipt, ffd: str | None) -> None:
    assert check(said, ffd) == []


@pytest.mark.parametrize("of", [Kind.REFUND, Kind.PURCHASE_REFUND])
def test_only_1_05_knows_no_corrections_of_returns(of: Kind) -> None:
    correction = replace(CORRECTION, correction=Correction(date(2026, 2, 28), of=of))

    assert [(breach.rule, breach.tag) for breach in check(correction, "1.05")] == [("V26", 1054)]
    assert check(correction, "1.1") == check(correction, "1.2") == check(correction, None) == []


@pytest.mark.parametrize("inn", ["7702203276", "7704358518", "500100732259"])
def test_a_real_inn_is_one(inn: str) -> None:
    assert is_inn(inn)


@pytest.mark.parametrize("inn", ["7702203276", "500100732259"])
def test_a_mistyped_digit_of_an_inn_is_noticed(inn: str) -> None:
    typed = {inn[:at] + digit + inn[at + 1 :] for at in range(len(inn)) for digit in "0123456789"}

    assert {text for text in typed if is_inn(text)} == {inn}


@pytest.mark.parametrize("text", ["", "770220327", "77022032766", "77022032٧6", "770220327x"])
def test_what_has_not_the_shape_of_an_inn_is_none(text: str) -> None:
    assert not is_inn(text)


def test_a_correction_of_a_day_to_come_names_its_tag() -> None:
    tomorrow = replace(CORRECTION, correction=Correction(DAY + timedelta(days=1)))

    (breach,) = check_dates(tomorrow, DAY)

    assert (breach.rule, breach.tag) == ("V25", 1178)
    assert "ещё не настало" in breach.text


@pytest.mark.parametrize("days", [0, 1])
def test_a_correction_of_a_day_that_has_come_is_right(days: int) -> None:
    assert check_dates(replace(CORRECTION, correction=Correction(DAY)), DAY + timedelta(days=days)) == []
