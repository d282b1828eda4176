"""The shop's products as the head office last told them, and how a till finds one among them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from protocols.item import Vat
from protocols.receipt import MAX_KOPECKS

MOST = 5000  # products: to sort so many anew takes the gateway's only thread for 20 ms, a search for 4 ms
WORD = re.compile(r"[^\W_]+")
ANOTHER = 9  # no rank: what does not match at all

Aware = Annotated[datetime, Meta(tz=True)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Pieces = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]


class Product(Struct, frozen=True):
    """`stock` in whole pieces, None where nobody counts them; below nought where more was sold than was there.

    `marked`: it is sold with a marking code of its own. The name is as long as its fiscal tag takes (1030).
    """

    sku: Code
    name: Annotated[str, Meta(min_length=1, max_length=128)]
    price_kopecks: Annotated[int, Meta(ge=0, le=MAX_KOPECKS)]
    vat: Vat
    changed_at: Aware
    barcode: Code | None = None
    stock: Pieces | None = None
    marked: bool = False
    sold_at: Aware | None = None

    @property
    def touched_at(self) -> datetime:
        """When it was sold or changed last."""
        return self.changed_at if self.sold_at is None else max(self.changed_at, self.sold_at)


class Snapshot(Struct, frozen=True):
    """All that is kept. `cursor` is the head office's own: what changed since is told behind it. `keep`: how many
    products were asked for."""

    products: tuple[Product, ...]
    cursor: str
    keep: int
    refreshed_at: Aware


def merged(known: Iterable[Product], changes: Mapping[str, Product | None], keep: int) -> tuple[Product, ...]:
    """`changes` by SKU, None for one that is gone. Of the rest the `keep` that were sold or changed last."""
    latest: dict[str, Product | None] = {product.sku: product for product in known}
    latest.update(changes)
    left = [product for product in latest.values() if product is not None]
    return tuple(sorted(left, key=lambda product: product.touched_at, reverse=True)[:keep])


def normal(text: str) -> str:
    """As it is compared: neither case nor ё tells two words apart, nor how a letter is composed."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")


class Catalog:
    """Finds products. Made anew for each snapshot: a till that looks sees one or the other whole."""

    def __init__(self, products: Iterable[Product] = ()) -> None:
        self.by_sku = {product.sku: product for product in products}
        entries = [_Entry(product) for product in self.by_sku.values()]
        self._entries = sorted(entries, key=lambda entry: (entry.text, entry.product.sku))

    def __len__(self) -> int:
        return len(self.by_sku)

    def search(self, query: str) -> list[Product]:
        """Those whose SKU or barcode begins with `query`, or in whose name some word begins with each word of it.

        An exact code first, then names that begin with the query, then codes, then other names; among equals by name.
        All of them where the query is empty.
        """
        code = normal(query).strip()
        if not code:
            return [entry.product for entry in self._entries]
        words = [f" {word}" for word in WORD.findall(code)]
        whole = "".join(words)
        found = [(entry.rank(code, whole, words), entry.product) for entry in self._entries]
        return [product for rank, product in sorted(found, key=lambda pair: pair[0]) if rank < ANOTHER]


class _Entry:
    """One product as it is looked for. `text`: the words of its name, a blank before each."""

    __slots__ = ("barcode", "product", "sku", "text")

    def __init__(self, product: Product) -> None:
        self.product = product
        self.sku, self.barcode = normal(product.sku), normal(product.barcode or "")
        self.text = "".join(f" {word}" for word in WORD.findall(normal(product.name)))

    def rank(self, code: str, whole: str, words: list[str]) -> int:
        """How well it matches, 0 best."""
        if code in (self.sku, self.barcode):
            return 0
        if words and self.text.startswith(whole):
            return 1
        if self.sku.startswith(code) or self.barcode.startswith(code):
            return 2
        return 3 if words and all(word in self.text for word in words) else ANOTHER
