"""Sums, printed lines and the canonical form of a receipt."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from protocols import order
from protocols.item import Item, Line, Vat, plain
from protocols.order import fingerprint
from protocols.receipt import MAX_KOPECKS, Kind, Method, Payment, Receipt
from tests.samples import sale

QUANTITIES = st.decimals("0.000001", "99999", places=6).map(plain)
NAMES = st.text('абЁ A1«"№€', min_size=1, max_size=20)


@st.composite
def items(draw: st.DrawFn) -> Item:
    item = Item(draw(NAMES), draw(QUANTITIES), draw(st.integers(0, 10_000_000)), draw(st.sampled_from(Vat)))
    discount = draw(st.integers(0, item.total_kopecks))
    return Item(item.name, item.quantity, item.price_kopecks, item.vat, discount, draw(st.none() | NAMES))


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    payments = st.builds(Payment, st.sampled_from(Method), st.integers(0, MAX_KOPECKS))
    return Receipt(
        draw(NAMES),
        draw(st.sampled_from(Kind)),
        tuple(draw(st.lists(items(), min_size=1, max_size=4))),
        tuple(draw(st.lists(payments, min_size=1, max_size=3))),
        draw(st.none() | NAMES),
        draw(st.none() | NAMES),
    )


def thing(quantity: str, price: int, discount: int = 0) -> Item:
    return Item("Линза", Decimal(quantity), price, Vat.V22, discount)


@given(items())
@example(thing("1.59", 20, 13))  # two pieces would be dearer, and there are only 1.59
@example(thing("3", 100, 1))
def test_printed_lines_sum_to_the_items_total(item: Item) -> None:
    assert sum(line.total_kopecks for line in item.lines()) == item.total_kopecks


@given(items())
@example(thing("1.59", 20, 13))
@example(thing("0.3", 100, 1))
def test_each_printed_line_is_within_a_kopeck_of_price_times_quantity(item: Item) -> None:
    for line in item.lines():
        assert abs(line.price_kopecks * line.quantity - line.total_kopecks) <= 1


@given(items())
def test_printed_lines_keep_the_quantity(item: Item) -> None:
    assert sum((line.quantity for line in item.lines()), Decimal(0)) == item.quantity


def test_a_discount_that_cannot_be_spread_evenly_makes_some_pieces_a_kopeck_dearer() -> None:
    lenses = thing("3", 100, 1)

    assert list(lenses.lines()) == [Line(lenses, Decimal(2), 100, 200), Line(lenses, Decimal(1), 99, 99)]


@pytest.mark.parametrize(("quantity", "kopecks"), [("0.5", 1), ("0.499", 0), ("1.5", 2), ("2.5", 3)])
def test_half_a_kopeck_is_rounded_up(quantity: str, kopecks: int) -> None:
    assert thing(quantity, 1).total_kopecks == kopecks


@given(receipts())
def test_a_receipt_comes_back_from_disk_as_it_was(receipt: Receipt) -> None:
    assert order.load(receipt.kind, order.dump(receipt)) == receipt


@pytest.mark.parametrize(
    "other",
    [
        sale(10_001),
        sale(pos_id="POS-002"),
        sale(kind=Kind.REFUND),
        structs.replace(sale(), customer_email="a@b.ru"),
        structs.replace(sale(), customer_phone="a@b.ru"),
        structs.replace(sale(), items=sale().items * 2),
        structs.replace(sale(), payments=(Payment(Method.CARD, 10_000),)),
        structs.replace(sale(), items=(structs.replace(sale().items[0], discount_kopecks=1),)),
        structs.replace(sale(), items=(structs.replace(sale().items[0], sku="1"),)),
    ],
)
def test_whatever_differs_shows_in_the_fingerprint(other: Receipt) -> None:
    assert fingerprint(other) != fingerprint(sale())


def test_a_fingerprint_stays_what_it_was_in_earlier_versions() -> None:
    # an upgrade that changes this turns honest repeats into IDEMPOTENCY_KEY_REUSED: raise HASH_VERSION then
    assert fingerprint(sale()) == "1:92e6c977082873fe2d34fd2f07c96acf62281eb52c4f679f4fdc3e927c1f1b9c"


def test_a_field_at_its_default_does_not_change_the_fingerprint() -> None:
    bare = sale()
    spelled = Receipt(bare.pos_id, bare.kind, bare.items, bare.payments, customer_email=None, customer_phone=None)

    assert fingerprint(spelled) == fingerprint(bare)


@given(st.decimals("0.000001", "99999", places=6), st.integers(0, 6))
def test_one_number_has_one_spelling(number: Decimal, zeros: int) -> None:
    other = number * Decimal(f"1.{'0' * zeros}")

    assert str(plain(other)) == str(plain(number))
    assert "E" not in str(plain(number))
