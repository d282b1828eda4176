"""What a person decides of a receipt whose fate the register cannot tell."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    PRINTED = "printed"  # it is on paper, as document `fd`
    PRINT = "print"  # it is not on paper: print it now
    DROP = "drop"  # it is not on paper, and nobody waits for it any more


@dataclass(frozen=True, slots=True)
class Decision:
    """`who` took it; the rest only with PRINTED.

    `fn`, `fp` and `at`, drive, sign and time on the paper, where the drive that could confirm them is gone.
    """

    verb: Verb
    who: str
    fd: int | None = None
    fn: str | None = None
    fp: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotResolved:
    """The decision cannot be carried out; nothing has changed."""

    code: str
    message: str
    details: object = None
