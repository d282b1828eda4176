"""Moves of one receipt on disk, the belts around them, and what queries cost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore, WrongMove
from drivers.store.records import Claimed, Known, View
from protocols.fiscal import Baseline
from protocols.jsontext import loads
from protocols.life import State
from tests.samples import FN, NOON, document, intent, sale


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    connection = open_database(tmp_path / "kassir.db")
    yield connection
    close_database(connection)


@pytest.fixture
def store(connection: Connection) -> ReceiptStore:
    return ReceiptStore(connection, lambda: NOON)


def state_of(store: ReceiptStore, receipt_id: str) -> State:
    view = store.look(receipt_id)
    assert view is not None
    return view.state


def claimed(store: ReceiptStore, fd: int = 0, pos_id: str = "POS-001") -> str:
    claim = intent(sale(pos_id=pos_id), fd)
    assert isinstance(store.claim(claim, 1000), Claimed)
    return claim.receipt_id


def printed(store: ReceiptStore, fd: int = 1, pos_id: str = "POS-001") -> str:
    receipt_id = claimed(store, fd - 1, pos_id)
    store.printed(receipt_id, document(fd, fn=f"{FN} {pos_id}"), way_open=True)
    return receipt_id


MOVES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("printed", (document(9),), {"way_open": True}),
    ("rejected", (b"", "no"), {}),
    ("not_printed", (), {}),
    ("print_again", (Baseline(FN, 1),), {}),
    ("unknown", ("two",), {}),
    ("synced", ("OFD-1",), {}),
    ("refused", ("no",), {"dead": False}),
    ("unreached", (1, "no"), {}),
]
FROM = {
    "printing": {"printed", "rejected", "not_printed", "unknown"},
    "accepted": {"print_again"},
    "pending": set[str](),
    "syncing": {"synced", "refused", "unreached"},
    "synced": set[str](),
}


def bring_to(store: ReceiptStore, state: str) -> str:
    receipt_id = claimed(store)
    if state == "accepted":
        store.not_printed(receipt_id)
    if state in ("pending", "syncing", "synced"):
        store.printed(receipt_id, document(1), way_open=True)
    if state in ("syncing", "synced"):
        store.take(())
    if state == "synced":
        store.synced(receipt_id, "OFD-1")
    return receipt_id


@pytest.mark.parametrize("state", FROM)
@pytest.mark.parametrize("move", MOVES, ids=[name for name, _, _ in MOVES])
def test_a_move_is_made_only_from_where_it_starts(
    store: ReceiptStore, state: str, move: tuple[str, tuple[Any, ...], dict[str, Any]]
) -> None:
    name, arguments, options = move
    receipt_id = bring_to(store, state)
    if name in FROM[state]:
        getattr(store, name)(receipt_id, *arguments, **options)
        view = store.look(receipt_id)
        assert view is not None
        assert view.state != state
    else:
        with pytest.raises(WrongMove):
            getattr(store, name)(receipt_id, *arguments, **options)


@pytest.mark.parametrize("move", MOVES, ids=[name for name, _, _ in MOVES])
def test_a_receipt_that_is_not_there_cannot_move(
    store: ReceiptStore, move: tuple[str, tuple[Any, ...], dict[str, Any]]
) -> None:
    name, arguments, options = move

    with pytest.raises(WrongMove):
        getattr(store, name)("no such receipt", *arguments, **options)


def test_one_register_never_prints_two_receipts(store: ReceiptStore) -> None:
    claimed(store)

    with pytest.raises(IntegrityError, match=r"receipts\.pos_id"):
        claimed(store)


def test_another_register_prints_at_the_same_time(store: ReceiptStore) -> None:
    claimed(store)

    assert claimed(store, pos_id="POS-002")


def test_no_two_receipts_have_the_same_document(store: ReceiptStore) -> None:
    printed(store, 1)
    receipt_id = claimed(store, 1)

    answer = store.printed(receipt_id, document(1, fn=f"{FN} POS-001"), way_open=True)

    view = store.look(receipt_id)
    assert isinstance(view, View)
    assert (answer, view.state, view.document) == (None, State.UNKNOWN, None)
    assert "another receipt's" in str(view.last_error)


def test_a_person_cannot_give_a_receipt_the_document_of_another(store: ReceiptStore) -> None:
    printed(store, 1)
    receipt_id = claimed(store, 1)
    store.unknown(receipt_id, "two look like it")

    answer = store.printed(receipt_id, document(1, fn=f"{FN} POS-001"), way_open=True, decided_by="Мария")

    view = store.look(receipt_id)
    assert isinstance(view, View)
    assert (answer, view.state) == (None, State.UNKNOWN)


def test_a_receipt_that_a_person_decided_counts_itself_among_those_that_wait(store: ReceiptStore) -> None:
    printed(store, 1)
    receipt_id = claimed(store, 1)
    store.unknown(receipt_id, "two look like it")

    answer = store.printed(receipt_id, document(2), way_open=False, decided_by="Мария")

    assert loads(answer or b"")["buffer_info"] == {"queue_position": 2, "total_queued": 2, "estimated_sync_time": None}


def test_a_key_is_bound_once_also_while_its_receipt_is_printing(store: ReceiptStore) -> None:
    claim = intent()
    store.claim(claim, 1000)

    assert store.claim(claim, 1000) == Known(claim.receipt_id, State.PRINTING, None)


def test_a_state_that_is_not_drawn_cannot_be_written(store: ReceiptStore, connection: Connection) -> None:
    claimed(store)

    with pytest.raises(IntegrityError, match="CHECK"):
        connection.exec_driver_sql("UPDATE receipts SET state = 'lost'")


def test_a_removed_receipt_is_no_longer_counted(store: ReceiptStore, connection: Connection) -> None:
    printed(store)
    connection.exec_driver_sql("DELETE FROM receipts")

    assert store.totals().queued == 0


def test_a_refused_receipt_counts_its_attempts(store: ReceiptStore) -> None:
    receipt_id = printed(store)
    attempts = []
    for _ in range(3):
        taken = store.take(())
        assert taken is not None
        attempts.append(taken.attempts)
        store.refused(receipt_id, "no", dead=False)

    assert attempts == [1, 2, 3]


def test_registers_that_are_held_are_passed_over(store: ReceiptStore) -> None:
    printed(store, 1, "POS-001")
    other = printed(store, 1, "POS-002")

    taken = store.take(("POS-001", "POS-003"))

    assert taken is not None
    assert taken.receipt_id == other
    assert store.take(("POS-001",)) is None


def test_what_the_drive_knows_to_be_delivered_is_synced_and_no_other_receipt(store: ReceiptStore) -> None:
    under_way = printed(store, 1)
    store.take(())
    below, at, elsewhere = printed(store, 2), printed(store, 3), printed(store, 1, "POS-002")

    assert store.confirmed(f"{FN} POS-001", 3, 100) == 1

    assert [state_of(store, each) for each in (under_way, below, at, elsewhere)] == [
        State.SYNCING,
        State.SYNCED,
        State.PENDING,
        State.PENDING,
    ]
    assert store.confirmed(f"{FN} POS-001", 3, 100) == 0


def test_what_the_drive_delivered_says_so_and_counts_as_one_attempt(store: ReceiptStore) -> None:
    receipt_id = printed(store)
    store.take(())
    store.refused(receipt_id, "no", dead=False)

    store.confirmed(f"{FN} POS-001", 2, 100)

    view = store.look(receipt_id)
    assert isinstance(view, View)
    assert (view.attempts, view.last_error, view.synced_at) == (2, None, NOON)


def test_a_day_of_deliveries_by_the_drive_is_moved_in_bounded_steps_the_oldest_first(store: ReceiptStore) -> None:
    receipt_ids = [printed(store, fd) for fd in range(1, 6)]

    assert store.confirmed(f"{FN} POS-001", 9, 2) == 2
    assert [state_of(store, each) for each in receipt_ids[1:3]] == [State.SYNCED, State.PENDING]
    assert [store.confirmed(f"{FN} POS-001", 9, 2) for _ in range(3)] == [2, 1, 0]


def test_who_waits_next_is_told_without_reading_the_receipts_of_registers_that_are_held(
    store: ReceiptStore, connection: Connection
) -> None:
    query = "SELECT number FROM receipts WHERE state = 'pending' AND pos_id NOT IN ('POS-001') ORDER BY number LIMIT 1"

    plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]

    assert plan == ["SEARCH receipts USING COVERING INDEX receipts_by_state (state=?)"]


def test_a_receipt_on_its_way_to_a_baseline_keeps_it_until_it_is_printed_again(store: ReceiptStore) -> None:
    receipt_id = claimed(store, 5)
    store.not_printed(receipt_id)
    (before,) = store.unfinished("POS-001")
    store.print_again(receipt_id, Baseline(FN, 9))
    (after,) = store.unfinished("POS-001")

    assert (before.baseline, after.baseline) == (Baseline(FN, 5), Baseline(FN, 9))


def test_no_query_of_every_day_reads_the_receipts_of_years(store: ReceiptStore, connection: Connection) -> None:
    seen: list[str] = []
    connection.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
    receipt_id = printed(store)
    store.totals()
    store.take(("POS-002",))
    store.synced(receipt_id, "OFD-1")
    store.requeue(counted=True)
    printed(store, 2)
    store.confirmed(f"{FN} POS-001", 9, 100)
    store.unfinished("POS-001")
    store.recall("key", "")
    store.look(receipt_id)
    connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]

    asked = [statement for statement in seen if statement.lstrip().startswith(("SELECT", "UPDATE receipts"))]
    plans = {
        statement: [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
        for statement in asked
    }
    assert len(asked) >= 8
    assert not [step for steps in plans.values() for step in steps if step == "SCAN receipts"]
    confirming = [steps for asked, steps in plans.items() if "+fn" in asked]
    assert confirming == [["SEARCH receipts USING INDEX receipts_by_state (state=?)"]]
