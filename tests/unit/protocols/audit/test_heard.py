"""Tills against store and register: P3 to P7, P14, P18. What the audit finds, and what looks like it and is right."""

from dataclasses import replace
from typing import Any

import pytest

from protocols.audit.properties import Property
from protocols.audit.witnesses import Outcome
from protocols.receipt import Kind
from tests.unit.protocols.audit.history import (
    NO_ROOM,
    NOON,
    NOT_NOW,
    NOTHING,
    ONE,
    PRINTING,
    REFUSED,
    REUSED,
    History,
    says,
)

# P3


def test_p3_an_answer_that_names_another_receipts_document(history: History) -> None:
    other = history.sells(500)
    row = history.sells(600)
    history.tills[-1] = replace(history.tills[-1], outcomes=(Outcome(NOON, 200, other.answer),))

    assert history.broken() == {Property.P3, Property.P4}
    assert {violation.key for violation in history.violations()} == {row.key}


def test_p3_an_answer_that_names_a_document_of_no_register(history: History) -> None:
    row = history.prints(500)
    entry = history.journals[ONE][-1]
    row = history.changes(row, answer=says(row, replace(entry, fd=77)))
    history.asks(row, Outcome(NOON, 200, row.answer))

    assert history.broken() == {Property.P3}


def test_p3_an_answer_or_a_row_with_another_sign(history: History) -> None:
    row = history.prints(500)
    entry = replace(history.journals[ONE][-1], fp="0000000001")
    row = history.changes(row, answer=says(row, entry))
    assert history.broken() == {Property.P3}  # against its own row

    history.asks(history.changes(row, fp=entry.fp), Outcome(NOON, 200, row.answer))
    found = [violation.property for violation in history.violations()]
    assert found == [Property.P3, Property.P3]  # the row and the answer against the register


def test_p3_an_answer_that_names_nothing(history: History) -> None:
    row = history.changes(history.prints(500), answer=b"{}")
    history.asks(row, Outcome(NOON, 200, row.answer))

    assert history.broken() == {Property.P3}


def test_p3_a_tombstone_with_another_sign(history: History) -> None:
    tomb = history.buries(history.sells(500))
    history.tombstones[-1] = replace(tomb, fp="0000000001", answer=b"{}")
    history.tills.pop()

    assert history.broken() == {Property.P3}


def test_p3_a_register_that_does_not_tell_signs_contradicts_none(history: History) -> None:
    history.sells(500)
    history.journals[ONE][-1] = replace(history.journals[ONE][-1], fp=None)

    assert history.broken() == set()


# P4


def test_p4_a_yes_in_two_spellings(history: History) -> None:
    row = history.prints(500)
    assert row.answer is not None
    history.asks(row, Outcome(NOON, 200, row.answer), Outcome(NOON, 200, row.answer + b" "))

    assert history.broken() == {Property.P4}


def test_p4_a_yes_that_becomes_a_no(history: History) -> None:
    row = history.prints(500)
    history.asks(row, Outcome(NOON, 200, row.answer), Outcome(NOON, 422, REFUSED))

    assert history.broken() == {Property.P4, Property.P5}


def test_p4_a_yes_between_answers_that_promise_nothing(history: History) -> None:
    row = history.prints(500)
    history.asks(row, NOTHING, NOT_NOW, Outcome(NOON, 429, b"{}"), Outcome(NOON, 200, row.answer), NOT_NOW, NOTHING)

    assert history.broken() == set()


def test_p4_a_stored_refusal_that_is_told_in_two_ways(history: History) -> None:
    history.rejects(500)
    history.tills[-1] = replace(history.tills[-1], outcomes=(Outcome(NOON, 422, REFUSED), Outcome(NOON, 422, b"{}")))

    assert history.broken() == {Property.P4}


def test_p4_a_refusal_of_a_wrong_request_is_made_anew_each_time(history: History) -> None:
    history.asks_in_vain(500, Outcome(NOON, 422, b'{"id":1}'), Outcome(NOON, 422, b'{"id":2}'))

    assert history.broken(settled=True) == set()


def test_p4_another_body_under_the_key_of_a_rejected_receipt_hears_its_own_refusal(history: History) -> None:
    row = history.rejects(500)
    history.asks_in_vain(600, Outcome(NOON, 422, b'{"id":1}'), key=row.key)

    assert history.broken(settled=True) == set()


# P5


def test_p5_a_refused_request_that_is_on_paper_and_nowhere_else(history: History) -> None:
    history.asks_in_vain(500, Outcome(NOON, 422, REFUSED))
    history.puts_on_paper(ONE, Kind.SALE, 500)

    assert history.broken() == {Property.P5}


def test_p5_a_rejected_receipt_that_is_on_paper(history: History) -> None:
    history.rejects(500)
    history.puts_on_paper(ONE, Kind.SALE, 500)

    assert history.broken() == {Property.P5}


def test_p5_a_rejected_receipt_that_has_a_document(history: History) -> None:
    row = history.rejects(500)
    entry = history.puts_on_paper(ONE, Kind.SALE, 500)
    history.changes(row, fn=entry.fn, fd=entry.fd)

    assert history.broken() == {Property.P5}


def test_p5_a_printed_receipt_whose_till_was_refused(history: History) -> None:
    history.asks(history.prints(500), Outcome(NOON, 422, REFUSED))

    assert history.broken() == {Property.P5}


def test_p5_a_refused_sum_may_be_sold_under_another_key_or_corrected_under_the_same(history: History) -> None:
    history.rejects(500)
    history.sells(500)
    sold = history.sells(600)
    history.asks_in_vain(601, Outcome(NOON, 422, b"{}"), key=sold.key)  # not valid, so the key stayed free

    assert history.broken(settled=True) == set()


# P6


def test_p6_an_open_answer_whose_document_the_store_does_not_know(history: History) -> None:
    history.asks_in_vain(500, NOTHING, NOT_NOW)
    history.puts_on_paper(ONE, Kind.SALE, 500)

    assert history.broken() == {Property.P6}


def test_p6_an_open_answer_may_end_either_way(history: History) -> None:
    history.asks_in_vain(500, NOTHING)
    history.sells(600, heard=[None])
    history.rejects(700)
    history.tills[-1] = replace(history.tills[-1], outcomes=(NOTHING,))

    assert history.broken(settled=True) == set()


# P7


def test_p7_two_bodies_that_both_heard_yes(history: History) -> None:
    row = history.sells(500)
    history.asks_in_vain(500, Outcome(NOON, 200, row.answer), key=row.key)

    assert history.broken() == {Property.P7}


def test_p7_another_body_that_was_printed(history: History) -> None:
    row = history.sells(500)
    history.asks_in_vain(600, Outcome(NOON, 409, REUSED), key=row.key)
    assert history.broken() == set()

    history.puts_on_paper(ONE, Kind.SALE, 600)
    assert history.broken() == {Property.P7}


def test_p7_a_receipt_that_is_turned_away_from_its_own_key(history: History) -> None:
    row = history.prints(500)
    history.asks(row, Outcome(NOON, 200, row.answer), Outcome(NOON, 409, REUSED))

    assert history.broken() == {Property.P7}


def test_p7_another_conflict_is_not_about_the_key(history: History) -> None:
    row = history.prints(500)
    history.asks(row, Outcome(NOON, 409, b'{"code":"SHIFT_OPEN"}'), Outcome(NOON, 200, row.answer))

    assert history.broken() == set()


def test_p7_a_receipt_that_its_key_was_never_sent_with(history: History) -> None:
    row = history.sells(500)
    history.tills[-1] = replace(history.tills[-1], total_kopecks=600, outcomes=(NOTHING,))

    assert Property.P7 in history.broken()
    assert row.key in {violation.key for violation in history.violations()}


def test_p7_the_body_that_came_second_may_be_the_one_that_is_bound(history: History) -> None:
    row = history.sells(500)
    history.tills.insert(0, replace(history.tills[-1], total_kopecks=600, fingerprint="first", outcomes=(NOTHING,)))
    assert history.broken(settled=True) == set()

    history.tills[0] = replace(history.tills[0], outcomes=(NOTHING, Outcome(NOON, 409, REUSED)))
    assert history.broken(settled=True) == set()
    assert row.key == history.tills[0].key


def test_p7_a_till_may_tell_bodies_apart_in_its_own_way(history: History) -> None:
    by_answer, by_content = history.sells(500), history.sells(600, heard=[None])
    for row, other in ((by_answer, 500), (by_content, 601)):
        history.asks_in_vain(other, Outcome(NOON, 409, REUSED), key=row.key)
    history.tills[:] = [replace(request, fingerprint=f"mine {request.fingerprint}") for request in history.tills]
    assert history.broken(settled=True) == set()

    history.puts_on_paper(ONE, Kind.SALE, 601)
    assert history.broken() == {Property.P7}


# P14


def test_p14_an_answered_receipt_that_is_not_on_disk(history: History) -> None:
    history.rows.pop()

    assert Property.P14 in history.broken()


def test_p14_an_answered_receipt_that_is_not_on_disk_as_printed(history: History) -> None:
    row = history.rows[-1]
    history.changes(row, state=PRINTING, answer=None, fn=None, fd=None, fp=None, events=row.events[:2])

    assert Property.P14 in history.broken()


@pytest.mark.parametrize("change", [{"state": PRINTING}, {"answer": None}])
def test_p14_either_is_wanted_the_state_and_the_answer(history: History, change: dict[str, Any]) -> None:
    row = history.rows[-1]
    events = row.events[:2] if "state" in change else row.events
    history.changes(row, events=events, **change)

    assert Property.P14 in history.broken()


def test_p14_an_answered_receipt_of_which_only_a_tombstone_is_left(history: History) -> None:
    history.buries(history.rows[-1])

    assert history.broken(settled=True) == set()


# P18


def test_p18_a_receipt_that_had_no_room_and_is_on_paper(history: History) -> None:
    history.asks_in_vain(500, Outcome(NOON, 503, NO_ROOM))
    assert history.broken() == set()

    history.puts_on_paper(ONE, Kind.SALE, 500)
    assert history.broken() == {Property.P18}


def test_p18_a_receipt_that_found_room_at_last(history: History) -> None:
    row = history.prints(500)
    history.asks(row, Outcome(NOON, 503, NO_ROOM), Outcome(NOON, 200, row.answer))

    assert history.broken() == set()
