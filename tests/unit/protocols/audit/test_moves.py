"""The store by itself: P8, P11 to P13, P15, P20. What the audit finds, and what looks like it and is right."""

from dataclasses import replace
from typing import Any

import pytest

from protocols.audit.judge import audit
from protocols.audit.properties import Property
from protocols.life import CONFIRMED, INTERRUPTED, RETRIED, State
from tests.unit.protocols.audit.history import (
    ACCEPTED,
    NOTHING,
    PENDING,
    PRINTING,
    SYNCED,
    SYNCING,
    TWO,
    History,
)

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


# P15


def test_p15_a_receipt_cleaned_up_before_its_end(history: History) -> None:
    tomb = history.buries(history.rows[-1])
    history.tombstones[-1] = replace(tomb, state=PENDING)

    assert history.broken() == {Property.P15}


def test_p15_a_move_that_is_not_drawn(history: History) -> None:
    row = history.rows[-1]
    history.changes(row, events=tuple(event for event in row.events if event.state is not SYNCING))

    assert history.broken() == {Property.P15}


def test_p15_a_receipt_that_its_fiscal_drive_knows_to_be_delivered_was_not_sent(history: History) -> None:
    row = history.prints(500)
    history.asks(row, NOTHING)
    history.ofd_takes(row)
    history.moves(row, SYNCED, CONFIRMED)

    assert history.broken() == set()


def test_p15_a_dead_letter_that_is_sent_again_by_nobodys_word(history: History) -> None:
    row = history.moves(history.dies(history.prints(500)), PENDING)
    history.asks(history.changes(row, attempts=0), NOTHING)

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
    row = history.moves(history.dies(row), PENDING, f"{RETRIED}; decided by Иванова")
    history.asks(history.delivers(history.changes(row, attempts=0)), NOTHING)

    assert history.broken(settled=True) == set()
