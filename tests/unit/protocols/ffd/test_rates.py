"""VAT by rate, as the totals of a receipt have it."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.ffd.rates import CODES, tax_of, tax_tags, turnovers
from protocols.ffd.tlv import Tlv
from protocols.item import Item, Line, Vat


def test_every_rate_has_a_code_of_its_own() -> None:
    assert set(CODES) == set(Vat)
    assert len(set(CODES.values())) == len(Vat)


def test_each_rate_goes_to_its_tag_and_the_rates_without_one_go_together() -> None:
    sold = {
        Vat.V20: 120,
        Vat.V10: 110,
        Vat.V0: 100,
        Vat.NONE: 50,
        Vat.C20: 240,
        Vat.C10: 220,
        Vat.V22: 122,
        Vat.V5: 105,
        Vat.C7: 107,
    }

    assert tax_tags(sold) == (
        Tlv(1102, 20),
        Tlv(1103, 10),
        Tlv(1106, 40),
        Tlv(1107, 20),
        Tlv(1104, 100),
        Tlv(1105, 50),
        Tlv(
            1115,
            (
                Tlv(1119, (Tlv(1199, 11), Tlv(1120, 22))),
                Tlv(1119, (Tlv(1199, 7), Tlv(1120, 5))),
                Tlv(1119, (Tlv(1199, 10), Tlv(1120, 7))),
            ),
        ),
    )


def test_lines_of_one_rate_are_summed_before_the_tax_is_taken_out() -> None:
    line = Line(Item("Пакет", Decimal(1), 8, Vat.V20), Decimal(1), 8, 8)  # 1.33 kopecks of tax each

    sold = turnovers([line, line, line])

    assert sold == {Vat.V20: 24}
    assert tax_tags(sold) == (Tlv(1102, 4),)


@settings(deadline=None)  # a machine busy with other work is no failure
@given(st.integers(0, 10**10), st.sampled_from(Vat))
def test_a_tax_is_less_than_half_a_kopeck_from_the_exact_one(kopecks: int, vat: Vat) -> None:
    per_cent = 0 if vat is Vat.NONE else int(vat.removesuffix("%").partition("/")[0])
    exact = Decimal(kopecks) * per_cent / (100 + per_cent)

    assert abs(tax_of(kopecks, vat) - exact) <= Decimal("0.5")
