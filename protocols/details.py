"""What an event says of its move: in the words of whoever writes it, and read again by whoever tells the story."""

import re

from protocols.fiscal import Baseline, CashSlip, Document

NOT_PRINTED = "the register has no document of it"
DECIDED = "; decided by "
DOCUMENT = re.compile(r"document (?P<fd>\d+), sign (?P<fp>\d+)")
SLIP = re.compile(r"slip (?P<number>\d+) of the shift")


def by(who: str | None, what: str) -> str:
    """`who`: the person who decided it; None if nobody had to."""
    return what if who is None else f"{what}{DECIDED}{who}"


def parted(detail: str | None) -> tuple[str, str | None]:
    """What happened, and the person who decided it, if one did."""
    what, decided, who = (detail or "").partition(DECIDED)
    return what, who if decided else None


def named(document: Document) -> str:
    if isinstance(document, CashSlip):
        return f"slip {document.number} of the shift"
    return f"document {document.fd}, sign {document.fp}"


def after(baseline: Baseline) -> str:
    """The intent in words."""
    return f"after document {baseline.fd} of {baseline.fn}"
