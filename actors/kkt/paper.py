"""Puts on paper what means nothing to the tax office."""

from dataclasses import dataclass
from typing import assert_never

from actors.kkt.trouble import NotReady
from drivers.kkt.port import Register, RegisterRefused
from protocols.fiscal import Baseline
from protocols.unfiscal import Copy, Text, Unfiscal, XReport


@dataclass(frozen=True, slots=True)
class NotLast:
    """The receipt to copy is not the register's last document, which is this one."""

    last: Baseline


@dataclass(frozen=True, slots=True)
class MayBePrinted:
    """The register's answer was lost."""


@dataclass(frozen=True, slots=True)
class Refused:
    """By the register, in its own words: see RegisterRefused."""

    spelled: str
    text: str
    advice: str


async def put_on_paper(register: Register, what: Unfiscal, last: Baseline) -> NotReady | NotLast | Refused | None:
    """None once it is printed. `last`: the register's last document. Raises LinkError: it may be printed."""
    try:
        match what:
            case XReport():
                await register.print_x_report()
            case Copy(of=document):
                if document != last:
                    return NotLast(last)
                await register.print_copy()
            case Text(lines=lines):
                await register.print_text(lines)
            case _:
                assert_never(what)
    except RegisterRefused as refusal:
        if refusal.passing:
            return NotReady("KKT_REFUSED", f"The register refused: {refusal}.")
        return Refused(refusal.spelled, refusal.text, refusal.advice)
    return None
