"""What is asked of the product cache over HTTP, and how a product is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from pydantic import Field, StringConstraints

from protocols.api import BadRequest, validated
from protocols.api_fields import Body
from protocols.catalog import Product
from protocols.jsontext import roubles

MOST = 100  # products an answer


class RefreshBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`full`: all products anew, not just what changed."""

    full: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    query: str
    limit: int


class AskedBody(Body):
    q: Annotated[str, StringConstraints(max_length=128)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 20


def parse_asked(parameters: Mapping[str, str]) -> Asked:
    """Raises BadRequest, which names every parameter that is wrong or not known."""
    try:
        body = validated(AskedBody, dict(parameters))
    except BadRequest as error:
        raise BadRequest("INVALID_PARAMETER", error.message, error.details) from None
    return Asked(body.q, body.limit)


def described(product: Product) -> dict[str, Any]:
    """As a receipt's item takes it: the price in roubles, the rate of VAT by its name."""
    return {
        "sku": product.sku,
        "name": product.name,
        "price": roubles(product.price_kopecks),
        "vat": product.vat.value,
        "barcode": product.barcode,
        "stock": product.stock,
        "marked": product.marked,
        "changed_at": product.changed_at,
        "sold_at": product.sold_at,
    }
