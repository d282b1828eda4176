"""Power cuts: the gateway started on the disks that one may leave. Here a sample; `make crashtest` takes them all."""

from pathlib import Path
from random import Random

from tests.crash.powercut import images, record, start_on
from tests.crash.rig import Rig, rig
from tests.crash.sample import chance, quick_place, sample
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.crash.sweep import prepare

EACH = 4  # images a scenario
(SALE,) = [scenario for scenario in SCENARIOS if scenario.name == "sale"]


async def test_what_was_answered_outlives_a_power_cut_at_any_instant() -> None:
    random, found = chance(), list[str]()
    with quick_place() as place:
        async with rig(place) as world:
            for scenario in SCENARIOS:
                found += await violations(world, scenario, place, EACH, random)

    assert found == []


async def test_images_show_what_synchronous_normal_would_lose() -> None:
    with quick_place() as place:
        async with rig(place) as world:
            world.planted = ("forgetful_disk",)
            found = await violations(world, SALE, place, 16, Random(1))

    assert found != []


async def violations(world: Rig, scenario: Scenario, place: Path, count: int, random: Random) -> list[str]:
    before = await prepare(world, scenario, place)
    recording = await record(world, scenario, before, place / "recorded")
    found = []
    for image in sample(list(images(recording, random)), count, random):
        wrong = await start_on(world, recording, image, place / "case")
        found += [f"{scenario.name}, power cut at call {image.place}, {image.how}: {each}" for each in wrong]
    return found
