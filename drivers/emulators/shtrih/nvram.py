"""What the register keeps beside its drive, whatever becomes of the power: settings and what only it counts."""

import os
from pathlib import Path

import msgspec


class Memory(msgspec.Struct, kw_only=True):
    """`tables` holds the fields a host has written, in hex, by "table.row.field". `sent_to` is the last document that
    the OFD took before it went out of reach, None while it is in reach. What was cancelled goes by operation.
    """

    tables: dict[str, str] = {}
    sent_to: int | None = None
    x_reports: int = 0
    cancelled: dict[int, int] = {}
    cancelled_kopecks: dict[int, int] = {}


class Nvram:
    """`memory`, and the file it lasts in. Without a path it lasts as long as the program."""

    def __init__(self, path: Path | None = None) -> None:
        """With a file that is none of ours it begins empty, as a register does whose battery was taken out."""
        self._path = path
        self.memory = Memory()
        if path and path.exists():
            try:
                self.memory = msgspec.json.decode(path.read_bytes(), type=Memory)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self.memory = Memory()

    def count_cancelled(self, operation: int, kopecks: int) -> None:
        """Raises OSError."""
        memory = self.memory
        memory.cancelled[operation] = memory.cancelled.get(operation, 0) + 1
        memory.cancelled_kopecks[operation] = memory.cancelled_kopecks.get(operation, 0) + kopecks
        self.save()

    def begin_shift(self) -> None:
        """What counts within a shift counts anew. Raises OSError."""
        self.memory.cancelled, self.memory.cancelled_kopecks = {}, {}
        self.save()

    def save(self) -> None:
        """Raises OSError."""
        if self._path:
            new = self._path.with_name(f"{self._path.name}.new")
            new.write_bytes(msgspec.json.encode(self.memory))
            os.replace(new, self._path)
