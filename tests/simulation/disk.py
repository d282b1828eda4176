"""A disk in memory with a page cache: what was written is read back at once, but outlives the power only once synced.

A file lasts under its name only after its folder was synced: so says POSIX, and so does SQLite, which syncs the folder
of every new journal and of every one it deletes.
"""

import errno
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Literal, NamedTuple

from tests.simulation.file import Change, File

What = Literal["create", "write", "truncate", "sync", "delete"]
How = Literal["kill", "drop", "mix"]


class Operation(NamedTuple):
    """`number` counts the operations of one disk from 1 on; reads are none."""

    number: int
    what: What
    file: str


Hook = Callable[[Operation], None]


def quiet(operation: Operation) -> None:
    """Hears and does nothing."""


@dataclass(eq=False)
class Disk:
    """One folder of files.

    `before` and `after` hear of every operation. What `before` raises keeps the operation from happening: OSError for
    a fault that the program is to meet, any other exception to end the program there. `room`: bytes that all files
    together may have. `random` decides what a failed sync leaves.
    """

    random: Random = field(default_factory=lambda: Random(0))
    before: Hook = quiet
    after: Hook = quiet
    room: float = inf
    done: Counter[What] = field(default_factory=Counter)
    locks: dict[str, object] = field(default_factory=dict)  # file: who holds it; they end with the process
    opened: int = 0  # how often a program opened a file here, in this life and those that it was copied from
    _seen: dict[str, File] = field(default_factory=dict)
    _durable: dict[str, File] = field(default_factory=dict)
    _number: int = 0

    def __contains__(self, name: str) -> bool:
        return name in self._seen

    def names(self) -> list[str]:
        return list(self._seen)

    def size(self, name: str) -> int:
        return len(self._seen[name].seen)

    def read(self, name: str, offset: int = 0, length: int | None = None) -> bytes:
        """Less than `length` bytes at the end of the file."""
        end = None if length is None else offset + length
        return bytes(self._seen[name].seen[offset:end])

    def create(self, name: str) -> None:
        operation = self._begin("create", name)
        self._seen[name] = File()
        self.after(operation)

    def write(self, name: str, data: bytes, offset: int) -> None:
        """Raises OSError(ENOSPC) and writes nothing if there is no room."""
        operation = self._begin("write", name)
        file = self._seen[name]
        growth = offset + len(data) - len(file.seen)
        if growth > 0 and self.room < inf and self.used() + growth > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        file.change(Change(offset, data))
        self.after(operation)

    def truncate(self, name: str, size: int) -> None:
        operation = self._begin("truncate", name)
        self._seen[name].change(Change(size, None))
        self.after(operation)

    def sync(self, name: str, *, folder: bool = False) -> None:
        """Makes the contents durable; with `folder`, all names too."""
        file = self._seen[name]
        try:
            operation = self._begin("sync", name)
        except OSError:
            file.fail_to_settle(self.random)
            raise
        file.settle()
        if folder:
            self._durable = dict(self._seen)
        self.after(operation)

    def delete(self, name: str, *, folder: bool = False) -> None:
        """With `folder`, durably."""
        operation = self._begin("delete", name)
        del self._seen[name]
        if folder:
            self._durable = dict(self._seen)
        self.after(operation)

    def used(self) -> int:
        """Bytes of all files."""
        return sum(len(file.seen) for file in self._seen.values())

    def copy(self) -> "Disk":
        """The same files in the same state, synced or not; no hooks, no faults, no locks."""
        twins = {id(file): file.copy() for file in [*self._seen.values(), *self._durable.values()]}
        return Disk(
            self.random,
            opened=self.opened,
            _seen={name: twins[id(file)] for name, file in self._seen.items()},
            _durable={name: twins[id(file)] for name, file in self._durable.items()},
        )

    def view(self) -> "Disk":
        """A copy of what is read now, to look at: it has no past that a power cut could take."""
        return Disk(_seen={name: File(bytearray(file.seen)) for name, file in self._seen.items()})

    def freeze(self, random: Random, how: How) -> "Disk":
        """What the next start finds if the process dies ("kill") or the power goes ("drop", "mix") at this instant.

        "kill" keeps what was written, synced or not; "drop" only what was synced; "mix" leaves the rest to chance, each
        write whole, torn or lost. This disk is a ghost from now on: whoever still works on it is neither heard nor
        hindered.
        """
        self.before, self.after, self.room = quiet, quiet, inf
        if how == "kill":
            frozen = self.copy()
        else:
            files = self._after_power_cut(random, how)
            frozen = Disk(opened=self.opened, _seen=files, _durable=dict(files))
        frozen.random = random
        return frozen

    def _after_power_cut(self, random: Random, how: How) -> dict[str, File]:
        if how == "drop":
            return {name: file.after_power_cut(None) for name, file in self._durable.items()}
        left = {}
        for name in dict.fromkeys([*self._durable, *self._seen]):
            file = random.choice((self._durable, self._seen)).get(name)
            if file is not None:
                left[name] = file.after_power_cut(random)
        return left

    def _begin(self, what: What, name: str) -> Operation:
        self._number += 1
        self.done[what] += 1
        operation = Operation(self._number, what, name)
        self.before(operation)
        return operation
