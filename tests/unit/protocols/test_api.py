"""What a POS may post, and what it hears of a body that cannot be taken."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.api import BadRequest, parse_decision, parse_receipt, parse_till_work
from protocols.item import Item, Vat
from protocols.jsontext import dumps, loads, roubles
from protocols.receipt import MAX_KOPECKS, Correction, Kind, Method, Payment, Receipt
from protocols.till import CASH, TillWork, Work

Change = Callable[[dict[str, Any]], Any]


def body() -> dict[str, Any]:
    return {
        "pos_id": "POS-001",
        "type": "sale",
        "items": [{"name": "Оправа", "qty": Decimal("1.5"), "price": Decimal("100.10"), "vat": "22%"}],
        "payments": [{"method": "cash", "amount": Decimal("150.15")}],
    }


def change(path: str, value: Any) -> Change:
    """Sets one field; "items.0.price" is a path."""

    def apply(tree: Any) -> None:
        *way, last = path.split(".")
        for part in way:
            tree = tree[int(part) if part.isdecimal() else part]
        tree[last] = value

    return apply


def drop(name: str) -> Change:
    return lambda tree: tree.pop(name)


def refusal_of(data: Any) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        parse_receipt(data)
    return caught.value


def test_a_body_means_this_receipt() -> None:
    item = Item("Оправа", Decimal("1.5"), 10_010, Vat.V22)

    assert parse_receipt(body()) == Receipt("POS-001", Kind.SALE, (item,), (Payment(Method.CASH, 15_015),))


def test_the_older_field_names_mean_the_same() -> None:
    other = body()
    other["items"] = [{"name": "Оправа", "quantity": "1.500", "price": "100.1", "vat_rate": 22}]
    other["payments"] = [{"type": "cash", "amount": "150.150"}]

    assert parse_receipt(other) == parse_receipt(body())


@pytest.mark.parametrize(
    ("value", "vat"),
    [
        (22, Vat.V22),
        (0, Vat.V0),
        (Decimal("20.0"), Vat.V20),
        (Decimal("1E+1"), Vat.V10),
        ("no_vat", Vat.NONE),
        ("20/120", Vat.C20),
    ],
)
def test_a_vat_rate_is_a_number_or_a_word(value: object, vat: Vat) -> None:
    data = body()
    change("items.0.vat", value)(data)

    assert parse_receipt(data).items[0].vat is vat


HUGE, TINY = Decimal("1E+9999999"), Decimal("1E-9999999")

BAD_FIELDS = [
    ("pos_id", drop("pos_id")),
    ("pos_id", change("pos_id", "  ")),
    ("pos_id", change("pos_id", "x" * 65)),
    ("pos_id", change("pos_id", 1)),
    ("type", change("type", "return")),
    ("items", drop("items")),
    ("items", change("items", [])),
    ("items", change("items", body()["items"] * 101)),
    ("items", change("items", {})),
    ("items[0]", change("items", ["Оправа"])),
    ("items[0].name", change("items.0.name", "")),
    ("items[0].name", change("items.0.name", "x" * 129)),
    ("items[0].qty", change("items.0.qty", 0)),
    ("items[0].qty", change("items.0.qty", -1)),
    ("items[0].qty", change("items.0.qty", True)),
    ("items[0].qty", change("items.0.qty", 100_000)),
    ("items[0].qty", change("items.0.qty", Decimal("0.0000001"))),
    ("items[0].qty", change("items.0.qty", HUGE)),
    ("items[0].qty", change("items.0.qty", TINY)),
    ("items[0].price", change("items.0.price", Decimal("0.001"))),
    ("items[0].price", change("items.0.price", Decimal("-0.01"))),
    ("items[0].price", change("items.0.price", False)),
    ("items[0].price", change("items.0.price", "NaN")),
    ("items[0].price", change("items.0.price", "Infinity")),
    ("items[0].price", change("items.0.price", HUGE)),
    ("items[0].price", change("items.0.price", 10**9)),
    ("items[0].price", change("items.0.price", None)),
    ("items[0].price", change("items.0.price", "сто")),
    ("items[0].vat", change("items.0.vat", 21)),
    ("items[0].vat", change("items.0.vat", True)),
    ("items[0].vat", change("items.0.vat", False)),
    ("items[0].vat", change("items.0.vat", HUGE)),
    ("items[0].vat", change("items.0.vat", TINY)),
    ("items[0].vat", change("items.0.vat", [])),
    ("items[0].discount", change("items.0.discount", -1)),
    ("items[0].mark_code", change("items.0.mark_code", "0104630034070029\t21")),
    ("items[0].mark_code", change("items.0.mark_code", "")),
    ("items[0].colour", change("items.0.colour", "red")),
    ("payments", change("payments", [])),
    ("payments", change("payments", body()["payments"] * 17)),
    ("payments[0].method", change("payments.0.method", "bitcoin")),
    ("payments[0].amount", change("payments.0.amount", Decimal("0.005"))),
    ("customer.email", change("customer", {"email": "nobody"})),
    ("customer.phone", change("customer", {"phone": "12"})),
    ("extra", change("extra", 1)),
]


@pytest.mark.parametrize(("field", "spoil"), BAD_FIELDS, ids=range(len(BAD_FIELDS)))
def test_a_wrong_field_is_named(field: str, spoil: Change) -> None:
    data = body()
    spoil(data)

    refusal = refusal_of(data)

    assert refusal.code == "VALIDATION_ERROR"
    assert isinstance(refusal.details, list)
    assert [entry["field"] for entry in refusal.details] == [field]


@pytest.mark.parametrize("data", [None, [], "receipt", 1, {"items": None}])
def test_what_is_no_receipt_at_all_is_refused(data: object) -> None:
    assert refusal_of(data).code == "VALIDATION_ERROR"


def test_of_thousands_of_wrong_fields_only_the_number_is_told() -> None:
    refusal = refusal_of(body() | {f"field{number}": 0 for number in range(5_000)})

    assert refusal.details == [{"field": "body", "problem": "5000 things are wrong with it"}]


@pytest.mark.parametrize("price", ["١٠٠", "1_00", "１００"])
def test_a_price_that_only_some_readers_can_read_is_refused(price: str) -> None:
    data = body()
    data["items"][0]["price"] = price

    assert "digits 0 to 9" in str(refusal_of(data))


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("DISCOUNT_ABOVE_PRICE", change("items.0.discount", Decimal("150.16"))),
        ("PAYMENTS_BELOW_TOTAL", change("payments.0.amount", Decimal("150.14"))),
        ("CASHLESS_ABOVE_TOTAL", change("payments", [{"method": "card", "amount": Decimal("150.16")}])),
        ("TOTAL_TOO_LARGE", change("items.0.price", Decimal(MAX_KOPECKS).scaleb(-2))),
    ],
)
def test_sums_that_do_not_fit_have_a_code_of_their_own(code: str, spoil: Change) -> None:
    data = body()
    spoil(data)

    assert refusal_of(data).code == code


def test_change_is_given_from_cash_only() -> None:
    data = body()
    data["payments"] = [{"method": "card", "amount": Decimal("150.15")}, {"method": "cash", "amount": 1}]

    assert parse_receipt(data).cash_kopecks == 100


@given(st.integers(0, MAX_KOPECKS))
def test_money_stays_exact_from_json_to_kopecks_and_back(kopecks: int) -> None:
    data = body()
    data["items"][0] |= {"qty": 1, "price": roubles(kopecks)}
    data["payments"][0]["amount"] = roubles(kopecks)

    receipt = parse_receipt(loads(dumps(data)))

    assert (receipt.total_kopecks, receipt.cash_kopecks) == (kopecks, kopecks)


def correction(**changes: Any) -> Any:
    return body() | {"type": "correction", "correction": {"date": "2026-02-28"} | changes}


def test_a_correction_says_which_days_sale_it_makes_good_and_on_whose_order() -> None:
    own, ordered = parse_receipt(correction()), parse_receipt(correction(ordered=True, number="12-3"))

    assert own.correction == Correction(date(2026, 2, 28))
    assert ordered.correction == Correction(date(2026, 2, 28), True, "12-3")


@pytest.mark.parametrize(
    "wrong",
    [
        body() | {"type": "correction"},
        body() | {"correction": {"date": "2026-02-28"}},
        correction(ordered=True),
        correction(date="yesterday"),
    ],
)
def test_a_correction_without_its_reason_and_a_reason_without_a_correction_are_refused(wrong: Any) -> None:
    assert refusal_of(wrong).code == "VALIDATION_ERROR"


@pytest.mark.parametrize("work", CASH)
def test_cash_is_an_amount_in_kopecks(work: Work) -> None:
    assert parse_till_work(work, {"pos_id": "P", "amount": Decimal("100.50")}) == TillWork("P", work, 10_050)


@pytest.mark.parametrize("amount", [0, -1, Decimal("0.001"), "1e30", None, True])
def test_cash_that_is_no_amount_is_refused(amount: object) -> None:
    with pytest.raises(BadRequest, match="amount"):
        parse_till_work(Work.CASH_IN, {"pos_id": "P", "amount": amount})


def test_a_shift_has_no_amount() -> None:
    assert parse_till_work(Work.OPEN_SHIFT, {"pos_id": "P"}) == TillWork("P", Work.OPEN_SHIFT)
    with pytest.raises(BadRequest, match="amount"):
        parse_till_work(Work.OPEN_SHIFT, {"pos_id": "P", "amount": 1})


@pytest.mark.parametrize("at", [0, 1764000000, "1764000000", "0.5", True, "2026-03-01T12:00:00"])
def test_the_time_on_a_paper_is_written_as_one_and_no_number(at: object) -> None:
    decision = {"decision": "printed", "who": "Петрова", "fd": 42, "fiscal_datetime": "2026-03-01T12:00:00+03:00"}
    assert parse_decision(decision).at == datetime(2026, 3, 1, 9, tzinfo=UTC)

    with pytest.raises(BadRequest, match="fiscal_datetime"):
        parse_decision(decision | {"fiscal_datetime": at})
