"""A file of lines that only grows, each on disk before the next thing happens."""

import fcntl
import os
from array import array
from collections.abc import Iterator
from pathlib import Path

_sync = getattr(os, "fdatasync", os.fsync)  # macOS has but the latter


class Journal:
    """Lines by number, from 0. A last line without its end is dropped: the power went while it was written.

    Memory: 8 bytes a line. Reading and appending may go on in different threads, appending in one at a time.
    After an OSError from `append` only opening the file anew tells what is in it.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file at `path`, or begins an empty one. Raises OSError, also while another has it open."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._ends = array("Q")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # two writers would give a number twice
        except OSError:
            os.close(self._file)
            raise
        directory = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        os.fsync(directory)  # else a power cut may take the name of a new file with it
        os.close(directory)

    def replay(self) -> Iterator[bytes]:
        """Every whole line, oldest first. To be read to the end, once, before anything else is called."""
        with os.fdopen(os.dup(self._file), "rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._ends.append(self._end + len(line))
                yield line[:-1]
        os.ftruncate(self._file, self._end)

    def append(self, line: bytes) -> None:
        """Raises OSError: the line may be there or not."""
        data, end = line + b"\n", self._end
        while data:
            written = os.pwrite(self._file, data, end)
            data, end = data[written:], end + written
        _sync(self._file)
        self._ends.append(end)

    def __getitem__(self, number: int) -> bytes:
        start = self._ends[number - 1] if number else 0
        return os.pread(self._file, self._ends[number] - start - 1, start)

    def __len__(self) -> int:
        return len(self._ends)

    def close(self) -> None:
        os.close(self._file)

    @property
    def _end(self) -> int:
        return self._ends[-1] if self._ends else 0
