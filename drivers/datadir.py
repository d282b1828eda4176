"""The folder that the gateway keeps its receipts in, and files written so that a reader never sees half of one."""

import fcntl
import os
from pathlib import Path
from typing import IO


class DataDirTaken(Exception):
    """Another gateway works in this folder."""


def hold(folder: Path) -> IO[str]:
    """Makes the folder if need be and keeps other gateways out of it while the result is open. Raises DataDirTaken."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "kassir.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DataDirTaken(f"Another Kassir already works in {folder}; stop it or say --data OTHER.") from None
    return lock


def write_whole(path: Path, content: bytes) -> None:
    """Whoever reads `path` sees all of the new content or what was there before."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_bytes(content)
    draft.replace(path)
