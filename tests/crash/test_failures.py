"""A disk that fails or is full, at any I/O call. Here a sample; `make crashtest` fails every call in every way."""

from tests.crash.failures import errors, suffer
from tests.crash.fulldisk import tell_in_namespace
from tests.crash.rig import rig
from tests.crash.sample import chance, quick_place, sample
from tests.crash.scenarios import SCENARIOS
from tests.crash.sweep import calls_of, prepare

EACH = 3  # cases a scenario


async def test_an_io_error_at_any_call_loses_nothing_and_doubles_nothing() -> None:
    random, found = chance(), list[str]()
    with quick_place() as place:
        async with rig(place) as world:
            for scenario in SCENARIOS:
                shop = await prepare(world, scenario, place)
                calls = await calls_of(world, scenario, shop, place / "case", sockets=False)
                for fault in sample(errors(calls), EACH, random):
                    wrong = await suffer(world, scenario, shop, place / "case", fault)
                    found += [f"{scenario.name}, {fault}: {each}" for each in wrong]

    assert found == []
    assert world.hits > EACH * len(SCENARIOS) / 2  # most errors came to pass


def test_on_a_full_disk_sales_are_refused_and_go_on_when_there_is_room() -> None:
    told = tell_in_namespace()

    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
