"""All of it: every call, every image, every byte. Jobs that know nothing of each other, for as many processes."""

import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import trio

from drivers.logs import configure
from tests.crash.failures import errors, suffer
from tests.crash.fulldisk import tell_in_namespace
from tests.crash.links import CUTS, farm
from tests.crash.lives import first_sale_after_a_kill, live_and_die
from tests.crash.makes import ATOL, SHTRIH, Make
from tests.crash.powercut import images, record, start_on
from tests.crash.proxy import Break
from tests.crash.rig import Rig, rig
from tests.crash.sample import quick_place, sample
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.crash.sweep import Fault, calls_of, kills, play, prepare

REGISTERS = 32
ATOL_REGISTERS = 8  # a server each, and a receipt takes it a dozen calls
OFD_CASES = 40  # of each kind of break: one takes a second, and a delivery has a thousand bytes
ATOL_CASES = 300  # of each kind of break: a receipt has some thousand bytes of HTTP
TWICE = 50  # double kills a scenario
PLANTED = 60  # images on which synchronous=NORMAL has to be caught
WAITING = 200  # receipts
FORKED = 10  # lives for each that starts as a process of its own


@dataclass
class Tally:
    """Of one job. `hits`: faults that came to pass, `kills` among them. `note`: what is worth telling besides."""

    cases: int = 0
    hits: int = 0
    kills: int = 0
    violations: list[str] = field(default_factory=list)
    note: str = ""

    def count(self, case: object, wrong: Sequence[str]) -> None:
        self.cases += 1
        self.violations += [f"{case}: {each}" for each in wrong]


Work = Callable[[Path, Random], Awaitable[Tally]]


async def kill_at_every_call(scenario: Scenario, place: Path, random: Random, *, make: Make = SHTRIH) -> Tally:
    tally = Tally()
    async with rig(place, make) as world:
        shop = await prepare(world, scenario, place)
        calls = await calls_of(world, scenario, shop, place / "case")
        for fault in kills(calls):
            tally.count(fault, await play(world, scenario, shop, place / "case", fault))
        tally.hits = tally.kills = world.hits
    return tally


async def kill_twice(scenario: Scenario, place: Path, random: Random, *, make: Make = SHTRIH) -> Tally:
    """The second time at any call of the recovery, which is much like a start with the scenario's requests."""
    tally = Tally()
    async with rig(place, make) as world:
        shop = await prepare(world, scenario, place)
        ways = kills(await calls_of(world, scenario, shop, place / "case"))
        for first in sample(ways, TWICE, random):
            faults: tuple[Fault, ...] = (first, random.choice(ways))
            wrong = await play(world, scenario, shop, place / "case", *faults)
            tally.count(" and then ".join(map(str, faults)), wrong)
        tally.hits = tally.kills = world.hits
    return tally


async def cut_the_power(scenario: Scenario, place: Path, random: Random, *, make: Make = SHTRIH) -> Tally:
    async with rig(place, make) as world:
        return await _cut_the_power(world, scenario, place, random, most=None)


async def cut_the_power_under_normal(scenario: Scenario, place: Path, random: Random) -> Tally:
    """With a fault planted: it is a violation if none is found."""
    async with rig(place) as world:
        world.planted = ("forgetful_disk",)
        tally = await _cut_the_power(world, scenario, place, random, most=PLANTED)
    tally.note = f"synchronous=NORMAL: {len(tally.violations)} violations on {tally.cases} images, as there must be"
    tally.violations = [] if tally.violations else ["the images do not show what synchronous=NORMAL loses"]
    return tally


async def _cut_the_power(world: Rig, scenario: Scenario, place: Path, random: Random, *, most: int | None) -> Tally:
    tally = Tally()
    before = await prepare(world, scenario, place)
    recording = await record(world, scenario, before, place / "recorded")
    found = list(images(recording, random))
    for image in found if most is None else sample(found, most, random):
        case = f"power cut at call {image.place}, {image.how}"
        tally.count(case, await start_on(world, recording, image, place / "case"))
    tally.hits = tally.cases
    return tally


async def fail_every_call(scenario: Scenario, place: Path, random: Random) -> Tally:
    tally = Tally()
    async with rig(place) as world:
        shop = await prepare(world, scenario, place)
        calls = await calls_of(world, scenario, shop, place / "case", sockets=False)
        for fault in errors(calls):
            tally.count(fault, await suffer(world, scenario, shop, place / "case", fault))
        tally.hits = world.hits
    return tally


async def break_links(kind: Break, place: Path, random: Random, *, make: Make = SHTRIH) -> Tally:
    tally = Tally()
    async with farm(place, ATOL_REGISTERS if make is ATOL else REGISTERS, make) as shops:
        of_register, of_ofd = ([fault for fault in each if fault.kind is kind] for each in await shops.measure())
        if make is ATOL:
            of_register, of_ofd = sample(of_register, ATOL_CASES, random), []
        some = sample(of_ofd, OFD_CASES, random)
        tally.cases = len(of_register) + len(some)
        tally.hits = await shops.break_registers(of_register)
        for fault in some:
            tally.hits += await shops.break_ofd(fault)
        tally.violations += await shops.audit()
    return tally


async def fill_the_disk(place: Path, random: Random) -> Tally:
    told = tell_in_namespace()
    return Tally(1, 1, 1, [] if told.returncode == 0 else [told.stdout[-3000:] + told.stderr[-3000:]])


async def kill_under_load(
    lives: int, place: Path, random: Random, *, forked: bool = False, make: Make = SHTRIH, troubled: bool = False
) -> Tally:
    figures = await live_and_die(place, lives, random, forked=forked, make=make, troubled=troubled)
    return Tally(1, 1, figures.kills, figures.violations, str(figures))


async def kill_with_receipts_waiting(place: Path, random: Random) -> Tally:
    seconds = await first_sale_after_a_kill(place, WAITING)
    return Tally(1, 1, 1, [], f"{WAITING} receipts waiting: the first new one {seconds:.1f} s after the start")


def jobs(lives: int) -> dict[str, Work]:
    """By name, the longest first."""
    found: dict[str, Work] = {
        f"{FORKED * lives} lives, forked": partial(kill_under_load, FORKED * lives, forked=True),
        f"{lives} lives": partial(kill_under_load, lives),
    }
    for topic, work in (
        ("I/O errors", fail_every_call),
        ("kill", kill_at_every_call),
        ("double kill", kill_twice),
        ("power cut", cut_the_power),
    ):
        found |= {f"{topic}: {scenario.name}": partial(work, scenario) for scenario in SCENARIOS}
    for make in (SHTRIH, ATOL):
        name = f"{lives} lives, {make.name} in trouble"
        found[name] = partial(kill_under_load, lives, forked=True, make=make, troubled=True)
    for topic, work in (("kill", kill_at_every_call), ("double kill", kill_twice), ("power cut", cut_the_power)):
        found |= {f"atol, {topic}: {scenario.name}": partial(work, scenario, make=ATOL) for scenario in SCENARIOS}
    found |= {f"link: {kind.name.lower()}": partial(break_links, kind) for kind in Break}
    found |= {f"atol, link: {kind.name.lower()}": partial(break_links, kind, make=ATOL) for kind in CUTS}
    (sale,) = [scenario for scenario in SCENARIOS if scenario.name == "sale"]
    found["power cut, planted fault"] = partial(cut_the_power_under_normal, sale)
    found["full disk"] = fill_the_disk
    found["receipts waiting"] = kill_with_receipts_waiting
    return found


def perform(name: str, lives: int, seed: int) -> tuple[Tally, float]:
    """One job, and the seconds it took; what breaks it is a violation, too. For a process of its own."""
    configure("ERROR")
    begun = time.monotonic()
    with quick_place() as place:
        try:
            tally = trio.run(jobs(lives)[name], place, Random(f"{seed} {name}"))
        except Exception:  # noqa: BLE001  the other jobs go on
            tally = Tally(violations=[traceback.format_exc()[-3000:]])
    return tally, time.monotonic() - begun
