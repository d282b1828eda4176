"""The store by itself: states, events, counts."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby, pairwise

from protocols.audit.case import Case
from protocols.audit.properties import Property, Violation
from protocols.audit.witnesses import Event, StoredReceipt
from protocols.life import CONFIRMED, FINAL, INTERRUPTED, MOVES, RETRIED, State


def drawn_moves(case: Case) -> Iterator[Violation]:
    """The events of each receipt lead from `accepted` to where it is, along drawn edges."""
    for row in case.rows:
        states = [event.state for event in row.events]
        wrong = [f"{one.state} to {other.state}" for one, other in pairwise(row.events) if not _is_drawn(one, other)]
        if not states or states[0] is not State.ACCEPTED:
            wrong.append("no event of its acceptance")
        elif states[-1] is not row.state:
            wrong.append(f"{states[-1]} to {row.state} without an event")
        for what in wrong:
            yield Violation(Property.P15, f"receipt {row.receipt_id}: {what}", row.receipt_id, row.key)


def _is_drawn(before: Event, event: Event) -> bool:
    if (before.state, event.state) == (State.PENDING, State.SYNCED):  # delivered, though not by us
        return event.detail == CONFIRMED
    if (before.state, event.state) == (State.DEAD, State.PENDING):  # by a person's word, and by nothing else
        return (event.detail or "").startswith(RETRIED)
    return event.state in MOVES[before.state]


def burials(case: Case) -> Iterator[Violation]:
    """Only what is final is cleaned up, and dead letters that nobody wanted."""
    for tomb in case.witnesses.store.tombstones:
        if tomb.state not in (*FINAL, State.DEAD):
            what = f"receipt {tomb.receipt_id} was cleaned up while it was {tomb.state}"
            yield Violation(Property.P15, what, tomb.receipt_id, tomb.key)


def halts(case: Case) -> Iterator[Violation]:
    """From the event that makes a receipt unknown to the one that ends it, its register begins no other."""
    for pos_id in dict.fromkeys(row.pos_id for row in case.rows):
        halted_by: StoredReceipt | None = None
        moves = [(event, row) for row in case.rows if row.pos_id == pos_id for event in row.events]
        for event, row in sorted(moves, key=_by_number):
            if event.state is State.UNKNOWN:
                halted_by = row
            elif halted_by is row:
                halted_by = None
            elif halted_by is not None and event.state is State.PRINTING:
                what = f"{pos_id} began receipt {row.receipt_id} while {halted_by.receipt_id} was unknown"
                yield Violation(Property.P12, what, row.receipt_id, row.key)


def _by_number(of: tuple[Event, StoredReceipt]) -> int:
    return of[0].number


def avoidable_unknowns(case: Case) -> Iterator[Violation]:
    """Where somebody knows what each register could tell: no receipt is unknown that it could have told of."""
    if case.terms.undecidable is None:
        return
    for row in case.rows:
        was_unknown = any(event.state is State.UNKNOWN for event in row.events)
        if was_unknown and row.receipt_id not in case.terms.undecidable:
            what = f"receipt {row.receipt_id} was called unknown, and the register could tell"
            yield Violation(Property.P11, what, row.receipt_id, row.key)


def counts(case: Case) -> Iterator[Violation]:
    """What is counted, by the store or for the status page, is what is there."""
    store, found = case.witnesses.store, Counter(row.state for row in case.rows)
    for name, said in (("the store's own count", store.counts), ("the status page", store.page)):
        for state, number in (said or {}).items():
            if number != found[state]:
                what = f"{name} says {number} receipts are {state}; there are {found[state]}"
                yield Violation(Property.P8, what)


def integrity(case: Case) -> Iterator[Violation]:
    said = case.witnesses.store.integrity
    if said not in (None, "ok"):
        yield Violation(Property.P13, f"SQLite says of the database: {said}")


def dead_letters(case: Case) -> Iterator[Violation]:
    """A receipt is parked after so many attempts that counted, and tried no more often.

    One more may have been begun: it counts before it is sent, and a kill can keep its end from us.
    """
    most = case.terms.max_attempts
    for row in case.rows:
        tries = _tries_before_death(row)
        if tries is not None and tries < most:
            what = f"receipt {row.receipt_id} became a dead letter after {tries} attempts of {most}"
            yield Violation(Property.P20, what, row.receipt_id, row.key)
        interrupted = sum(event.detail == INTERRUPTED for event in row.events)  # each may cost one that was not refused
        if row.attempts > most + 1 + interrupted:
            what = f"receipt {row.receipt_id} was refused {row.attempts} times, {most} are the end"
            yield Violation(Property.P20, what, row.receipt_id, row.key)


def _tries_before_death(row: StoredReceipt) -> int | None:
    """How often it was on its way to the OFD before it last became a dead letter; None if it never did.

    Attempts that a silent OFD struck out again are among them; of one that is dead now the row knows better.
    """
    states = [event.state for event in row.events]
    if State.DEAD not in states:
        return None
    lives = [list(life) for dead, life in groupby(states, State.DEAD.__eq__) if not dead]
    tries = lives[states.count(State.DEAD) - 1].count(State.SYNCING)
    return min(tries, row.attempts) if row.state is State.DEAD else tries
