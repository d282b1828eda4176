"""P24: what one register prints for another. What the audit finds, and what looks like it and is right."""

from dataclasses import replace

import pytest

from protocols.audit.judge import audit
from protocols.audit.properties import Property, Violation
from protocols.audit.witnesses import Outcome, StoredReceipt
from protocols.jsontext import dumps, loads
from protocols.till import Work
from tests.unit.protocols.audit.history import NOON, ONE, TWO, History

BY_WORD = frozenset({(ONE, TWO)})


def stood_in(history: History, kopecks: int = 4_321, kind: str = "sale") -> StoredReceipt:
    """Asked for at ONE, printed and delivered by TWO; the till has heard of it."""
    row = history.prints(kopecks, TWO, kind)
    answer = dumps(loads(row.answer or b"{}") | {"pos_id": ONE, "printed_on": TWO})
    row = history.changes(row, sold_at=ONE, answer=answer)
    history.asks(replace(row, pos_id=ONE), Outcome(NOON, 200, answer))
    return history.delivers(row) if kind == "sale" else row


def found(history: History, handovers: frozenset[tuple[str, str]] = BY_WORD) -> list[Violation]:
    seen = history.witnesses()
    return audit(replace(seen, store=replace(seen.store, handovers=handovers)), history.terms())


def test_a_receipt_printed_by_a_stand_in_is_in_order(history: History) -> None:
    stood_in(history)

    assert found(history) == []


def test_a_receipt_printed_by_a_stand_in_and_cleaned_up_is_in_order(history: History) -> None:
    history.buries(stood_in(history))

    assert found(history) == []


def test_two_sales_of_one_sum_one_of_them_at_its_stand_in_are_in_order(history: History) -> None:
    stood_in(history, 4_321)
    history.sells(4_321, ONE)
    history.sells(4_321, TWO)

    assert found(history) == []


@pytest.mark.parametrize("handovers", [frozenset[tuple[str, str]](), frozenset({(TWO, ONE)})])
def test_p24_nobody_said_that_it_may_stand_in(history: History, handovers: frozenset[tuple[str, str]]) -> None:
    stood_in(history)

    assert [violation.property for violation in found(history, handovers)] == [Property.P24]


def test_p24_a_shift_is_never_handed_over(history: History) -> None:
    stood_in(history, 0, Work.CLOSE_SHIFT)

    assert [violation.property for violation in found(history)] == [Property.P24]


@pytest.mark.parametrize("pos_id", [ONE, TWO])
def test_a_second_print_is_found_whichever_register_it_is_on(history: History, pos_id: str) -> None:
    stood_in(history)
    history.puts_on_paper(pos_id, "sale", 4_321)

    assert {violation.property for violation in found(history)} & {Property.P1, Property.P2}
