"""CatalogActor: the shop's products, found at once whether or not the head office can be reached.

It owns the cache, in memory for tills and on disk for the next start. A refresh is made of reads only and changes
nothing until all of it is there; whatever the head office answers, or does not, what was known before is still known.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import inf
from random import Random
from typing import Any, NoReturn, assert_never

import structlog
import trio

from actors import status
from actors.catalog_refresh import Failed, Job, Listing, Refreshed, gather
from actors.mailbox import Address, Ask, next_message, turn
from drivers.catalog_file import CatalogDamaged, CatalogNotSaved, CatalogStore
from drivers.clock import Now
from drivers.errors import LinkError, NoCallNow
from drivers.links import Link
from drivers.odoo_catalog import CatalogRefused, OdooCatalog, Page, Wanted
from protocols.catalog import Catalog, Product, Snapshot, merged

log = structlog.get_logger()

WHOLE = 300.0  # seconds for all pages of a refresh
FIRST_RETRY = 60.0  # seconds after a failure, doubling up to the usual interval
EARLY = 0.1  # a part of every wait that chance takes away: the gateways of a chain do not ask as one


@dataclass(frozen=True)
class Policy:
    """A refresh every `interval` seconds (None: only when one is asked for), each page within `timeout`. What is older
    than `stale_after` is told to be stale."""

    keep: int = 1000
    interval: float | None = 3600.0
    timeout: float = 10.0
    stale_after: float = 7200.0


@dataclass(frozen=True)
class Age:
    """Of what is known; None where nothing is, which is stale as well."""

    refreshed_at: datetime | None
    seconds: float | None
    stale: bool


@dataclass(frozen=True)
class Found:
    """`products`: the best, best first; of `total`."""

    products: Sequence[Product]
    total: int
    age: Age


@dataclass(frozen=True)
class Running:
    """Another refresh is under way."""


@dataclass(frozen=True, eq=False)
class Search(Ask[Found]):
    query: str
    limit: int


@dataclass(frozen=True, eq=False)
class Refresh(Ask[Job | Running]):
    """Under a key that has been refreshed for already, that job."""

    key: str
    full: bool = False


Message = Search | Refresh


@dataclass(eq=False)
class CatalogActor:
    inbox: trio.MemoryReceiveChannel[Message]
    odoo: AbstractAsyncContextManager[OdooCatalog]
    link: Link
    store: CatalogStore
    status: Address[status.Message]
    policy: Policy
    random: Random
    now: Now
    _snapshot: Snapshot | None = field(default=None, init=False)
    _catalog: Catalog = field(default_factory=Catalog, init=False)
    _job: Job | None = field(default=None, init=False)  # the latest
    _wanted: trio.Event = field(default_factory=trio.Event, init=False)
    _due: float = field(default=inf, init=False)
    _failures: int = field(default=0, init=False)
    _last_error: str | None = field(default=None, init=False)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        await self._take_up()
        try:
            async with self.odoo as odoo, trio.open_nursery() as nursery:
                nursery.start_soon(self._keep_fresh, odoo)
                task_status.started()
                await self._serve()
                nursery.cancel_scope.cancel()
        finally:
            if self._job is not None:
                self._job.end(Failed("the refresh was broken off", FIRST_RETRY))

    async def _serve(self) -> None:
        """Until the mailbox is closed."""
        while True:
            self._announce()
            tell_at = trio.current_time() + status.PULSE
            try:
                while (message := await next_message(self.inbox, until=tell_at)) is not None:
                    with turn(message):
                        self._take(message)
            except trio.EndOfChannel:
                return

    def _take(self, message: Message) -> None:
        match message:
            case Search(query=query, limit=limit):
                found = self._catalog.search(query)
                message.answer(Found(found[:limit], len(found), self._age()))
            case Refresh():
                message.answer(self._begun(message))
            case _:
                assert_never(message)

    def _begun(self, asked: Refresh) -> Job | Running:
        job = self._job
        if job is not None and job.key == asked.key and not isinstance(job.outcome, Failed):
            return job
        if job is not None and job.running:
            return Running()
        self._job = Job(asked.key, asked.full)
        self._wanted.set()
        return self._job

    async def _take_up(self) -> None:
        """What an earlier run has left on disk."""
        try:
            snapshot = await self.store.load()
        except CatalogDamaged as error:
            log.warning("catalog_damaged", reason=str(error))
            self._last_error, snapshot = f"the file was damaged and is built anew: {error}", None
        if snapshot is not None:
            self._know(snapshot)
        self._wait(max(0.0, (self.policy.interval or 0.0) - self._lasted(snapshot)))

    def _lasted(self, snapshot: Snapshot | None) -> float:
        """For how many seconds it has been enough; a cache of another size than is wanted now is not."""
        age = self._age().seconds
        return inf if age is None or snapshot is None or snapshot.keep != self.policy.keep else age

    def _know(self, snapshot: Snapshot) -> None:
        self._snapshot, self._catalog = snapshot, Catalog(snapshot.products)

    def _wait(self, seconds: float) -> None:
        """Until the next refresh, if there is one without being asked for."""
        early = self.random.uniform(1 - EARLY, 1.0)
        self._due = inf if self.policy.interval is None else trio.current_time() + early * seconds

    async def _keep_fresh(self, odoo: OdooCatalog) -> NoReturn:
        while True:
            with trio.move_on_at(self._due):
                await self._wanted.wait()
            self._wanted = trio.Event()
            job = self._job if self._job is not None and self._job.running else Job()
            self._job = job
            self._announce()
            outcome = await self._refresh(odoo, job)
            job.end(outcome)
            self._note(outcome)
            self._announce()

    async def _refresh(self, odoo: OdooCatalog, job: Job) -> Refreshed | Failed:
        known = self._snapshot
        # a cursor of a smaller cache says nothing of what it had no room for
        cursor = None if job.full or known is None or known.keep != self.policy.keep else known.cursor
        try:
            listing = await gather(partial(self._page, odoo, trio.current_time() + WHOLE), cursor, self.policy.keep)
        except CatalogRefused as error:
            return Failed(str(error), self._pause(), refused=True)
        except NoCallNow as error:
            return Failed(str(error), max(self._pause(), error.retry_at - trio.current_time()))
        except LinkError as error:
            return Failed(str(error), self._pause())
        return await self._apply(known, listing)

    async def _page(self, odoo: OdooCatalog, deadline: float, wanted: Wanted) -> Page:
        work = partial(odoo.page, wanted)
        return await self.link.call(work, repeatable=True, within=self.policy.timeout, deadline=deadline)

    async def _apply(self, known: Snapshot | None, listing: Listing) -> Refreshed:
        before = () if listing.full or known is None else known.products
        products = merged(before, listing.changes, self.policy.keep)
        snapshot = Snapshot(products, listing.cursor, self.policy.keep, self.now())
        self._know(snapshot)
        self._last_error = None
        try:
            await self.store.save(snapshot)
        except CatalogNotSaved as error:  # it serves until the next start all the same
            log.warning("catalog_not_saved", reason=str(error))
            self._last_error = f"kept in memory only: {error}"
        changed = len(listing.changes) - listing.gone
        return Refreshed(listing.full, changed, listing.gone, len(products), snapshot.refreshed_at)

    def _pause(self) -> float:
        """After one more failure."""
        return min(FIRST_RETRY * 2.0 ** min(self._failures, 16), self.policy.interval or FIRST_RETRY)

    def _note(self, outcome: Refreshed | Failed) -> None:
        match outcome:
            case Refreshed(full=full, changed=changed, gone=gone, products=products):
                log.info("catalog_refreshed", full=full, changed=changed, gone=gone, products=products)
                self._failures = 0
                self._wait(self.policy.interval or 0.0)
            case Failed(reason=reason, retry_after=seconds):
                if not self._failures:
                    log.warning("catalog_not_refreshed", reason=reason)
                self._failures += 1
                self._last_error = reason
                self._wait(seconds)

    def _age(self) -> Age:
        if self._snapshot is None:
            return Age(None, None, stale=True)
        seconds = (self.now() - self._snapshot.refreshed_at).total_seconds()
        # of a time that is yet to come nobody can say how old it is
        stale = abs(seconds) > self.policy.stale_after
        return Age(self._snapshot.refreshed_at, round(max(0.0, seconds), 1), stale)

    def _announce(self) -> None:
        age = self._age()
        state: dict[str, Any] = {
            "status": "empty" if age.refreshed_at is None else "stale" if age.stale else "fresh",
            "products": len(self._catalog),
            "refreshed_at": age.refreshed_at,
            "last_error": self._last_error,
            "running": self._job is not None and self._job.running,
        }
        status.announce(self.status, "catalog", state)
