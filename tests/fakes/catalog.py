"""A head office that lists the emulated one's products, and a disk that keeps them; in virtual time."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import msgspec
import trio

from drivers.catalog_file import CatalogDamaged, CatalogNotSaved
from drivers.clock import Now
from drivers.emulators.odoo_products import Order, Products
from drivers.odoo_catalog import CatalogRefused, CatalogUnreachable, Page, Wanted
from protocols.catalog import Snapshot


@dataclass(eq=False)
class FakeOdooCatalog:
    """`asked`: pages, with the time. `takes`: seconds for each. `pages_left`: after so many pages it is down."""

    now: Now
    limit: int = 10
    takes: float = 0.0
    down: bool = False
    garbage: bool = False
    pages_left: int | None = None
    asked: list[tuple[Wanted, float]] = field(default_factory=list)

    @cached_property
    def products(self) -> Products:
        return Products(self.now)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await trio.lowlevel.checkpoint()

    async def page(self, wanted: Wanted) -> Page:
        self.asked.append((wanted, trio.current_time()))
        await trio.sleep(self.takes)
        if self.pages_left is not None:
            self.down = self.down or self.pages_left == 0
            self.pages_left -= 1
        if self.down:
            raise CatalogUnreachable("no route")
        if self.garbage:
            raise CatalogRefused("malformed answer 200")
        return msgspec.convert(msgspec.to_builtins(self.products.page(wanted.cursor, self.limit, wanted.keep)), Page)

    def change(self, **order: object) -> None:
        """See `drivers.emulators.odoo_products.Order`."""
        self.products.change(msgspec.convert(order, Order))

    def lose(self, sku: str) -> None:
        """The product is not there any more, and no change tells of it."""
        del self.products._known[sku]


@dataclass(eq=False)
class FakeCatalogStore:
    """`damaged`: what is there cannot be read. `full`: nothing more is taken."""

    snapshot: Snapshot | None = None
    damaged: bool = False
    full: bool = False

    async def load(self) -> Snapshot | None:
        await trio.lowlevel.checkpoint()
        if self.damaged:
            raise CatalogDamaged("file is not a database")
        return self.snapshot

    async def save(self, snapshot: Snapshot) -> None:
        await trio.lowlevel.checkpoint()
        if self.full:
            raise CatalogNotSaved("database or disk is full")
        self.snapshot, self.damaged = snapshot, False
