"""SQLite's way to a simulated disk: it does what SQLite's own for Unix does, and tells SQLite the same of the hardware.

There is no shared memory here, so a WAL database must be opened with `locking_mode=EXCLUSIVE`.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from random import Random
from typing import ParamSpec, TypeVar, cast

import apsw

from tests.simulation.disk import Disk, What

P = ParamSpec("P")
R = TypeVar("R")

NAME = "simulated-disk"
JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
ERRORS: dict[What, int] = {
    "create": apsw.SQLITE_CANTOPEN,
    "write": apsw.SQLITE_IOERR_WRITE,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "delete": apsw.SQLITE_IOERR_DELETE,
}
WORDS = {  # sqlite3_errstr
    apsw.SQLITE_FULL: "database or disk is full",
    apsw.SQLITE_CANTOPEN: "unable to open database file",
    apsw.SQLITE_BUSY: "database is locked",
}


def connect(path: str, disk: Disk) -> apsw.Connection:
    """A connection to this file of the disk. Raises apsw.Error."""
    disk.opened += 1
    vfs = DiskVFS(disk)
    try:
        # SQLite has one generator for the process, seeded by the default VFS: the salts of a WAL come from it,
        # and would differ at every run
        apsw.randomness(0)
        apsw.randomness(1)
        return apsw.Connection(path, vfs=NAME)
    finally:
        vfs.unregister()  # the connection keeps it alive


@contextmanager
def registered(disk: Disk) -> Iterator[None]:
    """While this lasts SQLite finds the disk by name, as it must for a file that a connection opens besides its own."""
    vfs = DiskVFS(disk)
    try:
        yield
    finally:
        vfs.unregister()


def failing_as(what: What) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The disk's OSError in SQLite's words."""

    def wrap(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def translated(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return method(*args, **kwargs)
            except OSError as error:
                raise in_sqlites_words(apsw.SQLITE_FULL if error.errno == errno.ENOSPC else ERRORS[what]) from error

        return translated

    return wrap


def in_sqlites_words(code: int) -> Exception:
    """What apsw raises of this result. Its words are ours to give: it passes on what a VFS raised."""
    error = apsw.exception_for(code)
    error.args = (WORDS.get(code, "disk I/O error"),)
    return error


class DiskVFS(apsw.VFS):
    """The files of one disk. The default VFS for as long as it is registered."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(NAME, "", makedefault=True)

    @failing_as("create")
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        flags[1] = flags[0]
        if name is None:  # a temporary file, of no interest to anybody after a crash
            disk, path = Disk(), "temporary"
        else:
            disk, path = self._disk, name if isinstance(name, str) else name.filename()
        if path not in disk:
            disk.create(path)
        # not derived from apsw.VFSFile, which opens a real file; apsw asks only for the methods
        return cast(apsw.VFSFile, DiskFile(disk, path, journal=bool(flags[0] & JOURNALS)))

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self._disk and self._disk.size(pathname) > 0

    @failing_as("delete")
    def xDelete(self, filename: str, syncdir: bool) -> None:
        if filename not in self._disk:
            raise in_sqlites_words(apsw.SQLITE_IOERR_DELETE_NOENT)
        self._disk.delete(filename, folder=syncdir)

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, numbytes: int) -> bytes:
        return Random(self._disk.opened).randbytes(numbytes)

    def xSleep(self, microseconds: int) -> int:
        return microseconds  # nobody waits here: only another connection of this very thread could hold a lock


class DiskFile:
    """One open file. The first sync of a journal is one of its folder too."""

    def __init__(self, disk: Disk, name: str, *, journal: bool) -> None:
        self._disk, self._name, self._with_folder = disk, name, journal

    def xRead(self, amount: int, offset: int) -> bytes:
        return self._disk.read(self._name, offset, amount)

    @failing_as("write")
    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.write(self._name, bytes(data), offset)

    @failing_as("truncate")
    def xTruncate(self, newsize: int) -> None:
        self._disk.truncate(self._name, newsize)

    @failing_as("sync")
    def xSync(self, flags: int) -> None:
        self._disk.sync(self._name, folder=self._with_folder)
        self._with_folder = False

    def xFileSize(self) -> int:
        return self._disk.size(self._name)

    def xLock(self, level: int) -> None:
        if self._disk.locks.setdefault(self._name, self) is not self:
            raise in_sqlites_words(apsw.SQLITE_BUSY)

    def xUnlock(self, level: int) -> None:
        if level == apsw.SQLITE_LOCK_NONE and self._disk.locks.get(self._name) is self:
            del self._disk.locks[self._name]

    def xCheckReservedLock(self) -> bool:
        return self._name in self._disk.locks

    def xClose(self) -> None:
        """Nothing to let go: SQLite has unlocked it, and the contents are the disk's."""

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False
