"""I/O errors: a disk that fails or is full, once or until it is mended; then a life without faults, then the audit."""

from pathlib import Path

import trio

from tests.crash.forks import Child, until
from tests.crash.rig import DRAINED_WITHIN, Rig, Shop, is_drained
from tests.crash.scenarios import Scenario
from tests.crash.shim import Call, Kind, Mode
from tests.crash.sweep import Fault
from tests.crash.till import Request

FAILS_FOR = 0.5  # seconds of a fault that goes on, while the till repeats its requests
ERRORS = {  # what can go wrong with each kind of call
    Kind.WRITE: (Mode.EIO, Mode.ENOSPC, Mode.SHORT),
    Kind.SYNC: (Mode.EIO, Mode.ENOSPC),
    Kind.TRUNCATE: (Mode.EIO, Mode.ENOSPC),
    Kind.CREATE: (Mode.EIO, Mode.ENOSPC),
    Kind.UNLINK: (Mode.EIO,),
    Kind.RENAME: (Mode.EIO,),
}


def errors(calls: list[Call]) -> list[Fault]:
    """Every way in which these calls, of files alone, can fail: once, and from that call on."""
    return [Fault(mode, call.number, ever) for call in calls for mode in ERRORS[call.kind] for ever in (False, True)]


async def suffer(rig: Rig, scenario: Scenario, found: Shop, place: Path, fault: Fault) -> list[str]:
    """The violations. A gateway that stops for the fault says so by its exit status; one that does not goes on."""
    shop = found.copy(place)
    shop.till.requests += [Request(order) for order in scenario.orders]
    async with rig.open(shop):
        child = await _live(rig, shop, fault, from_start=scenario.from_start)
        status = child.status
        rig.hits += rig.forks.shim.acted > 0
        await child.kill()
        await rig.settle(shop)
    silent = ["stopped for it with exit status 0"] if status == 0 else []
    return silent + shop.audit()


async def _live(rig: Rig, shop: Shop, fault: Fault, *, from_start: bool) -> Child:
    shim = rig.forks.shim
    shim.disarm()
    if from_start:
        shim.arm(shop.folder, fault.mode, fault.at, ever=fault.ever, sockets=False)
    child = await rig.launch(shop)
    if not from_start:
        await child.come_up()
        shim.arm(shop.folder, fault.mode, fault.at, ever=fault.ever, sockets=False)
    with trio.move_on_after(FAILS_FOR):
        await _do_all(child, shop)
    shim.disarm()  # the disk is mended, or there is room again
    await _do_all(child, shop)
    return child


async def _do_all(child: Child, shop: Shop) -> None:
    """Returns when the till has its answers and all is delivered, or the gateway has ended."""
    await child.come_up()
    if child.url is None:
        return
    for request in shop.till.requests:
        if not request.is_settled:
            await shop.till.insist(child.url, request)
    await until(lambda: child.ended.is_set() or is_drained(shop.folder), within=DRAINED_WITHIN)
