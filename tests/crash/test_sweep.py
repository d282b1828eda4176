"""kill -9 at every I/O call of the shipped gateway. Here a sample; `make crashtest` visits all of them."""

from random import Random

import pytest

from tests.crash.makes import ATOL, SHTRIH, Make
from tests.crash.rig import rig
from tests.crash.sample import chance, quick_place, sample
from tests.crash.scenarios import SCENARIOS
from tests.crash.shim import Call, Kind, Mode
from tests.crash.sweep import Fault, calls_of, kills, play, prepare

EACH, TWICE = 3, 1  # cases a scenario: one kill, and another one during the recovery
ALL = [scenario.name for scenario in SCENARIOS]
PRINTING = ["sale", "sale that opens a shift", "purchase", "shift close", "cash in"]


@pytest.mark.parametrize(("make", "names"), [(SHTRIH, ALL), (ATOL, PRINTING)], ids=["shtrih", "atol"])
async def test_a_kill_at_any_io_call_loses_nothing_and_doubles_nothing(make: Make, names: list[str]) -> None:
    random, found = chance(), list[str]()
    with quick_place() as place:
        async with rig(place, make) as world:
            for scenario in [each for each in SCENARIOS if each.name in names]:
                shop = await prepare(world, scenario, place)
                calls = await calls_of(world, scenario, shop, place / "case")
                for faults in cases(calls, random):
                    wrong = await play(world, scenario, shop, place / "case", *faults)
                    found += [f"{scenario.name}, killed {faults[0]}: {each}" for each in wrong]

    assert found == []
    assert world.hits > EACH * len(names) / 2  # most kills came to pass


async def test_the_sweep_finds_a_gateway_that_prints_without_asking() -> None:
    (scenario,) = [each for each in SCENARIOS if each.name == "sale"]
    with quick_place() as place:
        async with rig(place) as world:
            shop = await prepare(world, scenario, place)
            calls = await calls_of(world, scenario, shop, place / "case")
            world.planted = ("prints_without_asking",)
            wrong = [await play(world, scenario, shop, place / "case", fault) for fault in behind_the_print(calls)]

    assert any(wrong)


def cases(calls: list[Call], random: Random) -> list[tuple[Fault, ...]]:
    """One kill each; and some with another one somewhere in the recovery."""
    once, again = sample(kills(calls), EACH, random), sample(kills(calls), TWICE, random)
    return [*((fault,) for fault in once), *((fault, random.choice(kills(calls))) for fault in again)]


def behind_the_print(calls: list[Call]) -> list[Fault]:
    """Kills between the print and the end of its commit; some, for the numbers of calls differ a little each time."""
    commit = [call for call in calls if call.witness > calls[0].witness and call.kind is Kind.WRITE]
    return [Fault(Mode.BEFORE, call.number) for call in commit[2:11:4]]
