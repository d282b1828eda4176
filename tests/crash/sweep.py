"""One fault at one I/O call, then a life without faults, then the audit."""

from dataclasses import dataclass, replace
from pathlib import Path

import trio

from tests.crash.forks import Child, until
from tests.crash.rig import DRAINED_WITHIN, Rig, Shop, is_drained
from tests.crash.scenarios import Past, Scenario
from tests.crash.shim import KILLS, Call, Mode, read_log
from tests.crash.till import Request, Till


@dataclass(frozen=True)
class Fault:
    """At I/O call number `at`; with `ever` at all behind it, too."""

    mode: Mode
    at: int
    ever: bool = False

    def __str__(self) -> str:
        return f"{self.mode.name.lower()} at call {self.at}{' and ever after' if self.ever else ''}"


async def prepare(rig: Rig, scenario: Scenario, place: Path) -> Shop:
    """The shop as the scenario finds it."""
    past = scenario.past
    if past.name not in rig.pasts:
        rig.pasts[past.name] = await _live_through(rig, past, place / past.name)
    shop = rig.pasts[past.name].copy(place / scenario.name)
    return replace(shop, settings=scenario.settings)


async def _live_through(rig: Rig, past: Past, place: Path) -> Shop:
    shop = Shop(place, Till(rig.client, [Request(order) for order in past.orders]), make=rig.make)
    await trio.Path(place).mkdir(parents=True)
    if past.orders:
        async with rig.open(shop):
            rig.ofd.conduct.change({"down": past.undelivered})
            await rig.settle(shop, drain=not past.undelivered)
    return shop


async def play(rig: Rig, scenario: Scenario, found: Shop, place: Path, *faults: Fault) -> list[str]:
    """Each fault hits a life of its own, the first one the scenario, the others the recovery. Gives the violations."""
    shop = found.copy(place)
    shop.till.requests += [Request(order) for order in scenario.orders]
    async with rig.open(shop):
        for number, fault in enumerate(faults):
            await live(rig, shop, fault, from_start=scenario.from_start or number > 0)
        await rig.settle(shop)
    return shop.audit()


async def live(
    rig: Rig, shop: Shop, fault: Fault, *, from_start: bool, sockets: bool = True, log: Path | None = None
) -> Child:
    """A gateway that meets the fault, from its start until all is done or it has ended. It is dead afterwards."""

    def arm() -> None:
        rig.forks.shim.arm(
            shop.folder, fault.mode, fault.at, ever=fault.ever, sockets=sockets, log=log, witness=shop.drive
        )

    rig.forks.shim.disarm()
    if from_start:
        arm()
    child = await rig.start(shop)
    if not from_start:
        arm()
    if child.url is not None:
        for request in shop.till.requests:
            if not request.is_settled:
                await shop.till.insist(child.url, request)
        await until(lambda: child.ended.is_set() or is_drained(shop.folder), within=DRAINED_WITHIN)
    rig.hits += rig.forks.shim.acted > 0
    await child.kill()
    return child


async def calls_of(rig: Rig, scenario: Scenario, found: Shop, place: Path, *, sockets: bool = True) -> list[Call]:
    """The I/O calls of the scenario when nothing goes wrong."""
    shop, log = found.copy(place), place.with_suffix(".calls")
    shop.till.requests += [Request(order) for order in scenario.orders]
    async with rig.open(shop):
        await live(rig, shop, Fault(Mode.WATCH, 0), from_start=scenario.from_start, sockets=sockets, log=log)
    return list(read_log(log))


def kills(calls: list[Call]) -> list[Fault]:
    """Every way in which a kill can hit these calls."""
    return [Fault(mode, call.number) for call in calls for mode in KILLS[call.kind]]
