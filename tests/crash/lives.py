"""kill -9 under load, again and again: eight tills sell, the gateway dies at any instant, register and OFD live on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import trio

from tests.crash.forks import Child, Processes, until
from tests.crash.makes import SHTRIH, Make
from tests.crash.plague import heal, plague
from tests.crash.rig import Rig, Shop, is_drained, rig
from tests.crash.till import Request, Till, receipt

TILLS = 8
PRINTS_FOR = 0.005  # seconds: time enough for a kill to hit the middle of a print
LIVES_FOR = (0.05, 1.0)  # seconds from ready to the kill
FORKED_FOR = (0.01, 0.3)  # the same, of those that start in no time
ANSWERS_WITHIN = 60.0  # a register that fails again and again is asked every 30 s at last
WALKS_AWAY = 0.1  # of those who have no answer
ROOM = {"KASSIR_BUFFER__CAPACITY": "100000"}
HASTY = {**ROOM, "KASSIR_KKT__READ_TIMEOUT": "1"}  # answers get lost, and a life is short


@dataclass
class Figures:
    """Of all lives. `recoveries`: seconds from the start of each process to its first 200."""

    kills: int = 0
    asked: int = 0
    printed: int = 0
    answered: int = 0
    delivered: int = 0
    recoveries: list[float] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills: {self.asked} asked, {self.printed} printed, {self.answered} answered,"
            f" {self.delivered} delivered; longest recovery {max(self.recoveries, default=0):.1f} s"
        )


@dataclass(eq=False)
class _Crowd:
    """The tills, as long as the block lasts. `gateway`: that of the moment, None between two lives."""

    till: Till
    random: Random
    gateway: Child | None = None
    first_answer: trio.Event = field(default_factory=trio.Event)
    leaving: bool = False
    _sums: Iterator[int] = field(default_factory=lambda: count(1_00))

    async def sell(self) -> None:
        while not self.leaving:
            request = Request(receipt("sale", next(self._sums)))
            self.till.requests.append(request)
            while not request.is_settled and not self.leaving:
                await self._ask(request)
                if not request.is_settled and request.outcomes and self.random.random() < WALKS_AWAY:
                    break

    async def _ask(self, request: Request) -> None:
        if self.gateway is None or self.gateway.url is None:
            await trio.sleep(0.02)
            return
        outcome = await self.till.send(self.gateway.url, request)
        if outcome.status == 200:
            self.first_answer.set()
        else:
            await trio.sleep(0.02)


async def live_and_die(
    place: Path, kills: int, random: Random, *, forked: bool = False, make: Make = SHTRIH, troubled: bool = False
) -> Figures:
    """So many lives, one more to the end, and the audit. `forked`: off one process that has loaded the program.

    `troubled`: the register has its own faults meanwhile, up to the last life.
    """
    figures, lives_for = Figures(), FORKED_FOR if forked else LIVES_FOR
    async with rig(place, make) as world, trio.open_nursery() as nursery:
        if not forked:
            world.starter = Processes(nursery)
        shop = Shop(place / "lives", Till(world.client), settings=HASTY if troubled else ROOM, make=make)
        await trio.Path(shop.place).mkdir()
        async with world.open(shop, print_delay=PRINTS_FOR):
            crowd = _Crowd(shop.till, random)
            for _ in range(TILLS):
                nursery.start_soon(crowd.sell)
            async with trio.open_nursery() as troubles:
                if troubled:
                    troubles.start_soon(plague, world.client, world.control, random)
                for _ in range(kills):
                    await _live(world, shop, crowd, figures)
                    await trio.sleep(random.uniform(*lives_for))
                    await _kill(crowd, figures)
                troubles.cancel_scope.cancel()
            await heal(world.client, world.control)
            await _live(world, shop, crowd, figures)
            crowd.leaving = True
            await until(lambda: is_drained(shop.folder), within=60)
            await _kill(crowd, figures)
        figures.violations = shop.audit()
        figures.asked = sum(bool(request.outcomes) for request in shop.till.requests)
        figures.answered = sum(request.is_settled for request in shop.till.requests)
        figures.delivered = len(shop.taken)
        figures.printed = len(shop.drive.read_bytes().splitlines()) - 1
    return figures


async def first_sale_after_a_kill(place: Path, waiting: int) -> float:
    """Seconds from the start of a process that finds so many receipts waiting, to its first answer to a new one."""
    async with rig(place) as world, trio.open_nursery() as nursery:
        world.starter = Processes(nursery)
        till = Till(world.client, [Request(receipt("sale", 1_00 + number)) for number in range(waiting)])
        shop = Shop(place / "waiting", till, settings=ROOM)
        await trio.Path(shop.place).mkdir()
        async with world.open(shop):
            world.ofd.conduct.change({"down": True})
            await world.settle(shop, drain=False)
            begun = trio.current_time()
            child = await world.start(shop)
            assert child.url is not None
            await till.insist(child.url, Request(receipt("sale", 99)))
            took = trio.current_time() - begun
            await child.kill()
    return took


async def _live(world: Rig, shop: Shop, crowd: _Crowd, figures: Figures) -> None:
    """A new gateway, until its first answer."""
    begun, crowd.first_answer = trio.current_time(), trio.Event()
    crowd.gateway = await world.start(shop)
    assert crowd.gateway.url is not None, crowd.gateway.tail()
    with trio.fail_after(ANSWERS_WITHIN):
        await crowd.first_answer.wait()
    figures.recoveries.append(trio.current_time() - begun)


async def _kill(crowd: _Crowd, figures: Figures) -> None:
    child, crowd.gateway = crowd.gateway, None
    assert child is not None
    assert not child.ended.is_set(), f"it ended by itself: {child.tail()}"
    await child.kill()
    figures.kills += 1
