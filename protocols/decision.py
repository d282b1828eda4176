"""What a person decides of a receipt whose fate the register cannot tell."""

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    PRINTED = "printed"  # it is on paper, as document `fd`
    PRINT = "print"  # it is not on paper: print it now
    DROP = "drop"  # it is not on paper, and nobody waits for it any more


@dataclass(frozen=True, slots=True)
class Decision:
    """`who` took it; `fd` only with PRINTED."""

    verb: Verb
    who: str
    fd: int | None = None


@dataclass(frozen=True, slots=True)
class NotResolved:
    """The decision cannot be carried out; nothing has changed."""

    code: str
    message: str
    details: object = None
