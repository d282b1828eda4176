"""One refresh of the products: what is asked for, what came of it, and the pages in between."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import trio

from drivers.odoo_catalog import CatalogRefused, Page, Wanted
from protocols.catalog import Product

PAGES = 100  # one list has no more of them; what is behind them nobody could keep


@dataclass(frozen=True)
class Refreshed:
    """`changed` and `gone`: how many the head office named. `full`: it told them all."""

    full: bool
    changed: int
    gone: int
    products: int
    refreshed_at: datetime


@dataclass(frozen=True)
class Failed:
    """All is as it was. `refused`: the head office answered, and it was no list of products; else it is out of reach.
    Asking again makes sense in `retry_after` seconds."""

    reason: str
    retry_after: float
    refused: bool = False


@dataclass(eq=False)
class Job:
    """A refresh, asked for under `key`, or by nobody. `full`: do not ask for changes only."""

    key: str | None = None
    full: bool = False
    outcome: Refreshed | Failed | None = None
    _over: trio.Event = field(default_factory=trio.Event)

    @property
    def running(self) -> bool:
        return self.outcome is None

    def end(self, outcome: Refreshed | Failed) -> None:
        """The first word counts."""
        self.outcome = self.outcome or outcome
        self._over.set()

    async def result(self, within: float) -> Refreshed | Failed | None:
        """None: it is still under way after so many seconds."""
        with trio.move_on_after(within):
            await self._over.wait()
        return self.outcome


@dataclass(frozen=True)
class Listing:
    """What the head office told. `changes` by SKU, None for a product that is gone; `full`: nothing else is sold."""

    changes: dict[str, Product | None]
    full: bool
    cursor: str

    @property
    def gone(self) -> int:
        return sum(product is None for product in self.changes.values())


async def gather(ask: Callable[[Wanted], Awaitable[Page]], cursor: str | None, keep: int) -> Listing:
    """All pages behind `cursor`; None: the list in full. Raises CatalogRefused, and what `ask` raises."""
    full, changes = False, dict[str, Product | None]()
    for _ in range(PAGES):
        page = await ask(Wanted(cursor, keep))
        if page.full:
            full, changes = True, {}
        elif cursor is None:
            raise CatalogRefused("the list in full was asked for and did not begin")
        changes |= dict.fromkeys(page.gone) | {product.sku: product for product in page.products}
        if not page.more:
            return Listing(changes, full, page.cursor)
        if page.cursor == cursor:
            raise CatalogRefused("the cursor of the next page is that of this one")
        cursor = page.cursor
    raise CatalogRefused(f"the list has over {PAGES} pages")
