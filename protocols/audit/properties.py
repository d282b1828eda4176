"""What has to hold, and how it is said that it does not."""

from dataclasses import dataclass
from enum import Enum

from protocols.audit.witnesses import Numbers


class Property(Enum):
    """The value says what must be true."""

    P1 = "a key is printed at most once"
    P2 = "what was taken and not rejected is printed exactly once in the end"
    P3 = "an answer names the document that carries the receipt"
    P4 = "all answers to one key are the same bytes"
    P5 = "what was refused for good is never printed"
    P6 = "an open answer is settled one way, for good"
    P7 = "another body under a used key is refused and changes nothing"
    P8 = "receipts by state add up, and the status page says so"
    P9 = "the OFD has what was printed, once and in order; what is missing is a dead letter"
    P10 = "documents are numbered without gaps, and no number is two receipts'"
    P11 = "a receipt is unknown only where the register cannot tell"
    P12 = "while a receipt is unknown its register prints no other"
    P13 = "the database is whole"
    P14 = "what was answered is on disk"
    P15 = "states move only along drawn edges, each move an event"
    P17 = "fiscal time is the register's"
    P18 = "what had no room on disk is not printed"
    P20 = "a receipt is a dead letter after so many refused deliveries, no sooner and no later"
    P24 = "a register prints another's receipts only by a hand-over, and nothing else of another's"


@dataclass(frozen=True, slots=True)
class Violation:
    """`property` is broken, for a receipt, a key or a document as far as they are known; `what` is for a person."""

    property: Property
    what: str
    receipt_id: str | None = None
    key: str | None = None
    document: Numbers | None = None
