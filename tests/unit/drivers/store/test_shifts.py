"""What the orders on disk say of a register's shifts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from drivers.store import shifts
from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from protocols.fiscal import ShiftReport
from protocols.till import TillWork, Work
from tests.samples import FN, NOON, intent


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    connection = open_database(tmp_path / "kassir.db")
    yield connection
    close_database(connection)


@pytest.fixture
def store(connection: Connection) -> ReceiptStore:
    return ReceiptStore(connection, lambda: NOON)


def turn(store: ReceiptStore, work: Work, shift: int, pos_id: str = "POS-001") -> ShiftReport:
    fd = 2 * shift + (work is Work.CLOSE_SHIFT)
    claim = intent(TillWork(pos_id, work), fd - 1)
    store.claim(claim, 1000)
    report = ShiftReport(f"{FN} {pos_id}", fd, "1", NOON, work, "1", shift)
    store.printed(claim.receipt_id, report, way_open=True)
    return report


def test_the_last_shift_opened_on_this_register_is_told(store: ReceiptStore) -> None:
    turn(store, Work.OPEN_SHIFT, 1)
    turn(store, Work.CLOSE_SHIFT, 1)
    last = turn(store, Work.OPEN_SHIFT, 2)
    turn(store, Work.OPEN_SHIFT, 7, "POS-002")

    assert store.last_opening("POS-001") == last


def test_an_opening_that_is_not_on_paper_yet_is_none(store: ReceiptStore) -> None:
    store.claim(intent(TillWork("POS-001", Work.OPEN_SHIFT)), 1000)

    assert store.last_opening("POS-001") is None


def test_the_question_reads_an_index_and_not_the_table(store: ReceiptStore, connection: Connection) -> None:
    asked = "EXPLAIN QUERY PLAN " + shifts.OPENING
    plan = " ".join(row.detail for row in connection.exec_driver_sql(asked, {"pos_id": "POS-001"}))

    assert "USING INDEX receipts_by_state" in plan
    assert "TEMP B-TREE" not in plan
