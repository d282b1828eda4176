"""The ballast on a simulated disk."""

from math import inf

from tests.simulation.disk import Disk

FILE = "kassir.ballast"
SIZE = 512 * 1024  # bytes: more than the log of one history


class Reserve:
    """See `drivers.store.ballast.Reserve`. On a disk without limits there is no need of it."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def in_place(self) -> bool:
        if FILE in self._disk:
            return True
        if self._disk.room - self._disk.used() < 2 * SIZE:
            return False
        if self._disk.room < inf:
            self._disk.create(FILE)
            self._disk.write(FILE, bytes(SIZE), 0)
            self._disk.sync(FILE, folder=True)
        return True

    def spend(self) -> bool:
        if FILE not in self._disk:
            return False
        self._disk.delete(FILE)
        return True
