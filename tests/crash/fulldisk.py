"""A disk without room: the story of a shop whose data folder is a file system of a few megabytes.

`python -m tests.crash.fulldisk` tells it, inside of a mount namespace (`unshare --mount`) on a tmpfs of its own; with
`--without-mount` the shim refuses what would need room. Exit status 1, and what was wrong, if something was.
"""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import trio

from tests.crash.forks import Child, until
from tests.crash.rig import DRAINED_WITHIN, Rig, Shop, is_drained, rig
from tests.crash.sample import quick_place
from tests.crash.shim import Mode, Shim
from tests.crash.till import Request, Till, receipt
from tests.e2e.gateway import ROOT

SIZE = 16 * 1024 * 1024  # bytes: database, log and ballast, and a little more
MOST_SALES = 2000  # that a disk without room may still take: into the log's old pages and the ballast's place
REFUSALS = 5


class Disk(Protocol):
    def fill(self) -> None:
        """No room from now on."""

    def free(self) -> None:
        """Room again."""


class Tmpfs:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=True)
        self._filler = folder / "filler"

    def fill(self) -> None:
        with suppress(OSError), self._filler.open("ab", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))

    def free(self) -> None:
        self._filler.unlink()


class Refusing:
    """The shim stands in where nothing can be mounted."""

    def __init__(self, folder: Path, shim: Shim) -> None:
        self._folder, self._shim = folder, shim

    def fill(self) -> None:
        self._shim.arm(self._folder, Mode.FULL, 1, ever=True, sockets=False)  # lasts over a restart

    def free(self) -> None:
        self._shim.disarm()


async def story(place: Path, *, mounts: bool) -> list[str]:
    """What was wrong."""
    async with rig(place) as world:
        shop = Shop(place / "shop", Till(world.client), settings={"KASSIR_BUFFER__CAPACITY": "100000"})
        await trio.Path(shop.place).mkdir()
        disk = Tmpfs(shop.folder) if mounts else Refusing(shop.folder, world.forks.shim)
        async with world.open(shop):
            wrong = await _tell(world, shop, disk)
    return wrong + shop.audit()


async def _tell(world: Rig, shop: Shop, disk: Disk) -> list[str]:
    child = await world.start(shop)
    await _sell(child, shop, 1)
    disk.fill()
    wrong = await _is_refused(child, shop)
    await child.kill()
    child = await world.start(shop)
    if child.url is None:
        return [*wrong, f"it does not start on a full disk: {child.tail()}"]
    wrong += await _is_refused(child, shop)
    disk.free()
    for request in shop.till.requests:
        if not request.is_settled:
            await shop.till.insist(str(child.url), request)
    await until(lambda: child.ended.is_set() or is_drained(shop.folder), within=DRAINED_WITHIN)
    if child.ended.is_set():
        wrong.append(f"it ended though there was room again: {child.tail()}")
    await child.kill()
    return wrong


async def _is_refused(child: Child, shop: Shop) -> list[str]:
    """Sooner or later sales are refused, in so many words; and nothing is printed for these."""
    if not await _sell(child, shop, MOST_SALES):
        return [f"{MOST_SALES} sales found room on a full disk"]
    before = shop.drive.stat().st_size
    last = shop.till.requests[-1]
    codes = set[str]()
    for _ in range(REFUSALS):
        outcome = await shop.till.send(str(child.url), last)
        codes.add(json.loads(outcome.body or b'{"code": "no answer"}')["code"])
    wrong = [] if codes == {"DISK_FULL"} else [f"a sale without room was answered with {sorted(codes)}"]
    return wrong if shop.drive.stat().st_size == before else [*wrong, "it printed without room"]


async def _sell(child: Child, shop: Shop, most: int) -> bool:
    """Up to so many receipts; whether one was refused for want of room."""
    for _ in range(most):
        request = Request(receipt("sale", 1_00 + len(shop.till.requests)))
        shop.till.requests.append(request)
        while not request.is_settled:
            outcome = await shop.till.send(str(child.url), request)
            if b"DISK_FULL" in (outcome.body or b""):
                return True
            if outcome.status is None:
                return False
    return False


def tell_in_namespace() -> subprocess.CompletedProcess[str]:
    """The story in a process of its own, on a real small disk if the kernel lets us have one."""
    unshare = ["unshare", "--mount", "--map-root-user"]
    may_mount = subprocess.run([*unshare, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False, capture_output=True)
    command = [sys.executable, "-m", "tests.crash.fulldisk"]
    command = [*unshare, *command] if may_mount.returncode == 0 else [*command, "--without-mount"]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def main() -> int:
    with quick_place() as place:
        mounts = "--without-mount" not in sys.argv
        wrong = trio.run(lambda: story(place, mounts=mounts))
        if mounts:
            subprocess.run(["umount", str(place / "shop" / "data")], check=True)
    print("\n".join(wrong) or "nothing was wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
