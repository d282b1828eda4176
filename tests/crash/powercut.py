"""The disks that a power cut may leave behind: one life is recorded, every image of its disk rebuilt and started on.

What was written and not synced may be there, in part, or not at all, in any order. A file's name is safe once the file
or the folder is synced. The register and the OFD stand in every image as they did at that instant; but what a register
has beside its drive is gone: a Штрих-М is switched off, the server before an АТОЛ has lost its queue.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from drivers.emulators.ofd import Taken
from tests.crash.rig import Rig, Shop
from tests.crash.scenarios import Scenario
from tests.crash.shim import Call, Kind, Mode, read_log
from tests.crash.sweep import Fault, live
from tests.crash.till import Request

SECTOR = 512  # what a disk writes whole or not at all
HOWS = ("kept", "dropped", "torn", "mixed", "mixed again")  # what becomes of writes that were not synced


@dataclass(frozen=True)
class Recording:
    """`before`: the shop as the life found it; `after`: with what its till and OFD knew at the end."""

    before: Shop
    after: Shop
    calls: list[Call]


@dataclass(frozen=True)
class Image:
    """The files after `calls[:place]`, the power gone. `how` names the fate of what was not synced."""

    place: int
    how: str
    files: dict[str, bytes]


@dataclass
class _File:
    """`pending`: writes that are not synced, oldest first; no data: cut or filled up to that length."""

    durable: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def after(self, fates: Sequence[float]) -> bytes:
        """Each pending write is there to this part, from 0 (lost) to 1 (whole)."""
        if not self.pending:
            return self.durable
        content = bytearray(self.durable)
        for (offset, data), part in zip(self.pending, fates, strict=True):
            if data is None and part > 0:
                content[:] = content[:offset].ljust(offset, b"\0")
            elif data is not None:
                kept = data if part == 1 else data[: int(len(data) * part) // SECTOR * SECTOR]
                content[:] = content.ljust(offset, b"\0") if kept else content
                content[offset : offset + len(kept)] = kept
        return bytes(content)


@dataclass
class _Disk:
    """`named`: as the process sees it; `surely`: the names that a power cut leaves."""

    named: dict[str, _File]
    surely: dict[str, _File]

    def take(self, call: Call) -> None:
        match call.kind:
            case Kind.WRITE:
                self.named[call.name].pending.append((call.offset, call.data))
            case Kind.TRUNCATE:
                self.named[call.name].pending.append((call.offset, None))
            case Kind.CREATE:
                self.named[call.name] = _File()
            case Kind.UNLINK:
                del self.named[call.name]
            case Kind.RENAME:
                self.named[call.data.decode()] = self.named.pop(call.name)
            case Kind.SYNC if call.name == "":
                self.surely = dict(self.named)
            case Kind.SYNC:
                file = self.named[call.name]
                file.durable, file.pending = file.after([1] * len(file.pending)), []
                self.surely[call.name] = file

    def left(self, how: str, random: Random) -> dict[str, bytes]:
        """What is on it after a power cut."""
        names = {"kept": self.named, "torn": self.named, "dropped": self.surely}.get(how)
        if names is None:
            names = {**self.surely, **self.named} if random.random() < 0.5 else self.surely
        return {name: file.after(_fates(how, len(file.pending), random)) for name, file in names.items()}


def _fates(how: str, count: int, random: Random) -> list[float]:
    match how:
        case "kept":
            return [1.0] * count
        case "dropped":
            return [0.0] * count
        case "torn":  # the last one on its way
            return [1.0] * (count - 1) + [random.choice([0.25, 0.5, 0.75])] * (count > 0)
        case _:
            return [random.choice([0.0, 0.5, 1.0, 1.0]) for _ in range(count)]


async def record(rig: Rig, scenario: Scenario, before: Shop, place: Path) -> Recording:
    """The scenario lived through from the start of the process to its end."""
    after, log = before.copy(place), place.with_suffix(".calls")
    after.till.requests += [Request(order) for order in scenario.orders]
    async with rig.open(after):
        await live(rig, after, Fault(Mode.WATCH, 0), from_start=True, log=log)
    return Recording(before, after, list(read_log(log)))


def images(recording: Recording, random: Random) -> Iterator[Image]:
    """Every different one, with what stands outside counted as part of it."""
    files = _files_of(recording.before.folder)
    disk, seen = _Disk(files, dict(files)), set[object]()
    for place, call in enumerate(recording.calls):
        for how in HOWS:
            image = Image(place, how, disk.left(how, random))
            if (whole := (frozenset(image.files.items()), _outside(recording, call))) not in seen:
                seen.add(whole)
                yield image
        disk.take(call)


async def start_on(rig: Rig, recording: Recording, image: Image, place: Path) -> list[str]:
    """The violations, after the till has repeated its requests to a gateway that finds this disk."""
    shop = _restore(recording, image, place)
    async with rig.open(shop):
        await rig.settle(shop)
    return shop.audit()


def _restore(recording: Recording, image: Image, place: Path) -> Shop:
    call = recording.calls[image.place]
    shop = recording.after.copy(place)
    shutil.rmtree(shop.folder)
    shop.folder.mkdir()
    for name, content in image.files.items():
        (shop.folder / name).write_bytes(content)
    for kept in shop.register.iterdir():
        if kept != shop.drive:
            kept.unlink()  # how that stood in between was not recorded
    with shop.drive.open("r+b") as drive:
        drive.truncate(call.witness)
    for request in shop.till.requests:
        request.outcomes[:] = [outcome for outcome in request.outcomes if outcome.at.timestamp() < call.at]
    return replace(shop, taken=_taken(recording, call))


def _taken(recording: Recording, call: Call) -> list[Taken]:
    return [taken for taken in recording.after.taken if taken.received_at.timestamp() < call.at]


def _outside(recording: Recording, call: Call) -> tuple[object, ...]:
    """What stood outside at that instant: the register's journal, the OFD's list, what the till had heard."""
    requests = recording.after.till.requests
    heard = [outcome.at.timestamp() < call.at for request in requests for outcome in request.outcomes]
    return (call.witness, len(_taken(recording, call)), *heard)


def _files_of(folder: Path) -> dict[str, _File]:
    if not folder.exists():
        return {}
    found = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm")]
    return {str(path.relative_to(folder)): _File(path.read_bytes()) for path in found}
