"""A file that holds disk space in reserve: what follows from a print must find room, also on a full disk.

While it is in place a receipt may be begun. When the disk turns out to be full after the print, the ballast is spent
and the result is written in its place. Also, SQLite cannot even open a WAL database on a disk without room.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog

log = structlog.get_logger()

SIZE = 4 * 1024 * 1024
"""Bytes: SQLite's log as large as it grows between two checkpoints (1000 pages of 4 KiB)."""


class Reserve(Protocol):
    """Room for what must be written, port of the store."""

    def in_place(self) -> bool:
        """Whether it can be counted on; tries to put it back if it was spent. Quick enough to ask for each sale."""

    def spend(self) -> bool:
        """Gives its room to the disk; False if there was nothing left to give."""


def ballast_of(database: Path) -> Path:
    return database.with_suffix(".ballast")


class Ballast:
    """`SIZE` bytes at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stands = False

    def in_place(self) -> bool:
        if not self._stands and self._room() >= 2 * SIZE:
            self._stands = self._fill()
            log.info("ballast_in_place", path=str(self._path), stands=self._stands)
        return self._stands

    def spend(self) -> bool:
        self._stands = False
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        log.error("ballast_spent", path=str(self._path))
        return True

    def _room(self) -> int:
        """Bytes that are free for us, those of a ballast that an earlier process left included."""
        disk = os.statvfs(self._path.parent)
        with suppress(FileNotFoundError):
            return disk.f_bavail * disk.f_frsize + self._path.stat().st_size
        return disk.f_bavail * disk.f_frsize

    def _fill(self) -> bool:
        ballast = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(ballast, 0, SIZE)
            os.fsync(ballast)
        except OSError as error:
            log.error("ballast_refused", reason=str(error))
            return False
        finally:
            os.close(ballast)
        return True
