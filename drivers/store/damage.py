"""What is done with a database that is no database any more: kept for those who can read it, never replaced in silence.

Its files go to a folder of their own and a note stays. While the note is there no gateway begins anew: without what
the damaged file knew, a receipt in doubt would be printed again.
"""

from datetime import datetime
from pathlib import Path

from protocols.errors import FailStop

SUFFIXES = ("", "-wal", "-shm")


def note_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.damaged")


def refuse_if_noted(database: Path) -> None:
    """Raises FailStop while the note of an earlier find stands."""
    note = note_of(database)
    if note.exists():
        raise FailStop(note.read_text())


def set_aside(database: Path, reason: str, at: datetime) -> FailStop:
    """Moves the files away, leaves the note, and gives the sentence to stop with. Raises OSError."""
    folder = database.with_name(f"damaged-{at:%Y%m%dT%H%M%S}")
    note = note_of(database)
    sentence = (
        f"the receipts in {database} are damaged ({reason}). The files were moved to {folder} as they are. Put a backup"
        f" in place of {database.name} if there is one, compare the register's last documents with it, then remove"
        f" {note} and start again: without a backup the gateway begins with an empty file and knows nothing of"
        " receipts that were under way."
    )
    folder.mkdir()
    note.write_text(sentence)  # first: whatever fails from here on, nobody begins anew without a person
    for suffix in SUFFIXES:
        file = database.with_name(database.name + suffix)
        if file.exists():
            file.rename(folder / file.name)
    return FailStop(sentence)
