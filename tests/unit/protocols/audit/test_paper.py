"""Register against store: P1, P2, P10, P17. What the audit finds, and what looks like it and is right."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from protocols.audit.judge import audit
from protocols.audit.properties import Property
from protocols.audit.witnesses import OTHER, Numbers, RegisterEntry, RegisterJournal
from protocols.fiscal import Baseline
from protocols.life import State
from protocols.receipt import Kind
from protocols.till import Work
from tests.unit.protocols.audit.history import (
    ACCEPTED,
    DRIVES,
    NOON,
    NOTHING,
    ONE,
    PRINTING,
    TWO,
    History,
)


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


# P17


def test_p17_a_document_with_the_gateways_time(history: History) -> None:
    history.changes(history.rows[-1], fiscal_at=NOON + timedelta(hours=1))

    assert history.broken() == {Property.P17}


def test_p17_the_archive_keeps_no_seconds(history: History) -> None:
    row = history.rows[-1]
    assert row.fiscal_at is not None
    history.changes(row, fiscal_at=row.fiscal_at + timedelta(seconds=59))

    assert history.broken() == set()
