"""CatalogActor: refreshed by the hour and on demand, served whatever happens. The real link, virtual time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any, cast

import pytest
import structlog
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from actors import catalog, status
from actors.catalog import CatalogActor, Found, Policy, Running
from actors.catalog_refresh import PAGES, Failed, Job, Refreshed, gather
from actors.mailbox import Mailbox
from actors.status import StatusActor
from drivers.catalog_file import CatalogFile
from drivers.emulators.odoo_assortment import GOODS
from drivers.errors import CircuitOpen
from drivers.links import Gate, Link
from drivers.odoo_catalog import CatalogRefused, Page, Wanted
from protocols.breaker import Outcome, Permit
from protocols.catalog import Product
from protocols.item import Vat
from protocols.link_policy import Policy as LinkPolicy
from protocols.link_policy import RetryPolicy
from tests.fakes.catalog import FakeCatalogStore, FakeOdooCatalog
from tests.fakes.inline_store import in_place
from tests.fakes.shop import virtual_now
from tests.samples import NOON

HOUR = 3600.0
ALL = len(GOODS)


class Latest(Random):
    """Chance that takes nothing away: the times in these tests are those of the policy."""

    def uniform(self, a: float, b: float) -> float:
        return b


@dataclass
class OpenGate:
    """A breaker that is closed, or open until `shut_until`."""

    shut_until: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)

    async def acquire(self) -> Permit:
        await trio.lowlevel.checkpoint()
        if trio.current_time() < self.shut_until:
            raise CircuitOpen("it is open", self.shut_until)
        return Permit(0)

    def give_back(self, permit: Permit, outcome: Outcome, took: float) -> None:
        self.outcomes.append(outcome)


@dataclass
class Shop:
    """The cache with a head office and a disk that outlive it."""

    odoo: FakeOdooCatalog = field(default_factory=lambda: FakeOdooCatalog(virtual_now))
    store: Any = field(default_factory=FakeCatalogStore)
    policy: Policy = field(default_factory=Policy)
    gate: OpenGate = field(default_factory=OpenGate)
    link_policy: LinkPolicy = field(default_factory=lambda: LinkPolicy(retry=None))
    now: Callable[[], Any] = virtual_now
    status_box: Mailbox[status.Message] = field(default_factory=lambda: Mailbox("status"))

    async def open(self, nursery: trio.Nursery) -> None:
        self.box = Mailbox[catalog.Message]("catalog")
        self.link = Link("odoo", self.link_policy, cast(Gate, self.gate), Latest())
        self.actor = CatalogActor(
            self.box.inbox, self.odoo, self.link, self.store, self.status_box.address, self.policy, Latest(), self.now
        )
        self.scope = await nursery.start(self._live)

    async def _live(self, *, task_status: trio.TaskStatus[trio.CancelScope]) -> None:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                await nursery.start(self.actor.run)
                task_status.started(scope)

    async def reopen(self, nursery: trio.Nursery) -> None:
        """A kill and a start."""
        self.scope.cancel()
        await wait_all_tasks_blocked()
        await self.open(nursery)

    async def search(self, query: str = "", limit: int = 100) -> Found:
        return await self.box.address.ask(catalog.Search(query, limit), within=1)

    async def refresh(self, key: str = "a", *, full: bool = False) -> Refreshed | Failed | Running | None:
        begun = await self.box.address.ask(catalog.Refresh(key, full), within=1)
        return begun if isinstance(begun, Running) else await begun.result(within=1000)

    async def price(self, sku: str) -> int:
        (found,) = (await self.search(sku)).products
        return found.price_kopecks


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_it_learns_all_products_at_its_first_start_and_what_changed_every_hour(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    assert (await shop.search()).total == ALL
    shop.odoo.asked.clear()
    shop.odoo.change(products=[{"sku": "FR-0001", "price_kopecks": 777}], gone=["FR-0002"])

    await trio.sleep(HOUR)

    assert [at for _, at in shop.odoo.asked] == [HOUR]
    assert shop.odoo.asked[0][0].cursor is not None
    assert await shop.price("FR-0001") == 777
    assert (await shop.search("FR-0002")).products == []
    nursery.cancel_scope.cancel()


async def test_every_answer_says_how_old_it_is_and_from_when_on_that_is_stale(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    fresh = (await shop.search("оправа")).age
    shop.odoo.down = True
    await trio.sleep(2 * HOUR)
    stale = await shop.search("оправа")

    assert (fresh.refreshed_at, fresh.seconds, fresh.stale) == (NOON, 10.0, False)
    assert (stale.age.refreshed_at, stale.age.seconds, stale.age.stale) == (NOON, 2 * HOUR + 10, True)
    assert stale.total == 8
    nursery.cancel_scope.cancel()


async def test_nothing_is_known_before_odoo_was_ever_heard_and_that_is_stale(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.odoo.down = True
    await shop.open(nursery)
    await trio.sleep(10)

    found = await shop.search("оправа")

    assert (found.products, found.total, found.age) == ([], 0, catalog.Age(None, None, stale=True))
    nursery.cancel_scope.cancel()


async def test_a_restart_without_odoo_finds_what_was_known_and_asks_when_it_is_due(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(600)
    shop.odoo.asked.clear()
    shop.odoo.down = True

    await shop.reopen(nursery)
    found = await shop.search("оправа ray")
    await trio.sleep(HOUR)

    assert [each.sku for each in found.products] == ["FR-0001", "FR-0002"]
    assert found.age.seconds == 600
    assert shop.odoo.asked[0][1] == HOUR
    nursery.cancel_scope.cancel()


async def test_a_damaged_file_is_said_and_built_anew(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await nursery.start(StatusActor(shop.status_box.inbox).run)
    shop.store.damaged, shop.odoo.takes = True, 1.0
    with structlog.testing.capture_logs() as logs:
        await shop.open(nursery)
        await wait_all_tasks_blocked()
    said = await told(shop)
    await trio.sleep(10)

    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["catalog_damaged"]
    assert said["last_error"] == "the file was damaged and is built anew: file is not a database"
    assert (await told(shop))["last_error"] is None
    assert shop.store.snapshot is not None
    assert len(shop.store.snapshot.products) == ALL
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("damage", ["deleted", "garbage"])
async def test_a_file_that_is_lost_between_two_starts_is_there_again_after_the_second(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, tmp_path: Any, damage: str
) -> None:
    path = tmp_path / "catalog.db"
    shop.store = CatalogFile(path, in_place)
    await shop.open(nursery)
    await trio.sleep(10)
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"garbage")

    await shop.reopen(nursery)
    await trio.sleep(10)

    assert (await shop.search()).total == ALL
    kept = await CatalogFile(path, in_place).load()
    assert kept is not None
    assert len(kept.products) == ALL
    nursery.cancel_scope.cancel()


async def test_a_disk_that_takes_nothing_costs_the_memory_of_the_next_start_only(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await nursery.start(StatusActor(shop.status_box.inbox).run)
    shop.store.full = True
    await shop.open(nursery)
    await trio.sleep(10)

    assert (await shop.search()).total == ALL
    assert (await told(shop))["last_error"] == "kept in memory only: database or disk is full"
    nursery.cancel_scope.cancel()


async def test_a_list_that_breaks_off_in_the_middle_changes_nothing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    kept = shop.store.snapshot
    shop.odoo.change(products=[{"sku": row[0], "price_kopecks": 1} for row in GOODS])
    shop.odoo.pages_left = 2

    outcome = await shop.refresh()

    assert outcome == Failed("no route", 60.0)
    assert await shop.price("FR-0001") == 899_000
    assert shop.store.snapshot is kept
    nursery.cancel_scope.cancel()


async def test_garbage_changes_nothing_and_does_not_blame_the_link(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    shop.odoo.garbage = True

    outcome = await shop.refresh()

    assert outcome == Failed("malformed answer 200", 60.0, refused=True)
    assert shop.gate.outcomes[-1] is Outcome.SUCCESS
    assert (await shop.search()).total == ALL
    nursery.cancel_scope.cancel()


async def test_an_odoo_that_hangs_is_given_up_and_nobody_who_searches_waits_for_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.odoo.takes = 1e9
    await shop.open(nursery)
    await trio.sleep(5)
    begun = trio.current_time()
    await shop.search("оправа")
    searched = trio.current_time()
    await trio.sleep(6)

    assert searched == begun
    assert shop.gate.outcomes == [Outcome.FAILURE]
    assert shop.actor._last_error == "no answer within 10 s"
    nursery.cancel_scope.cancel()


async def test_after_a_failure_it_asks_again_soon_and_then_ever_later_up_to_its_interval(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.odoo.down = True
    await shop.open(nursery)

    await trio.sleep(3 * HOUR)

    times = [at for _, at in shop.odoo.asked]
    assert [after - before for before, after in pairwise(times)] == [60, 120, 240, 480, 960, 1920, HOUR]
    nursery.cancel_scope.cancel()


async def test_a_flapping_odoo_is_logged_when_it_goes_and_ends_with_the_newest(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    with structlog.testing.capture_logs() as logs:
        for number in range(1, 20):
            shop.odoo.down = number % 3 != 0
            shop.odoo.change(products=[{"sku": "FR-0001", "price_kopecks": number}])
            await trio.sleep(0.4 * HOUR)
        shop.odoo.down = False
        await trio.sleep(HOUR)

    events = [entry["event"] for entry in logs if entry["event"].startswith("catalog")]
    assert events.count("catalog_not_refreshed") > 3
    assert ("catalog_not_refreshed", "catalog_not_refreshed") not in set(pairwise(events))
    assert await shop.price("FR-0001") == 19
    nursery.cancel_scope.cancel()


async def test_reads_are_repeated_where_the_link_is_told_to(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.link_policy = LinkPolicy(retry=RetryPolicy(attempts=3, budget=1.0))
    shop.odoo.down = True
    await shop.open(nursery)

    await trio.sleep(30)

    assert [at for _, at in shop.odoo.asked] == [0, 1, 3]
    nursery.cancel_scope.cancel()


async def test_an_open_breaker_is_waited_for(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    shop.gate.shut_until = 200.0
    await shop.open(nursery)
    await trio.sleep(1)
    refused = await shop.refresh()
    await trio.sleep(300)

    assert refused == Failed("it is open", 199.0)
    assert shop.odoo.asked[0][1] == 200.0
    assert (await shop.search()).total == ALL
    nursery.cancel_scope.cancel()


async def test_one_asked_for_is_made_at_once_and_told(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    shop.odoo.change(products=[{"sku": "FR-0001", "price_kopecks": 777}], gone=["FR-0002"])

    outcome = await shop.refresh()

    at = NOON + timedelta(seconds=10)
    assert outcome == Refreshed(full=False, changed=1, gone=1, products=ALL - 1, refreshed_at=at)
    nursery.cancel_scope.cancel()


async def test_all_anew_forgets_what_odoo_does_not_tell(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    shop.odoo.lose("FR-0002")

    changes, everything = await shop.refresh("a"), await shop.refresh("b", full=True)

    assert isinstance(changes, Refreshed)
    assert isinstance(everything, Refreshed)
    assert (changes.full, changes.products) == (False, ALL)
    assert (everything.full, everything.products) == (True, ALL - 1)
    nursery.cancel_scope.cancel()


async def test_a_cursor_that_odoo_has_forgotten_brings_the_list_in_full(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    shop.odoo.lose("FR-0002")
    shop.odoo.change(forget=True)

    outcome = await shop.refresh()

    assert isinstance(outcome, Refreshed)
    assert (outcome.full, outcome.products) == (True, ALL - 1)
    nursery.cancel_scope.cancel()


async def test_one_at_a_time_and_the_same_key_is_the_same_refresh(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    shop.odoo.asked.clear()
    shop.odoo.takes = 5.0
    first = await shop.box.address.ask(catalog.Refresh("a"), within=1)
    again = await shop.box.address.ask(catalog.Refresh("a"), within=1)
    other = await shop.box.address.ask(catalog.Refresh("b"), within=1)
    assert isinstance(first, Job)
    assert await first.result(within=1) is None
    outcome = await first.result(within=10)
    later = await shop.refresh("a")

    assert again is first
    assert other == Running()
    assert later is outcome
    assert len(shop.odoo.asked) == 1
    nursery.cancel_scope.cancel()


async def test_one_that_came_by_itself_is_under_way_as_well(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.odoo.takes = 5.0
    await shop.open(nursery)
    await trio.sleep(1)

    assert await shop.refresh() == Running()
    nursery.cancel_scope.cancel()


async def test_a_key_whose_refresh_failed_may_try_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)
    shop.odoo.down = True
    failed = await shop.refresh("a")
    shop.odoo.down = False

    assert isinstance(failed, Failed)
    assert isinstance(await shop.refresh("a"), Refreshed)
    nursery.cancel_scope.cancel()


async def test_whoever_waits_for_a_refresh_hears_when_the_actor_dies(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.odoo.takes = 5.0
    shop.policy = Policy(interval=None)
    await shop.open(nursery)
    job = await shop.box.address.ask(catalog.Refresh("a"), within=1)
    assert isinstance(job, Job)
    await wait_all_tasks_blocked()

    shop.scope.cancel()

    assert isinstance(await job.result(within=1000), Failed)
    assert trio.current_time() < 5
    nursery.cancel_scope.cancel()


async def test_without_an_interval_it_asks_only_when_it_is_told_to(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.policy = Policy(interval=None)
    shop.odoo.down = True
    await shop.open(nursery)
    await trio.sleep(10 * HOUR)
    assert shop.odoo.asked == []

    await shop.refresh("a")
    await trio.sleep(10 * HOUR)

    assert len(shop.odoo.asked) == 1
    nursery.cancel_scope.cancel()


async def test_so_many_are_kept_as_the_settings_say_and_a_bigger_cache_is_filled_anew(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.policy = Policy(keep=5)
    await shop.open(nursery)
    await trio.sleep(10)
    few = (await shop.search()).total
    shop.odoo.change(products=[{"sku": "FR-0001", "price_kopecks": 777}])
    await trio.sleep(HOUR)
    assert (await shop.search()).total == 5
    assert await shop.price("FR-0001") == 777

    shop.policy = Policy(keep=7)
    await shop.reopen(nursery)
    await trio.sleep(10)

    assert few == 5
    assert (await shop.search()).total == 7
    nursery.cancel_scope.cancel()


async def test_a_limit_cuts_what_is_told_and_not_what_is_counted(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery)
    await trio.sleep(10)

    found = await shop.search("линзы", limit=2)

    assert (len(found.products), found.total) == (2, 5)
    nursery.cancel_scope.cancel()


async def test_a_clock_that_was_set_back_makes_nothing_younger_than_new_and_far_enough_back_it_is_stale(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    back = 0.0
    shop.now = lambda: virtual_now() - timedelta(seconds=back)
    await shop.open(nursery)
    await trio.sleep(10)
    back = 3600.0
    a_little = (await shop.search()).age
    back = 86_400.0
    far = (await shop.search()).age

    assert (a_little.seconds, a_little.stale) == (0.0, False)
    assert (far.seconds, far.stale) == (0.0, True)
    nursery.cancel_scope.cancel()


async def told(shop: Shop) -> Any:
    return (await shop.status_box.address.ask(status.Look(), within=1))["catalog"]


async def test_its_state_is_told_as_it_changes(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await nursery.start(StatusActor(shop.status_box.inbox).run)
    shop.odoo.takes = 1.0
    await shop.open(nursery)
    await wait_all_tasks_blocked()
    at_first = await told(shop)
    await trio.sleep(5)
    fresh = await told(shop)
    shop.odoo.down = True
    await trio.sleep(3 * HOUR)
    stale = await told(shop)

    nothing = {"status": "empty", "products": 0, "refreshed_at": None, "last_error": None, "running": True}
    known = {"products": ALL, "refreshed_at": NOON + timedelta(seconds=4)}
    assert at_first == nothing
    assert fresh == known | {"status": "fresh", "last_error": None, "running": False}
    assert stale == known | {"status": "stale", "last_error": "no route", "running": False}
    nursery.cancel_scope.cancel()


async def test_a_closed_mailbox_ends_it_in_the_middle_of_a_refresh(shop: Shop, autojump_clock: MockClock) -> None:
    shop.odoo.takes = 1e9
    with trio.fail_after(1):
        async with trio.open_nursery() as nursery:
            await shop.open(nursery)
            await wait_all_tasks_blocked()
            shop.box.close()


def a_page(number: int, *, full: bool = False, more: bool = True) -> Page:
    return Page((Product(f"P{number}", "Оправа", 1, Vat.V22, NOON),), full, f"c{number}", more)


async def gathered(*pages: Page, cursor: str | None = "c0") -> Any:
    left = list(pages)

    async def ask(_: Wanted) -> Page:
        await trio.lowlevel.checkpoint()
        return left.pop(0)

    return await gather(ask, cursor, 10)


async def test_a_list_in_full_that_begins_in_the_middle_forgets_what_came_before() -> None:
    listing = await gathered(a_page(1), a_page(2, full=True), a_page(3, more=False))

    assert (list(listing.changes), listing.full, listing.cursor) == (["P2", "P3"], True, "c3")


@pytest.mark.parametrize(
    ("pages", "cursor", "reason"),
    [
        ([a_page(1)], None, "did not begin"),
        ([a_page(1), a_page(1)], "c0", "that of this one"),
        ([a_page(number) for number in range(1, PAGES + 1)], "c0", "over 100 pages"),
        ([a_page(number, full=True) for number in range(1, PAGES + 1)], "c0", "over 100 pages"),
    ],
)
async def test_a_list_without_end_or_beginning_is_refused(pages: list[Page], cursor: str | None, reason: str) -> None:
    with pytest.raises(CatalogRefused, match=reason):
        await gathered(*pages, cursor=cursor)
