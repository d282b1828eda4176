"""The product cache: what was found, and what a refresh brought."""

from typing import Literal

from pydantic import Field

from protocols.api_answers.base import Answer, Moment, Roubles
from protocols.item import Vat


class ProductFound(Answer):
    """As an item of a receipt takes it."""

    sku: str
    name: str
    price: Roubles
    vat: Vat
    barcode: str | None
    stock: float | None = Field(description="How many the head office has, as it said last.")
    marked: bool = Field(description="It carries a marking code (Честный знак), which a receipt must name.")
    changed_at: Moment
    sold_at: Moment | None


class ProductsFound(Answer):
    """The best, best first."""

    products: list[ProductFound]
    total: int = Field(description="How many there are in all; `limit` of them are told.")
    refreshed_at: Moment | None = Field(description="Null until the first refresh.")
    age_s: float | None = Field(description="Seconds since then.")
    stale: bool = Field(description="Older than `catalog.stale_after`: prices may have changed.")


class CacheRefreshed(Answer):
    status: Literal["done"]
    full: bool = Field(description="All products were told anew; false: what changed since the last time.")
    changed: int
    gone: int
    products: int = Field(description="How many are kept now.")
    refreshed_at: Moment


class CacheRefreshing(Answer):
    status: Literal["running"]


class CatalogHealth(Answer):
    """The product cache; all but `status` is missing while nobody can say."""

    status: str = Field(examples=["fresh", "stale", "empty", "unknown"])
    products: int | None = None
    refreshed_at: Moment | None = None
    running: bool | None = None
    last_error: str | None = None
