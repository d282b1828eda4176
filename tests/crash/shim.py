"""The page that a test shares with a process under `ioshim.c`, and the log that such a process writes."""

import ctypes
import mmap
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("ioshim.c")


class Mode(IntEnum):
    """What happens at the chosen call: nothing, kill -9 before it, after it or half-way through it, an error."""

    WATCH = 0
    BEFORE = 1
    AFTER = 2
    TORN = 3
    EIO = 4
    ENOSPC = 5
    SHORT = 6
    FULL = 7  # as ENOSPC, but only for what needs more room than others have given up


class Kind(IntEnum):
    WRITE = 1
    SYNC = 2
    TRUNCATE = 3
    CREATE = 4
    UNLINK = 5
    RENAME = 6
    SEND = 7
    RECEIVE = 8


KILLS = {  # how a kill can hit each kind of call; what was received is counted afterwards, so there is no "before"
    Kind.WRITE: (Mode.BEFORE, Mode.AFTER, Mode.TORN),
    Kind.SEND: (Mode.BEFORE, Mode.AFTER, Mode.TORN),
    Kind.RECEIVE: (Mode.AFTER,),
    **dict.fromkeys((Kind.SYNC, Kind.TRUNCATE, Kind.CREATE, Kind.UNLINK, Kind.RENAME), (Mode.BEFORE, Mode.AFTER)),
}


class _Page(ctypes.Structure):
    """`struct page` of ioshim.c."""

    _fields_ = (
        ("armed", ctypes.c_int32),
        ("mode", ctypes.c_int32),
        ("ever", ctypes.c_int32),
        ("sockets", ctypes.c_int32),
        ("count", ctypes.c_int64),
        ("at", ctypes.c_int64),
        ("acted", ctypes.c_int64),
        ("room", ctypes.c_int64),
        ("folder", ctypes.c_char * 256),
        ("log", ctypes.c_char * 256),
        ("witness", ctypes.c_char * 256),
    )


class Shim:
    """`environment` puts a process under it. One such process at a time, or their calls count together."""

    def __init__(self, place: Path) -> None:
        """Compiles it into `place`."""
        library, page = place / "ioshim.so", place / "page"
        _compile(library)
        page.write_bytes(bytes(ctypes.sizeof(_Page)))
        with page.open("r+b") as file:
            self._page = _Page.from_buffer(mmap.mmap(file.fileno(), 0))
        self.environment = {"LD_PRELOAD": str(library), "IOSHIM_PAGE": str(page)}

    def arm(
        self,
        folder: Path,
        mode: Mode = Mode.WATCH,
        at: int = 0,
        *,
        ever: bool = False,
        sockets: bool = True,
        log: Path | None = None,
        witness: Path | None = None,
    ) -> None:
        """From here on calls count, from 1; the one with the number `at` meets `mode`, with `ever` all behind it too.

        `log`, begun anew, gets every call; with each the size that the file `witness` had then.
        """
        self.disarm()
        if log is not None:
            log.write_bytes(b"")
        page = self._page
        page.folder = bytes(folder.resolve())
        page.log, page.witness = bytes(log or b""), bytes(witness or b"")
        page.mode, page.at, page.ever, page.sockets = mode, at, ever, sockets
        page.count = page.acted = page.room = 0
        page.armed = 1

    def disarm(self) -> None:
        """Nothing counts and nothing happens any more."""
        self._page.armed = 0

    @property
    def count(self) -> int:
        """Calls since it was armed."""
        return int(self._page.count)

    @property
    def acted(self) -> int:
        """How many calls met what was ordered."""
        return int(self._page.acted)


@dataclass(frozen=True, slots=True)
class Call:
    """`data`: what was written, or the new name. `at`: seconds since the epoch; `witness`: its size before the call."""

    number: int
    kind: Kind
    name: str
    offset: int
    data: bytes
    at: float
    witness: int


_ENTRY = struct.Struct("=qqqqqii")


def read_log(path: Path) -> Iterator[Call]:
    """The calls of a process, in the order in which they took effect."""
    log, at = path.read_bytes(), 0
    while at < len(log):
        number, time_ns, witness, offset, length, kind, name_length = _ENTRY.unpack_from(log, at)
        at += _ENTRY.size
        name, at = log[at : at + name_length].decode(), at + name_length
        data, at = log[at : at + length], at + length
        yield Call(number, Kind(kind), name, offset, data, time_ns / 1e9, witness)


def _compile(library: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise RuntimeError("the crash tests need a C compiler (cc or gcc) to build tests/crash/ioshim.c")
    command = [
        compiler,
        "-O2",
        "-Wall",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        str(library),
        str(SOURCE),
        "-ldl",
        "-lpthread",
    ]
    subprocess.run(command, check=True)
