"""However products change, between two pages too, and whatever breaks off: a good refresh ends with the truth."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count

import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import MockClock

from actors.catalog_refresh import gather
from drivers.emulators.odoo_products import Changed, Order, Products
from drivers.odoo_catalog import CatalogUnreachable, Page, Wanted
from protocols.catalog import Product, Snapshot, merged
from tests.fakes.catalog import FakeOdooCatalog
from tests.samples import NOON

SKUS = st.sampled_from(["FR-0001", "LN-0101", "SV-0704", "NEW-1", "NEW-2", "NEW-3"])
CHANGES = st.one_of(
    st.builds(
        lambda sku, price: Order([Changed(sku, name="Монокль", price_kopecks=price)]), SKUS, st.integers(0, 10**6)
    ),
    st.builds(lambda sku: Order(gone=[sku]), SKUS),
    st.just(Order(forget=True)),
    st.none(),  # the call fails
    st.just(Order()),
)


def clock() -> Callable[[], datetime]:
    """No two changes at the same time."""
    ticks = count()
    return lambda: NOON + timedelta(seconds=next(ticks))


class Restless(FakeOdooCatalog):
    """Something happens before each page, as long as `changes` go on."""

    def __init__(self, changes: Iterator[Order | None], limit: int) -> None:
        super().__init__(clock(), limit)
        self.changes = changes

    async def page(self, wanted: Wanted) -> Page:
        change = next(self.changes, Order())
        if change is None:
            raise CatalogUnreachable("cut")
        self.products.change(change)
        return await super().page(wanted)


async def refreshed(odoo: FakeOdooCatalog, known: Snapshot | None, keep: int) -> Snapshot | None:
    """As CatalogActor does it."""
    try:
        listing = await gather(odoo.page, None if known is None else known.cursor, keep)
    except CatalogUnreachable:
        return known
    before = () if listing.full or known is None else known.products
    return Snapshot(merged(before, listing.changes, keep), listing.cursor, keep, NOON)


async def settled(changes: list[Order | None], limit: int, keep: int, refreshes: int) -> tuple[Products, Snapshot]:
    """The head office and the cache once nothing happens any more."""
    odoo, known = Restless(iter(changes), limit), None
    for _ in range(refreshes):
        known = await refreshed(odoo, known, keep)
    odoo.changes = iter(())
    known = await refreshed(odoo, known, keep)
    assert known is not None
    return odoo.products, known


def truth(products: Products) -> dict[str, tuple[str, int]]:
    return {goods.sku: (goods.name, goods.price_kopecks) for goods in products.listed()}


def cached(products: tuple[Product, ...]) -> dict[str, tuple[str, int]]:
    return {product.sku: (product.name, product.price_kopecks) for product in products}


@given(changes=st.lists(CHANGES, max_size=30), limit=st.integers(1, 50), refreshes=st.integers(0, 8))
def test_where_all_are_kept_the_cache_is_what_the_head_office_sells(
    changes: list[Order | None], limit: int, refreshes: int
) -> None:
    office, known = trio.run(settled, changes, limit, 100, refreshes, clock=MockClock(autojump_threshold=0))

    assert cached(known.products) == truth(office)


@given(changes=st.lists(CHANGES, max_size=30), keep=st.integers(1, 20), refreshes=st.integers(0, 8))
def test_where_some_are_kept_each_of_them_is_sold_at_that_price(
    changes: list[Order | None], keep: int, refreshes: int
) -> None:
    office, known = trio.run(settled, changes, 5, keep, refreshes, clock=MockClock(autojump_threshold=0))

    assert len(known.products) <= keep
    assert cached(known.products).items() <= truth(office).items()


@given(prices=st.lists(st.integers(0, 10**6), min_size=1, max_size=10), keep=st.integers(1, 20))
def test_what_changed_last_is_among_those_that_are_kept(prices: list[int], keep: int) -> None:
    changes: list[Order | None] = [Order([Changed("FR-0001", price_kopecks=price)]) for price in prices]
    _, known = trio.run(settled, changes, 5, keep, 3, clock=MockClock(autojump_threshold=0))

    assert known.products[0].sku == "FR-0001"
