"""A correction in the register's words: the basis as tags, the sums by payment and rate."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.item import Item, Vat
from protocols.receipt import Correction, Kind, Method, Payment, Receipt
from protocols.shtrih.corrections import SLOTS, TAXES, NotSayable, basis, form
from protocols.shtrih.receipts import FormCorrectionV2

OF_DAY = date(1970, 1, 2)


def correction(sold: dict[Vat, int], card: int = 0) -> Receipt:
    """One thing for this sum at each rate; the rest is paid with more cash than it costs."""
    items = tuple(Item("Товар", Decimal(1), kopecks, vat) for vat, kopecks in sold.items())
    payments = (Payment(Method.CARD, card), Payment(Method.CASH, sum(sold.values())))
    return Receipt("POS-001", Kind.CORRECTION, items, payments, correction=Correction(OF_DAY))


def formed(receipt: Receipt) -> FormCorrectionV2:
    return form(receipt, Correction(OF_DAY), password=30, taxation=1)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("7", "9604 0D00  9A04 0400 80510100  9B04 0100 37"),
        (None, "9604 0F00  9A04 0400 80510100  9B04 0300 A12FAD"),  # б/н
        ("9" * 40, "9604 2C00  9A04 0400 80510100  9B04 2000" + "39" * 32),
    ],
)
def test_the_basis_is_the_day_at_midnight_and_the_number_of_the_order(number: str | None, expected: str) -> None:
    assert basis(Correction(OF_DAY, ordered=True, number=number)) == bytes.fromhex(expected)


def test_each_rate_has_its_field_and_change_is_no_payment() -> None:
    rates = {Vat.V22: 12200, Vat.V10: 11000, Vat.V0: 300, Vat.NONE: 400, Vat.C20: 12000, Vat.C10: 1100}

    command = formed(correction(rates, card=5000))

    assert (command.total, command.cash, command.electronic) == (37000, 32000, 5000)
    assert (command.vat20, command.vat10, command.turnover_vat0, command.turnover_no_vat) == (2200, 1000, 300, 400)
    assert (command.vat20_120, command.vat10_110) == (2000, 100)


@given(st.sampled_from(sorted(TAXES)), st.integers(1, 10**9))
def test_the_tax_is_its_share_of_the_sum_to_the_nearest_kopeck_half_up(vat: Vat, kopecks: int) -> None:
    tax = getattr(formed(correction({vat: kopecks})), SLOTS[vat])

    rate = int("".join(c for c in vat.split("/")[0] if c.isdigit()))
    twice = 2 * kopecks * rate  # of which the tax is the (2 × (100 + rate))th part
    assert (2 * tax - 1) * (100 + rate) <= twice < (2 * tax + 1) * (100 + rate)


@pytest.mark.parametrize("vat", sorted(set(Vat) - set(SLOTS)))
def test_a_rate_without_a_field_cannot_be_said(vat: Vat) -> None:
    with pytest.raises(NotSayable, match=vat):
        formed(correction({Vat.V10: 100, vat: 100}))


@pytest.mark.parametrize("rates", [(Vat.V20, Vat.V22), (Vat.C22, Vat.C20)])
def test_two_rates_that_share_a_field_cannot_be_said_together(rates: tuple[Vat, Vat]) -> None:
    with pytest.raises(NotSayable):
        formed(correction(dict.fromkeys(rates, 100)))
