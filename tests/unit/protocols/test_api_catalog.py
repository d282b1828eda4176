"""What may be asked of the product cache, and how a product is told."""

import pytest

from protocols.api import BadRequest
from protocols.api_catalog import Asked, RefreshBody, described, parse_asked
from protocols.catalog import Product
from protocols.item import Vat
from protocols.jsontext import dumps
from protocols.said import parsed
from tests.samples import NOON


def test_a_question_that_says_nothing_gets_the_first_twenty() -> None:
    assert parse_asked({}) == Asked("", 20)


def test_all_that_can_be_said_is_understood() -> None:
    assert parse_asked({"q": "оправа", "limit": "100"}) == Asked("оправа", 100)


@pytest.mark.parametrize(
    "wrong", [{"limit": "0"}, {"limit": "101"}, {"limit": "many"}, {"limit": ""}, {"q": "о" * 129}, {"name": "оправа"}]
)
def test_what_cannot_be_meant_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_asked(wrong)

    (field,) = wrong
    assert caught.value.code == "INVALID_PARAMETER"
    assert [each["field"] for each in caught.value.details] == [field]  # type: ignore[attr-defined]


def test_an_order_to_refresh_may_want_all_anew_and_nothing_else() -> None:
    assert parsed(RefreshBody, {}) == RefreshBody(full=False)
    assert parsed(RefreshBody, {"full": True}) == RefreshBody(full=True)
    with pytest.raises(BadRequest, match="force"):
        parsed(RefreshBody, {"force": True})


def test_a_product_is_told_as_a_receipt_takes_it() -> None:
    product = Product("FR-1", "Оправа", 899_050, Vat.NONE, NOON, barcode="4607100000015", stock=-1, marked=True)

    assert dumps(described(product)).decode() == (
        '{"sku":"FR-1","name":"Оправа","price":8990.50,"vat":"no_vat","barcode":"4607100000015","stock":-1,'
        '"marked":true,"changed_at":"2026-03-01T12:00:00Z","sold_at":null}'
    )
