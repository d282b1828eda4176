"""What one register printed for another: by a hand-over, and receipts only."""

from collections.abc import Iterator

from protocols.audit.case import Case
from protocols.audit.properties import Property, Violation
from protocols.receipt import Kind

RECEIPTS = frozenset(Kind)


def stand_ins(case: Case) -> Iterator[Violation]:
    """The times are not compared: a wall clock that is set back would make liars of all."""
    for row in case.rows:
        if row.sold_at is None:
            continue
        if row.kind not in RECEIPTS:
            what = f"receipt {row.receipt_id} is {row.kind} of {row.sold_at}, and {row.pos_id} has it in hand"
            yield Violation(Property.P24, what, row.receipt_id, row.key)
        elif (row.sold_at, row.pos_id) not in case.witnesses.store.handovers:
            what = f"receipt {row.receipt_id} of {row.sold_at} is in the hand of {row.pos_id} without a hand-over"
            yield Violation(Property.P24, what, row.receipt_id, row.key)
