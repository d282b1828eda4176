"""A file on a simulated disk: what is read, what is durable, and the writes that lie between them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

SECTOR = 512  # bytes that a disk writes whole or not at all


class Change(NamedTuple):
    """`data` written at this offset; without data, the file cut off there."""

    offset: int
    data: bytes | None

    def apply(self, content: bytearray) -> None:
        if self.data is None:
            del content[self.offset :]
            return
        if len(content) < self.offset:
            content.extend(bytes(self.offset - len(content)))
        content[self.offset : self.offset + len(self.data)] = self.data

    def torn(self, random: Random) -> Iterator["Change"]:
        """The sectors of it that reached the disk, each by chance."""
        data, start = self.data or b"", self.offset
        while start < self.offset + len(data):
            end = start - start % SECTOR + SECTOR
            if random.random() < 0.5:
                yield Change(start, data[start - self.offset : end - self.offset])
            start = end


@dataclass(slots=True)
class File:
    """`seen`: as it is read. `durable`: as it is surely found after a power cut. `unsynced` lies between them."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    unsynced: list[Change] = field(default_factory=list)

    def change(self, change: Change) -> None:
        change.apply(self.seen)
        self.unsynced.append(change)

    def settle(self) -> None:
        for change in self.unsynced:
            change.apply(self.durable)
        self.unsynced.clear()

    def fail_to_settle(self, random: Random) -> None:
        """Linux marks the pages of a failed fsync clean: some of it is durable, and no later sync brings the rest."""
        self.unsynced[:] = self._survivors(random)
        self.settle()

    def copy(self) -> "File":
        return File(bytearray(self.seen), bytearray(self.durable), list(self.unsynced))

    def after_power_cut(self, random: Random | None) -> "File":
        """With what `random` lets survive of the un-synced; without it, nothing."""
        left = File(durable=bytearray(self.durable), unsynced=[] if random is None else list(self._survivors(random)))
        left.settle()
        left.seen = bytearray(left.durable)
        return left

    def _survivors(self, random: Random) -> Iterator[Change]:
        # not one half alone: "nearly all of it" and "nearly none" find what an even mix hides
        keep = random.choice((0.1, 0.5, 0.9))
        for change in self.unsynced:
            fate = random.random()
            if fate < keep:
                yield change
            elif fate < (1 + keep) / 2 and change.data is not None:
                yield from change.torn(random)
