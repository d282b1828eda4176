"""The products of the emulated head office: every change has a number, and a cursor says up to which all were told.

A page is `{"products", "gone", "full", "cursor", "more"}`. `gone`: SKUs that are sold no more. `full`: there was no
cursor, or it is not known any more; with this page the list in full begins, of the `keep` products that changed last.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from msgspec import UNSET, Meta, UnsetType

from drivers.clock import Now
from drivers.emulators.control import Refused
from drivers.emulators.odoo_assortment import assortment

MOST = 20_000
"""So many products are known, those that are gone included; beyond it the oldest are forgotten."""

Text = Annotated[str, Meta(min_length=1, max_length=256)]
Kopecks = Annotated[int, Meta(ge=0)]


class Goods(msgspec.Struct, forbid_unknown_fields=True):
    """One product as listed."""

    sku: Text
    name: Text
    price_kopecks: Kopecks
    vat: str
    barcode: str | None
    stock: int | None
    marked: bool
    changed_at: datetime
    sold_at: datetime | None = None


class Changed(msgspec.Struct, forbid_unknown_fields=True):
    """What is new of a product; a new one needs a name and a price."""

    sku: Text
    name: Text | UnsetType = UNSET
    price_kopecks: Kopecks | UnsetType = UNSET
    vat: str | UnsetType = UNSET
    barcode: str | UnsetType | None = UNSET
    stock: int | UnsetType | None = UNSET
    marked: bool | UnsetType = UNSET
    sold_at: datetime | UnsetType | None = UNSET


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """`forget`: no cursor that was told so far is known any more."""

    products: list[Changed] = []
    gone: list[Text] = []
    forget: bool = False


class Products:
    """Kept in the order of their changes. None: gone."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[int, Goods | None]] = OrderedDict()
        self._changes = 0
        self._forget()
        self.change(Order([msgspec.convert(each, Changed) for each in assortment()]))

    def change(self, order: Order) -> None:
        """Raises msgspec.ValidationError, and then nothing has changed."""
        changed = [self._changed(each) for each in order.products]
        for goods in changed:
            self._put(goods.sku, goods)
        for sku in order.gone:
            self._put(sku, None)
        if order.forget:
            self._forget()

    def listed(self) -> list[Goods]:
        """All that are sold, those that changed last at the end."""
        return [goods for _, goods in self._known.values() if goods is not None]

    def page(self, cursor: str | None, limit: int, keep: int) -> dict[str, Any]:
        """The answer: what changed behind the cursor, oldest first. Where it is not known, the list in full begins."""
        after = self._read(cursor)
        full = after is None
        if after is None:
            after = self._before(keep)
        behind = [(number, sku, goods) for sku, (number, goods) in self._known.items() if number > after]
        page = behind[:limit]
        return {
            "products": [goods for _, _, goods in page if goods is not None],
            "gone": [sku for _, sku, goods in page if goods is None],
            "full": full,
            "cursor": f"{self._era}.{page[-1][0] if page else after}",
            "more": len(behind) > limit,
        }

    def _before(self, keep: int) -> int:
        """The number of the change before the `keep` products that changed last."""
        numbers = [number for number, goods in self._known.values() if goods is not None]
        return numbers[-keep] - 1 if len(numbers) > keep else 0

    def _changed(self, new: Changed) -> Goods:
        _, known = self._known.get(new.sku, (0, None))
        before = {"vat": "22%", "barcode": None, "stock": 0, "marked": False}
        if known is not None:
            before = msgspec.to_builtins(known)
        return msgspec.convert(before | msgspec.to_builtins(new) | {"changed_at": self._now()}, Goods)

    def _put(self, sku: str, goods: Goods | None) -> None:
        self._changes += 1
        self._known[sku] = (self._changes, goods)
        self._known.move_to_end(sku)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def _forget(self) -> None:
        self._era = uuid4().hex[:8]

    def _read(self, cursor: str | None) -> int | None:
        """The number in it; None for one that is not known."""
        era, _, number = (cursor or "").partition(".")
        return int(number) if era == self._era and number.isdecimal() else None


def wanted(arguments: Any) -> tuple[str | None, int, int]:
    """Cursor, limit and keep of a request's parameters. Raises Refused."""
    limit, keep = (arguments.get(name, default=default, type=int) for name, default in (("limit", 200), ("keep", 1000)))
    if not 1 <= limit <= 1000 or keep < 1:
        raise Refused(400, "INVALID_PARAMETER", "limit is 1 to 1000, keep at least 1.")
    return arguments.get("cursor"), limit, keep
