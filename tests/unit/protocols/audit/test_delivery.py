"""The OFD against register and store: P9. What the audit finds, and what looks like it and is right."""

from dataclasses import replace

from protocols.audit.judge import audit
from protocols.audit.properties import Property
from protocols.audit.witnesses import OfdEntry, OfdList, Outcome
from protocols.life import RETRIED
from tests.unit.protocols.audit.history import (
    NOON,
    NOTHING,
    ONE,
    PENDING,
    SYNCING,
    History,
)


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
    history.delivers(history.changes(history.moves(late, PENDING, RETRIED), attempts=0))

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
