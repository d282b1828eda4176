"""A correction in the words of FFD 1.05: the sums by payment and rate."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocols.item import Item, Vat
from protocols.receipt import Correction, Kind, Method, Payment, Receipt
from protocols.shtrih.corrections import SLOTS, TAXED, NotSayable, form
from protocols.shtrih.receipts import FormCorrectionV2

OF_DAY = date(1970, 1, 2)


def correction(sold: dict[Vat, int], card: int = 0) -> Receipt:
    """One thing for this sum at each rate; the rest is paid with more cash than it costs."""
    items = tuple(Item("Товар", Decimal(1), kopecks, vat) for vat, kopecks in sold.items())
    payments = (Payment(Method.CARD, card), Payment(Method.CASH, sum(sold.values())))
    return Receipt("POS-001", Kind.CORRECTION, items, payments, correction=Correction(OF_DAY))


def formed(receipt: Receipt) -> FormCorrectionV2:
    return form(receipt, password=30, taxation=1)


def test_each_rate_has_its_field_and_change_is_no_payment() -> None:
    rates = {Vat.V22: 12200, Vat.V10: 11000, Vat.V0: 300, Vat.NONE: 400, Vat.C20: 12000, Vat.C10: 1100}

    command = formed(correction(rates, card=5000))

    assert (command.total, command.cash, command.electronic) == (37000, 32000, 5000)
    assert (command.vat20, command.vat10, command.turnover_vat0, command.turnover_no_vat) == (2200, 1000, 300, 400)
    assert (command.vat20_120, command.vat10_110) == (2000, 100)


def test_each_way_of_paying_has_its_field() -> None:
    ways = {Method.CARD: 1, Method.ACQUIRING: 2, Method.PREPAID: 4, Method.CREDIT: 8, Method.OTHER: 16, Method.CASH: 99}
    payments = tuple(Payment(method, amount) for method, amount in ways.items())

    command = formed(replace(correction({Vat.NONE: 100}), payments=payments))

    assert (command.cash, command.electronic, command.prepaid, command.credit, command.in_kind) == (69, 3, 4, 8, 16)


@pytest.mark.parametrize(("of", "sign"), [(Kind.SALE, 1), (Kind.PURCHASE, 3)])
def test_sales_and_purchases_are_corrected(of: Kind, sign: int) -> None:
    command = formed(replace(correction({Vat.NONE: 100}), correction=Correction(OF_DAY, ordered=True, of=of)))

    assert (command.kind, command.ordered) == (sign, 1)


@pytest.mark.parametrize("of", [Kind.REFUND, Kind.PURCHASE_REFUND])
def test_returns_have_no_correction(of: Kind) -> None:
    with pytest.raises(NotSayable, match="возврат"):
        formed(replace(correction({Vat.NONE: 100}), correction=Correction(OF_DAY, of=of)))


@given(st.sampled_from(sorted(TAXED)), st.integers(1, 10**9))
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
