"""Each property: what the audit finds, and what looks like it and is right."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from protocols.audit.judge import audit
from protocols.audit.properties import Property
from protocols.audit.witnesses import OTHER, Numbers, OfdEntry, OfdList, Outcome, RegisterEntry, RegisterJournal
from protocols.fiscal import Baseline
from protocols.life import INTERRUPTED, State
from protocols.receipt import Kind
from protocols.till import Work
from tests.unit.protocols.audit.history import (
    ACCEPTED,
    DRIVES,
    NO_ROOM,
    NOON,
    ONE,
    PENDING,
    PRINTING,
    REFUSED,
    REUSED,
    SYNCED,
    SYNCING,
    TWO,
    History,
    says,
)

YES = Outcome(NOON, 200, b"{}")
NOTHING = Outcome(NOON)
NOT_NOW = Outcome(NOON, 503, b"{}")


@pytest.fixture
def history() -> History:
    """Some trade on two registers, so that nothing is found only because it is alone."""
    history = History()
    history.sells(100)
    history.sells(100, TWO)
    history.sells(200, kind=Kind.REFUND)
    return history


def test_an_honest_history_is_clean_in_every_light(history: History) -> None:
    history.shift_turns()
    history.sells(0, ONE, Work.CLOSE_SHIFT)
    history.sells(700, TWO, Work.CASH_IN)
    history.rejects(300)
    history.buries(history.sells(400))
    history.buries(history.rejects(400))
    history.sells(500, heard=[None, 503, 200, 200])

    for settled in (False, True):
        for sole in (False, True):
            assert history.violations(settled=settled, sole=sole) == []


# P1


def test_p1_a_receipt_with_two_documents(history: History) -> None:
    row = history.sells(500)
    history.puts_on_paper(ONE, Kind.SALE, 500)

    (found, counted) = history.violations()
    assert (found.property, counted.property) == (Property.P1, Property.P1)
    assert (found.receipt_id, found.key, counted.key) == (row.receipt_id, row.key, row.key)
    assert found.document == Numbers(DRIVES[ONE], 4)


def test_p1_a_second_document_is_found_among_equal_sums_and_by_the_store_alone(history: History) -> None:
    row = history.begins(100)
    history.puts_on_paper(ONE, Kind.SALE, 100)
    history.keeps(row, history.puts_on_paper(ONE, Kind.SALE, 100))
    seen = replace(history.witnesses(), tills=None)

    assert {violation.property for violation in audit(seen, history.terms())} == {Property.P1}
    assert {violation.property for violation in audit(seen, history.terms(sole=False))} == {Property.P1}


def test_p1_the_very_first_document_may_be_the_double() -> None:
    history = History()
    row = history.begins(100)
    history.puts_on_paper(ONE, Kind.SALE, 100)
    history.keeps(row, history.puts_on_paper(ONE, Kind.SALE, 100))

    assert history.broken() == {Property.P1}


def test_p1_where_others_print_too_the_last_document_before_the_next_receipt_is_a_double(history: History) -> None:
    history.prints(500)
    history.puts_on_paper(ONE, Kind.SALE, 500)
    history.prints(600)
    history.puts_on_paper(ONE, Kind.SALE, 500)
    seen = replace(history.witnesses(), tills=None)

    (found,) = audit(seen, history.terms(sole=False))
    assert (found.property, found.document) == (Property.P1, Numbers(DRIVES[ONE], 4))


def test_p1_a_document_from_before_a_receipt_is_no_second_one_of_it(history: History) -> None:
    history.puts_on_paper(ONE, Kind.SALE, 500)
    history.prints(500)
    assert history.broken() == {Property.P2}  # nobody's

    history.begins(600)
    history.journals[ONE].append(RegisterEntry(Kind.SALE, 600, NOON, "9999000000000009", 1))
    history.rows.append(replace(history.begins(1), baseline=Baseline("9999000000000009", 0)))
    assert Property.P1 not in history.broken()


def test_p1_a_receipt_in_doubt_accounts_for_nothing_from_before_it(history: History) -> None:
    history.puts_on_paper(ONE, Kind.SALE, 500)
    history.begins(500)

    assert history.broken() == {Property.P2}


def test_p1_equal_sums_under_keys_of_their_own_are_no_doubles(history: History) -> None:
    history.sells(100)
    history.sells(100)

    assert history.broken() == set()


def test_p1_equal_sums_of_a_stranger_are_no_doubles(history: History) -> None:
    history.sells(500)
    history.stranger_prints(500)

    assert history.broken() == set()


def test_p1_the_document_of_a_receipt_in_doubt_is_its_own_but_only_one_is(history: History) -> None:
    history.asks(history.begins(500), NOTHING)
    history.puts_on_paper(ONE, Kind.SALE, 500)
    assert history.broken() == set()

    history.puts_on_paper(ONE, Kind.SALE, 500)
    assert history.broken() == {Property.P1}


def test_p1_a_z_report_printed_twice_for_one_order(history: History) -> None:
    row = history.begins(0, ONE, Work.CLOSE_SHIFT)
    history.puts_on_paper(ONE, Work.CLOSE_SHIFT)
    history.keeps(row, history.puts_on_paper(ONE, Work.CLOSE_SHIFT))

    assert history.broken() == {Property.P1}


def test_p1_where_others_may_turn_shifts_too_only_a_report_under_way_is_a_double(history: History) -> None:
    history.sells(0, ONE, Work.CLOSE_SHIFT)
    history.puts_on_paper(ONE, Work.OPEN_SHIFT)
    history.puts_on_paper(ONE, Work.CLOSE_SHIFT)
    assert history.broken(sole=False) == set()
    assert history.broken() == {Property.P1, Property.P2}

    row = history.begins(0, ONE, Work.OPEN_SHIFT)
    history.puts_on_paper(ONE, Work.OPEN_SHIFT)
    history.asks(history.keeps(row, history.puts_on_paper(ONE, Work.OPEN_SHIFT)))
    assert history.broken(sole=False) == {Property.P1}


def test_p1_a_cash_slip_too_many(history: History) -> None:
    history.sells(900, ONE, Work.CASH_IN)
    history.puts_on_paper(ONE, Work.CASH_IN, 900)

    counted, found = history.violations()
    assert (counted.property, found.property) == (Property.P1, Property.P1)
    assert (counted.key, found.receipt_id) == (history.rows[-1].key, history.rows[-1].receipt_id)


def test_p1_a_cash_slip_whose_order_was_cleaned_up(history: History) -> None:
    for _ in range(2):  # these are no slips
        history.buries(history.rejects(100))
    history.buries(history.sells(900, ONE, Work.CASH_IN))
    assert history.broken() == set()

    history.tills.pop()
    history.puts_on_paper(ONE, Work.CASH_IN, 900)
    assert history.broken() == {Property.P1}


def test_p1_a_cash_slip_of_an_order_in_doubt(history: History) -> None:
    history.asks(history.begins(900, ONE, Work.CASH_IN), NOTHING)
    history.puts_on_paper(ONE, Work.CASH_IN, 900)

    assert history.broken() == set()


def test_p1_where_others_print_too_an_equal_sum_long_after_is_theirs(history: History) -> None:
    history.puts_on_paper(ONE, Kind.SALE, 200)  # in no window of the refund's
    history.sells(300)
    history.puts_on_paper(ONE, Kind.SALE, 100)

    assert history.broken(sole=False) == set()


# P2


@pytest.mark.parametrize("state", [ACCEPTED, PRINTING])
def test_p2_a_receipt_that_is_left_half_done(history: History, state: State) -> None:
    row = history.begins(500)
    history.asks(row if state is PRINTING else history.moves(row, state), NOTHING)

    assert history.broken() == set()
    assert history.broken(settled=True) == {Property.P2}


def test_p2_a_receipt_that_a_person_must_decide_may_wait(history: History) -> None:
    row = history.moves(history.begins(500), State.UNKNOWN)
    history.asks(row, NOTHING)
    history.undecidable.add(row.receipt_id)

    assert history.broken(settled=True) == set()


def test_p2_a_receipt_whose_document_no_register_has(history: History) -> None:
    history.prints(500)
    history.journals[ONE].pop()

    assert history.broken() == {Property.P2}


def test_p2_a_document_on_a_drive_that_cannot_be_read_any_more_is_believed(history: History) -> None:
    history.prints(500)
    seen = history.witnesses()
    new = RegisterEntry(Kind.SALE, 1, NOON, "9999000000000009", 1, "0000000001")
    present = (RegisterJournal(ONE, (new,), every_drive=False), RegisterJournal(TWO, (), every_drive=False))

    assert audit(replace(seen, registers=present, tills=None), history.terms()) == []
    whole = tuple(replace(journal, every_drive=True) for journal in present)
    assert Property.P2 in history.broken_with(registers=whole)


def test_p2_a_document_that_is_missing_on_the_present_drive(history: History) -> None:
    history.prints(500)
    history.journals[ONE].pop()
    present = tuple(replace(journal, every_drive=False) for journal in history.witnesses().registers)

    assert history.broken_with(registers=present) == {Property.P2}


def test_p2_a_register_that_was_not_read_is_believed(history: History) -> None:
    history.prints(500)
    seen = history.witnesses()

    assert audit(replace(seen, registers=seen.registers[1:], tills=None, ofd=None), history.terms()) == []
    assert audit(replace(seen, registers=()), history.terms()) == []


@pytest.mark.parametrize("claim", [{"total_kopecks": 501}, {"kind": Kind.REFUND}, {"pos_id": TWO}])
def test_p2_a_receipt_that_claims_a_document_of_another_content(history: History, claim: dict[str, Any]) -> None:
    history.changes(history.prints(500), **claim)

    assert Property.P2 in history.broken()


def test_p2_a_receipt_that_claims_a_document_from_before_it(history: History) -> None:
    row = history.prints(500)
    history.changes(row, baseline=history.baseline(ONE))

    assert history.broken() == {Property.P2}


def test_p2_a_printed_receipt_without_a_document(history: History) -> None:
    row = history.prints(500)
    history.changes(row, fn=None, fd=None, fp=None, answer=None)
    history.journals[ONE].pop()

    assert history.broken() == {Property.P2}


def test_p2_a_document_for_no_receipt(history: History) -> None:
    history.puts_on_paper(ONE, Kind.SALE, 987)

    assert history.broken() == {Property.P2}
    assert history.broken(sole=False) == set()


def test_p2_documents_from_before_the_first_receipt_and_those_of_no_order_are_nobodys() -> None:
    history = History()
    history.puts_on_paper(ONE, OTHER)
    history.puts_on_paper(ONE, Kind.SALE, 987)
    history.sells(500)
    history.puts_on_paper(ONE, OTHER)

    assert history.broken(settled=True) == set()


def test_p2_a_cash_slip_that_was_never_printed(history: History) -> None:
    history.sells(900, ONE, Work.CASH_OUT)
    history.journals[ONE].pop()
    assert history.broken() == {Property.P2}

    one, two = history.witnesses().registers
    assert history.broken_with(registers=(replace(one, slips=False), two)) == set()


def test_p2_a_tombstone_of_a_document_that_no_register_has(history: History) -> None:
    history.buries(history.sells(500))
    history.journals[ONE].pop()
    history.ofd.pop()
    history.tills.pop()

    assert history.broken() == {Property.P2, Property.P9}


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


# P8


@pytest.mark.parametrize("whose", ["counts", "page"])
def test_p8_a_count_that_is_not_what_is_there(history: History, whose: str) -> None:
    seen = history.witnesses()
    wrong: dict[str, Any] = {whose: {SYNCED: 2, State.DEAD: 0}}

    found = audit(replace(seen, store=replace(seen.store, **wrong)), history.terms())
    assert [violation.property for violation in found] == [Property.P8]


def test_p8_counts_that_nobody_asked_for_are_not_missed(history: History) -> None:
    seen = history.witnesses()

    assert audit(replace(seen, store=replace(seen.store, counts=None, page=None, integrity=None))) == []


# P9


def test_p9_the_ofd_lists_a_document_twice(history: History) -> None:
    history.ofd.append(history.ofd[-1])

    assert history.broken() == {Property.P9}


def test_p9_the_ofd_lists_what_no_register_has(history: History) -> None:
    history.ofd.append(replace(history.ofd[-1], fd=99))

    assert history.broken() == {Property.P9}


def test_p9_the_ofd_lists_another_sign(history: History) -> None:
    history.ofd[-1] = replace(history.ofd[-1], fp="0000000001")

    assert history.broken() == {Property.P9}


def test_p9_the_ofd_got_a_registers_documents_out_of_order(history: History) -> None:
    history.ofd[0], history.ofd[2] = history.ofd[2], history.ofd[0]

    assert history.broken() == {Property.P9}


def test_p9_registers_are_delivered_independently(history: History) -> None:
    history.ofd.insert(0, history.ofd.pop(1))

    assert history.broken() == set()


def test_p9_a_dead_letter_may_come_late_or_never(history: History) -> None:
    dead, late = history.dies(history.prints(500)), history.dies(history.prints(600))
    history.asks(dead, Outcome(NOON, 200, dead.answer))
    history.asks(late, Outcome(NOON, 200, late.answer))
    history.sells(700)
    history.delivers(history.changes(history.moves(late, PENDING), attempts=0))

    assert history.broken(settled=True) == set()


def test_p9_delivered_says_the_store_and_the_ofd_has_it_not(history: History) -> None:
    history.ofd.pop()

    assert history.broken() == {Property.P9}
    seen = replace(history.witnesses(), ofd=OfdList(tuple(history.ofd), whole=False))
    assert audit(seen, history.terms()) == []
    assert audit(replace(seen, ofd=None), history.terms(settled=True)) == []


def test_p9_what_waits_is_delivered_in_the_end(history: History) -> None:
    history.asks(history.prints(500), NOTHING)

    assert history.broken() == set()
    assert history.broken(settled=True) == {Property.P9}


def test_p9_a_document_that_nothing_on_disk_accounts_for_is_at_the_ofd(history: History) -> None:
    history.stranger_prints()
    entry = history.journals[ONE][-1]
    assert entry.fd is not None
    assert entry.fp is not None
    history.ofd.append(OfdEntry(entry.fn, entry.fd, entry.fp))

    assert history.broken() == set()
    assert Property.P9 in history.broken(strangers=frozenset())
    assert history.broken(strangers=frozenset(), sole=False) == set()


def test_p9_a_lost_acknowledgement_is_no_violation(history: History) -> None:
    row = history.moves(history.prints(500), SYNCING)
    history.asks(row, NOTHING)
    history.ofd_takes(row)

    assert history.broken(settled=True) == set()


# P10


def test_p10_a_gap_in_the_numbers(history: History) -> None:
    history.stranger_prints()
    history.sells(300)
    history.journals[ONE].pop(-2)

    assert history.broken() == {Property.P10}


def test_p10_a_number_given_twice(history: History) -> None:
    history.journals[TWO].append(history.journals[TWO][-1])

    assert Property.P10 in history.broken()


def test_p10_a_new_drive_counts_anew(history: History) -> None:
    for fd in (1, 2):
        history.journals[ONE].append(RegisterEntry(OTHER, 0, NOON, "9999000000000009", fd))

    assert history.broken() == set()


def test_p10_a_document_of_two_receipts(history: History) -> None:
    row = history.prints(500)
    history.rows.append(replace(row, receipt_id="twin", key="twin"))

    assert history.broken() == {Property.P10}


# P11


def test_p11_an_unknown_that_the_register_could_have_decided(history: History) -> None:
    row = history.moves(history.begins(500), State.UNKNOWN)
    history.asks(row, NOTHING)

    assert history.broken() == {Property.P11}
    assert history.broken(undecidable=None) == set()
    assert history.broken(undecidable=frozenset({row.receipt_id})) == set()


# P12


def test_p12_a_register_that_prints_while_a_receipt_is_unknown(history: History) -> None:
    history.moves(history.begins(500), State.UNKNOWN)
    history.prints(600)

    assert Property.P12 in history.broken(undecidable=None)


def test_p12_others_print_and_so_does_it_once_a_person_has_decided(history: History) -> None:
    row = history.moves(history.begins(500), State.UNKNOWN)
    history.sells(600, TWO)
    history.asks(history.moves(row, State.REJECTED), NOTHING)
    history.sells(700)

    assert history.broken(undecidable=None) == set()


def test_p12_meanwhile_what_it_printed_before_is_delivered(history: History) -> None:
    printed = history.prints(500)
    history.asks(printed, NOTHING)
    history.asks(history.moves(history.begins(600), State.UNKNOWN), NOTHING)
    history.delivers(printed)

    assert history.broken(undecidable=None) == set()


# P13


def test_p13_a_database_that_is_not_whole(history: History) -> None:
    seen = history.witnesses()
    store = replace(seen.store, integrity="row 3 missing from index receipts_by_state")

    assert [found.property for found in audit(replace(seen, store=store))] == [Property.P13]


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


# P15


def test_p15_a_receipt_cleaned_up_before_its_end(history: History) -> None:
    tomb = history.buries(history.rows[-1])
    history.tombstones[-1] = replace(tomb, state=PENDING)

    assert history.broken() == {Property.P15}


def test_p15_a_move_that_is_not_drawn(history: History) -> None:
    row = history.rows[-1]
    history.changes(row, events=tuple(event for event in row.events if event.state is not SYNCING))

    assert history.broken() == {Property.P15}


def test_p15_a_move_without_an_event(history: History) -> None:
    row = history.rows[-1]
    history.changes(row, events=row.events[:-1])

    assert history.broken() == {Property.P15}


def test_p15_no_event_of_the_acceptance(history: History) -> None:
    history.changes(history.rows[-1], events=())

    assert history.broken() == {Property.P15}


def test_p15_every_way_through_recovery_is_drawn(history: History) -> None:
    history.asks(history.prints(500, before=[ACCEPTED, PRINTING]), NOTHING)
    history.asks(history.prints(600, before=[State.UNKNOWN]), NOTHING)
    history.asks(history.prints(700, before=[State.UNKNOWN, ACCEPTED, PRINTING]), NOTHING)

    assert history.broken(undecidable=None) == set()


# P17


def test_p17_a_document_with_the_gateways_time(history: History) -> None:
    history.changes(history.rows[-1], fiscal_at=NOON + timedelta(hours=1))

    assert history.broken() == {Property.P17}


def test_p17_the_archive_keeps_no_seconds(history: History) -> None:
    row = history.rows[-1]
    assert row.fiscal_at is not None
    history.changes(row, fiscal_at=row.fiscal_at + timedelta(seconds=59))

    assert history.broken() == set()


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


# P20


def test_p20_a_dead_letter_before_its_time(history: History) -> None:
    history.asks(history.dies(history.prints(500), attempts=19), NOTHING)

    assert history.broken() == {Property.P20}
    assert history.broken(max_attempts=19) == set()


def test_p20_a_dead_letter_by_its_counter_alone(history: History) -> None:
    history.asks(history.changes(history.dies(history.prints(500), attempts=3), attempts=20), NOTHING)

    assert history.broken() == {Property.P20}


def test_p20_a_receipt_that_is_tried_for_ever(history: History) -> None:
    history.asks(history.changes(history.prints(500), attempts=22), NOTHING)

    assert history.broken() == {Property.P20}


def test_p20_attempts_that_a_kill_interrupted_count_and_are_no_refusals(history: History) -> None:
    row = history.changes(history.prints(500), attempts=21)  # one more is begun than ends
    history.asks(row, NOTHING)
    assert history.broken() == set()

    row = history.changes(history.moves(history.moves(row, SYNCING), PENDING), attempts=22)
    assert history.broken() == {Property.P20}

    interrupted = replace(row.events[-1], detail=INTERRUPTED)
    history.changes(row, events=(*row.events[:-1], interrupted))
    assert history.broken() == set()


def test_p20_an_outage_costs_nothing_and_a_dead_letter_gets_a_new_life(history: History) -> None:
    row = history.prints(500)
    for _ in range(40):  # unreached: struck out again
        row = history.moves(history.moves(row, SYNCING), PENDING)
    row = history.moves(history.dies(row), PENDING)
    history.asks(history.delivers(history.changes(row, attempts=0)), NOTHING)

    assert history.broken(settled=True) == set()
