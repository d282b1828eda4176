"""Commands for marking codes, «Честный знак» (driver: FSCheckMC, FSAcceptMC, FSBindMC; FFD 1.2)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from protocols.shtrih.codecs import U8, U16, U32, Counted, MaybeU8
from protocols.shtrih.commands import Command

CHECKED, POSITIVE, SERVER_ASKED, SERVER_AGREES = 1, 2, 4, 8


class Verdict(IntEnum):
    """The byte of FF69h."""

    REJECT = 0
    ACCEPT = 1
    CLEAR = 2  # driver only: forgets every code of the receipt in hand


@dataclass(frozen=True)
class MarkingCodeChecked:
    """Answer to FF61h. What follows `more` comes only where the register asked the server; its tags are left out."""

    status: U8
    """Tag 2004: 1 checked by the drive, 2 and the check was positive."""
    reason: U8
    """Why the drive did not check: 0 it did, 1 not this kind of code, 2 it has no key, 3 bad format, 4 another."""
    kind: U8
    """Tag 2100."""
    more: U8 = 0
    """Bytes that follow."""
    drive_answer: MaybeU8 = None
    result: MaybeU8 = None
    """Tag 2106."""


@dataclass(frozen=True)
class CheckMarkingCode(Command[MarkingCodeChecked], code=0xFF61, name="check marking code", fiscal=True):
    password: U32
    status: U8
    """Tag 2003: 1 a piece sold, 2 a part sold, 3 a piece returned, 4 a part returned, 255 unchanged."""
    mode: U8
    """Always 0."""
    code_and_tlv: Annotated[tuple[bytes, ...], Counted(2)]
    """The code as scanned, and for a part of a package tags 1023 and 2108 (driver)."""


@dataclass(frozen=True)
class MarkingCodeAccepted:
    """Answer to FF69h."""

    result: MaybeU8 = None
    """Tag 2106."""


@dataclass(frozen=True)
class AcceptMarkingCode(Command[MarkingCodeAccepted], code=0xFF69, name="accept marking code", fiscal=True):
    """To be sent after every check."""

    password: U32
    verdict: U8


@dataclass(frozen=True)
class MarkingCodeBound:
    """Answer to FF67h; what the check found may follow."""

    recognised: U16 = 0
    kind: U8 = 0
    """0 with 88 letters of check code, 1 symmetric, 2 tobacco, 3 with 44, FFh not marked."""


@dataclass(frozen=True)
class BindMarkingCode(Command[MarkingCodeBound], code=0xFF67, name="bind marking code", fiscal=True):
    """To the operation in hand, after all of its tags."""

    password: U32
    code: Annotated[tuple[bytes, ...], Counted(1)]


def complaint(answer: MarkingCodeChecked) -> str | None:
    """Why what it says forbids to sell, in Russian; None where it does not. Bits of tag 2106 (FFD 1.2).

    A check that nobody could make forbids nothing: the server may be out of reach, and the receipt says so itself.
    """
    if answer.status & CHECKED and not answer.status & POSITIVE:
        return "ФН: проверка кода маркировки не пройдена"
    if answer.result is not None and answer.result & SERVER_ASKED and not answer.result & SERVER_AGREES:
        return "«Честный знак»: товар с этим кодом маркировки сейчас нельзя провести по чеку"
    return None
