"""What is measured of a gateway that sells for hours, and when it is well. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from statistics import fmean, median

KEPT = 200.0  # bytes a receipt; whatever is kept of each, be it its id in a set, costs more
GROWTH = {
    "files": 4.0,
    "threads": 3.0,
    "tasks": 20.0,
    "waiting": 10.0,
    "undelivered": 100.0,
}  # from the middle third to the last
MOST = {"wal": 64.0}  # at any time
ENOUGH = 9  # samples: three for each third
TELLING = 240.0  # seconds, before which memory tells nothing: an interpreter takes minutes to find its size
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """The gateway's process at one time, in seconds: `memory` resident, `database` and `wal` on disk in MiB, open
    `files`, `threads`, Trio's `tasks`, the most messages that waited in one mailbox; and receipts not delivered yet."""

    at: float
    memory: float
    files: float
    threads: float
    tasks: float
    waiting: float
    undelivered: float
    database: float
    wal: float


@dataclass(frozen=True, slots=True)
class Course:
    """How one figure went: medians of the middle and the last third, the most, and the trend of both a minute."""

    name: str
    middle: float
    last: float
    most: float
    trend: float


def course(name: str, samples: Sequence[Sample]) -> Course:
    """The first third is warming up: code is loaded, caches fill."""
    settled = samples[len(samples) // 3 :]
    half = len(settled) // 2
    middle, last = (median(getattr(each, name) for each in part) for part in (settled[:half], settled[half:]))
    most = max(getattr(each, name) for each in samples)
    return Course(name, middle, last, most, slope([(each.at / 60, getattr(each, name)) for each in settled]))


def courses(samples: Sequence[Sample]) -> list[Course]:
    return [course(each.name, samples) for each in fields(Sample) if each.name != "at"]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the straight line through them by least squares."""
    x, y = fmean(x for x, _ in points), fmean(y for _, y in points)
    spread = sum((each - x) ** 2 for each, _ in points)
    return sum((one - x) * (other - y) for one, other in points) / spread


def faults(samples: Sequence[Sample], rate: float) -> Iterator[str]:
    """What is not well, in words, at so many receipts a second. Nothing if there are too few samples to say."""
    if len(samples) < ENOUGH:
        return
    for each in courses(samples):
        if each.name == "memory" and samples[-1].at > TELLING and each.trend > bound(rate):
            yield f"memory grows by {each.trend:.2f} MiB a minute, at most {bound(rate):.2f} is noise"
        if each.last - each.middle > GROWTH.get(each.name, float("inf")):
            yield f"{each.name}: {each.middle:.0f} in the middle third, {each.last:.0f} in the last"
        if each.most > MOST.get(each.name, float("inf")):
            yield f"{each.name}: up to {each.most:.0f} MiB"


def bound(rate: float) -> float:
    """MiB a minute that the memory may seem to grow."""
    return KEPT * rate * 60 / MIB
