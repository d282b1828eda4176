"""A database that is damaged: the gateway refuses to start, keeps the files, and begins no empty one in their place."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.crash.rig import Rig, Shop, rig
from tests.crash.sample import quick_place
from tests.crash.scenarios import OPEN_SHIFT, Scenario
from tests.crash.sweep import prepare

SHOP = Scenario("shop", OPEN_SHIFT)


def _overwrite(file: Path, start: int, length: int) -> None:
    content = bytearray(file.read_bytes())
    content[start : start + length] = Random(1).randbytes(len(content[start : start + length]))
    file.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "another file": lambda file: file.write_text("Это не база данных.\n" * 1000),
    "head overwritten": lambda file: _overwrite(file, 0, 4096),
    "a page overwritten": lambda file: _overwrite(file, 2 * 4096, 4096),
    "all but the head overwritten": lambda file: _overwrite(file, 4096, file.stat().st_size),
    "cut in half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "cut within its head": lambda file: file.write_bytes(file.read_bytes()[:50]),
    "emptied": lambda file: file.write_bytes(b""),
    "gone": lambda file: file.unlink(),
}


async def test_a_damaged_database_is_refused_and_kept_until_a_person_acts() -> None:
    found = {}
    with quick_place() as place:
        async with rig(place) as world:
            for name, damage in DAMAGES.items():
                found[name] = await suffer(world, place, damage)

    assert found == {name: [] for name in DAMAGES}


async def suffer(world: Rig, place: Path, damage: Callable[[Path], object]) -> list[str]:
    """What was not as it should be."""
    shop = await prepare(world, SHOP, place)
    database, backup = shop.folder / "kassir.db", place / "backup"
    async with world.open(shop):
        await stop_cleanly(world, shop)
        shutil.copy(database, backup)
        damage(database)
        was_there = database.exists()
        first, second = await refused(world, shop), await refused(world, shop)
        kept = [*shop.folder.glob("damaged-*/kassir.db")]

        (shop.folder / "kassir.db.damaged").unlink()  # the person who acts
        shutil.copy(backup, database)
        await world.settle(shop)
    wrong = {
        f"it says {first!r}": "damaged" not in first,
        f"and then {second!r}": second != first,
        "the file was not kept": len(kept) != was_there,
    }
    return [each for each, is_so in wrong.items() if is_so] + shop.audit()


async def stop_cleanly(world: Rig, shop: Shop) -> None:
    """All that was written is in the one file then."""
    child = await world.start(shop)
    child.send(signal.SIGTERM)
    await child.ended.wait()
    assert child.status == 0


async def refused(world: Rig, shop: Shop) -> str:
    """What the gateway says as it refuses to start."""
    child = await world.start(shop)
    try:
        assert (child.url, child.status) == (None, 1)
        return next(line for line in child.tail().splitlines() if line.startswith("kassir:"))
    finally:
        await child.kill()
