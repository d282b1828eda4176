"""Hand-overs on disk, and the claim that goes by them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from drivers.store.database import close_database, open_database
from drivers.store.handovers import Begun, Chained, Handover, Stays
from drivers.store.reading import read_store
from drivers.store.receipts import ReceiptStore
from drivers.store.records import BufferFull, Claimed, Elsewhere, Intent, Known, View
from protocols.jsontext import loads
from protocols.life import State
from protocols.till import TillWork, Work
from tests.samples import NOON, document, intent, sale

ONE, TWO = "POS-001", "POS-002"
BEGUN = Handover(ONE, TWO, "Иванова", "не печатает", NOON)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    opened = open_database(tmp_path / "kassir.db")
    with opened.begin():
        yield opened
    close_database(opened)


@pytest.fixture
def store(connection: Connection) -> ReceiptStore:
    return ReceiptStore(connection, lambda: NOON)


def begin(store: ReceiptStore, pos_id: str = ONE, stand_in: str = TWO) -> Begun | Chained:
    return store.handovers.begin(pos_id, stand_in, "Иванова", "не печатает")


def at(register: str, of: Intent) -> Intent:
    """The intent as that register's actor claims it."""
    return replace(of, register=register)


def test_it_is_in_force_from_its_beginning_to_its_end(store: ReceiptStore) -> None:
    assert store.handovers.stand_in(ONE) is None
    assert begin(store) == Begun(BEGUN, ())
    assert (store.handovers.stand_in(ONE), store.handovers.stand_in(TWO)) == (TWO, None)
    ended = store.handovers.end(ONE, "Петрова")
    assert ended == replace(BEGUN, ended_at=NOON, ended_by="Петрова")
    assert store.handovers.stand_in(ONE) is None


def test_it_may_begin_again_after_its_end_and_both_are_kept(store: ReceiptStore) -> None:
    begin(store)
    ended = store.handovers.end(ONE, "Петрова")
    begin(store)

    assert store.handovers.listed() == [BEGUN, ended]


def test_what_the_register_has_in_hand_stays_and_is_listed_and_till_work_is_not(store: ReceiptStore) -> None:
    first, work, printed = intent(), intent(TillWork(ONE, Work.CASH_IN, 5)), intent(fd=1)
    store.claim(work, 10)
    store.not_printed(work.receipt_id)
    store.claim(printed, 10)
    store.printed(printed.receipt_id, document(2), way_open=True)
    store.claim(first, 10)

    assert begin(store) == Begun(BEGUN, (Stays(first.receipt_id, State.PRINTING),))


def test_there_are_no_chains(store: ReceiptStore) -> None:
    begin(store)

    assert begin(store, TWO, "POS-003") == Chained(BEGUN)
    assert begin(store, "POS-003", ONE) == Chained(BEGUN)
    assert begin(store, ONE, "POS-003") == Chained(BEGUN)
    assert begin(store, "POS-003", TWO) == Begun(Handover("POS-003", TWO, "Иванова", "не печатает", NOON), ())


def test_the_file_itself_holds_one_hand_over_of_a_register_in_force(connection: Connection) -> None:
    row = "INSERT INTO handovers (pos_id, stand_in, who, reason, began_at) VALUES ('A', 'B', 'w', 'r', 1)"
    connection.exec_driver_sql(row)

    with pytest.raises(IntegrityError):
        connection.exec_driver_sql(row)


def test_only_the_register_that_serves_may_claim(store: ReceiptStore) -> None:
    receipt = intent()
    assert store.claim(at(TWO, receipt), 10) == Elsewhere(ONE)
    begin(store)
    assert store.claim(at(ONE, receipt), 10) == Elsewhere(TWO)
    assert store.claim(at(TWO, receipt), 10) == Claimed(receipt.receipt_id)


def test_a_claim_refused_for_its_register_leaves_its_key_free(store: ReceiptStore) -> None:
    receipt = intent()
    store.claim(at(TWO, receipt), 10)

    assert store.recall(receipt.key, receipt.fingerprint) is None


@pytest.mark.parametrize("first", [ONE, TWO])
def test_a_key_that_one_register_has_is_known_to_the_other_and_not_claimed(store: ReceiptStore, first: str) -> None:
    receipt = intent()
    if first == TWO:
        begin(store)
    store.claim(at(first, receipt), 10)
    if first == TWO:
        store.handovers.end(ONE, "Петрова")
    else:
        begin(store)

    known = Known(receipt.receipt_id, State.PRINTING, None)
    assert [store.claim(at(register, intent(key=receipt.key)), 10) for register in (ONE, TWO)] == [known, known]
    assert [len(store.unfinished(register)) for register in (ONE, TWO)] == [first == ONE, first == TWO]


def test_a_full_buffer_is_called_full_at_a_stand_in_too(store: ReceiptStore) -> None:
    begin(store)

    assert store.claim(at(TWO, intent()), 0) == BufferFull(0)


def test_till_work_is_never_claimed_by_another(store: ReceiptStore) -> None:
    begin(store)

    assert store.claim(at(ONE, intent(TillWork(ONE, Work.CLOSE_SHIFT))), 10) != Elsewhere(TWO)
    assert isinstance(store.claim(at(TWO, intent(TillWork(ONE, Work.OPEN_SHIFT))), 10), Elsewhere)


def test_what_a_stand_in_printed_says_so_in_its_answer_and_its_life(store: ReceiptStore) -> None:
    begin(store)
    receipt = intent(sale(500))
    store.claim(at(TWO, receipt), 10)

    answer = store.printed(receipt.receipt_id, document(1, 500), way_open=True)

    view = store.look(receipt.receipt_id)
    assert isinstance(view, View)
    assert (view.register, view.order.pos_id) == (TWO, ONE)
    said = loads(answer or b"")
    assert (said["pos_id"], said["printed_on"]) == (ONE, TWO)


def test_the_audit_reads_hand_overs_and_whose_sale_a_receipt_was(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "kassir.db")
    store = ReceiptStore(connection, lambda: NOON + timedelta(days=1))
    with connection.begin():
        begin(store)
        store.claim(at(TWO, intent()), 10)
        store.claim(at(TWO, intent(sale(5, "POS-004"))), 10)
        store.claim(at("POS-004", intent(sale(5, "POS-004"))), 10)
    close_database(connection)

    seen = read_store(tmp_path / "kassir.db")

    assert seen.handovers == {(ONE, TWO)}
    assert [(row.pos_id, row.sold_at) for row in seen.receipts] == [(TWO, ONE), ("POS-004", None)]
