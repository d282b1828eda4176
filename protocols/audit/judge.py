"""The audit: every check on one case."""

from collections.abc import Callable, Iterator

from protocols.audit import delivery, handovers, heard, moves, numbering, paper, slips
from protocols.audit.case import Case
from protocols.audit.properties import Property, Violation
from protocols.audit.witnesses import Terms, Witnesses

CHECKS: tuple[Callable[[Case], Iterator[Violation]], ...] = (
    paper.stray_documents,  # P1, P2, P5, P6, P7, P14, P18
    paper.counted_prints,  # P1
    paper.printed_rows,  # P2, P3, P5, P17
    paper.buried_documents,  # P2, P3
    paper.open_rows,  # P2
    slips.cash_slips,  # P1, P2
    numbering.gaps,  # P10
    numbering.shared_documents,  # P10
    heard.named_documents,  # P3
    heard.stored_answers,  # P3
    heard.same_answers,  # P4
    heard.answers_on_disk,  # P4, P14
    heard.refused_receipts,  # P5
    heard.used_keys,  # P7
    moves.counts,  # P8
    moves.avoidable_unknowns,  # P11
    moves.halts,  # P12
    moves.integrity,  # P13
    moves.drawn_moves,  # P15
    moves.burials,  # P15
    moves.dead_letters,  # P20
    handovers.stand_ins,  # P24
    delivery.listed_documents,  # P9
    delivery.delivery_order,  # P9
    delivery.deliveries,  # P9
)

_ORDER = {each: place for place, each in enumerate(Property)}


def audit(witnesses: Witnesses, terms: Terms = Terms()) -> list[Violation]:  # noqa: B008  frozen
    """Every violation that these witnesses show, by property; none where what they saw allows another reading."""
    case = Case(witnesses, terms)
    found = [violation for check in CHECKS for violation in check(case)]
    return sorted(found, key=lambda violation: _ORDER[violation.property])
