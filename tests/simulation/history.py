"""One seed, one history: faults on, then everything healed, then the judge."""

import tempfile
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import trio

from drivers.store.database import close_database, open_database
from tests.simulation import person, sqlite_module, verdicts
from tests.simulation.disk import Disk
from tests.simulation.faults import FAULTS
from tests.simulation.judge import judge
from tests.simulation.kills import KILLS
from tests.simulation.plan import Event, draw
from tests.simulation.shop import FILE, Shop
from tests.simulation.tills import Custom, Order, new_key
from tests.simulation.trace import Trace
from tests.simulation.virtual import virtual_time

Sabotage = Callable[[], AbstractContextManager[object]]

DRAINED_WITHIN = 1500.0  # seconds after the last fault in which all must be settled and delivered
SERVED_WITHIN = 90.0  # seconds in which a healthy shop prints one receipt more
QUIET = 7.0  # seconds in which connections that are done are closed, too
QUIETS = 20
SHM = Path("/dev/shm")


@dataclass
class Played:
    """`wrong`: what is wrong, a line each; empty if all is well. `lasted`: virtual seconds."""

    seed: int
    wrong: list[str]
    digest: str
    lasted: float
    documents: int
    tally: Counter[tuple[str, str]]
    lines: list[str] = field(default_factory=list)


def play(seed: int, *, keep: bool = False, sabotage: Sabotage | None = None) -> Played:
    """The history of this seed. `keep`: with its trace as lines. `sabotage`: product code patched while it lasts."""
    trio._core._run._r.seed(seed)
    trace = Trace(keep)
    memory = SHM if SHM.exists() else None
    with ExitStack() as stack:
        for meanwhile in ((sabotage or nullcontext)(), verdicts.listening(trace)):
            stack.enter_context(meanwhile)
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=memory))
        return trio.run(_play, seed, Path(folder), trace, clock=stack.enter_context(virtual_time()))


@cache
def _template() -> Disk:
    """A disk with the schema on it, which takes a migration as long as a short history."""
    disk = Disk()
    close_database(open_database(Path(FILE), sqlite_module.on(disk)))
    return disk


async def _play(seed: int, folder: Path, trace: Trace) -> Played:
    shop = Shop(draw(seed), folder, trace, _template())
    verdicts.ask(shop)
    try:
        async with trio.open_nursery() as nursery:
            await shop.open(nursery)
            await _befall(shop)
            await _heal(shop)
            nursery.cancel_scope.cancel()
        shop.printed = sum(len(register.documents()) for register in shop.registers.values())
        wrong = judge(shop)
    except Exception as crash:  # noqa: BLE001  a seed must be told whatever comes of it
        wrong = [f"the simulator: {crash!r}"]
        trace.lines += traceback.format_exception(crash)
    finally:
        for register in shop.registers.values():
            register.close()
    return Played(seed, wrong, trace.digest, trio.current_time(), shop.printed, trace.tally, trace.lines)


async def _befall(shop: Shop) -> None:
    """Faults, kills and customers, all at their times."""
    plan = shop.plan
    async with trio.open_nursery() as nursery:
        for event in plan.faults:
            nursery.start_soon(_strike, shop, event, FAULTS)
        for event in plan.kills:
            nursery.start_soon(_strike, shop, event, KILLS)
        for custom in plan.customs:
            for _ in range(custom.twins):
                shop.tasks.start_soon(shop.serve, custom)
        nursery.start_soon(_decide_sometimes, shop)
        nursery.start_soon(_retry_sometimes, shop)
        await trio.sleep(plan.lasts + plan.quiet)


async def _strike(shop: Shop, event: Event, table: dict[str, Callable[[Shop, Random], None]]) -> None:
    await trio.sleep(event.at)
    shop.trace("strikes", event.name)
    table[event.name](shop, shop.plan.stream(f"{event.name}/{event.number}"))


async def _decide_sometimes(shop: Shop) -> None:
    random = shop.plan.stream("person")
    if random.random() < 0.5:
        await trio.sleep(random.uniform(0, shop.plan.lasts))
        with trio.move_on_after(30):
            await person.decide(shop, random)


async def _retry_sometimes(shop: Shop) -> None:
    """A few times over, for a dead letter is rare; what lives again may die again."""
    random = shop.plan.stream("person at dead letters")
    for _ in range(random.choice([0, 1, 3])):
        await trio.sleep(random.uniform(0, shop.plan.lasts / 2))
        with trio.move_on_after(30):
            await person.retry(shop, random)


async def _heal(shop: Shop) -> None:
    """Nothing goes wrong any more; a person decides what only a person can."""
    await shop.heal()
    random = shop.plan.stream("person at the end")
    if not await _drained(shop, lambda: person.decide(shop, random)):
        return
    late = shop.plan.stream("person at dead letters at the end")
    if late.random() < 0.5:
        await person.retry(shop, late)
        if not await _drained(shop, trio.lowlevel.checkpoint):
            return
    for pos_id in shop.registers:
        await _probe(shop, pos_id, random)
    if await _drained(shop, trio.lowlevel.checkpoint):
        await _quiet(shop)
        shop.take_census()


async def _quiet(shop: Shop) -> None:
    """Until nobody asks; a till that asks for the wrong thing may come late."""
    for _ in range(QUIETS):
        await trio.sleep(QUIET)
        if not shop.till.receiving:
            return


async def _drained(shop: Shop, meanwhile: Callable[[], Awaitable[None]]) -> bool:
    give_up_at = trio.current_time() + DRAINED_WITHIN
    while trio.current_time() < give_up_at:
        if shop.drained:
            return True
        await meanwhile()
        await trio.sleep(2.0)
    shop.wrong.append(f"P16: not drained: {shop.waiting}, {shop.busy} tills still ask")
    return False


async def _probe(shop: Shop, pos_id: str, random: Random) -> None:
    order = Order("sale", pos_id, 123_400 + len(shop.customs), new_key(random), f"probe-{pos_id}")
    custom = Custom(order, 0.0, tries=10_000, pause=1.0)
    with trio.move_on_after(SERVED_WITHIN):
        await shop.serve(custom)
    if not order.answered:
        shop.wrong.append(f"P16: {pos_id} does not serve a healthy customer: {order.heard[-1:]}")
