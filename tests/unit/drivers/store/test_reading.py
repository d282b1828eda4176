"""The whole store as an audit reads it, beside its writer, after a kill, and where it cannot be read."""

import shutil
from pathlib import Path

import pytest

from drivers.store.database import CannotOpen, close_database, open_database
from drivers.store.reading import read_store
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Claimed, Retention
from protocols.fiscal import Baseline, CashSlip, ShiftReport
from protocols.life import State
from protocols.till import TillWork, Work
from tests.samples import FN, NOON, document, intent, sale

BURY_NOW = Retention(rows=-1, keys=1e9, dead=1e9, events=1e9)


def test_rows_events_counts_and_tombstones_are_read_beside_the_writer(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "kassir.db")
    store = ReceiptStore(connection, lambda: NOON)
    with connection.begin():
        refused, waits = intent(sale(300), 4), intent(sale(500), 5)
        assert isinstance(store.claim(refused, 10), Claimed)
        store.rejected(refused.receipt_id, b"no", "too dear")
        store.clean_up(BURY_NOW, 10)
        assert isinstance(store.claim(waits, 10), Claimed)
        answer = store.printed(waits.receipt_id, document(6, 500), way_open=True)

    seen = read_store(tmp_path / "kassir.db")

    (row,), (tomb,) = seen.receipts, seen.tombstones
    assert (row.receipt_id, row.key, row.kind, row.total_kopecks) == (waits.receipt_id, waits.key, "sale", 500)
    assert (row.baseline, row.fn, row.fd, row.fp) == (Baseline(FN, 5), FN, 6, document(6).fp)
    assert (row.fiscal_at, row.answer, row.state) == (NOON, answer, State.PENDING)
    assert [event.state for event in row.events] == [State.ACCEPTED, State.PRINTING, State.PENDING]
    assert (tomb.key, tomb.state, tomb.answer, tomb.numbers) == (refused.key, State.REJECTED, b"no", None)
    assert seen.counts == {state: int(state is State.PENDING) for state in State}
    assert seen.integrity == "ok"
    close_database(connection)


def test_till_work_is_read_with_its_documents(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "kassir.db")
    store = ReceiptStore(connection, lambda: NOON)
    with connection.begin():
        cash = intent(TillWork("POS-001", Work.CASH_IN, 700), 5)
        shift = intent(TillWork("POS-001", Work.CLOSE_SHIFT), 5)
        store.claim(cash, 10)
        store.printed(cash.receipt_id, CashSlip(FN, Work.CASH_IN, 700, 1), way_open=True)
        store.claim(shift, 10)
        store.printed(shift.receipt_id, ShiftReport(FN, 6, "0000000006", NOON, Work.CLOSE_SHIFT, "1", 1), way_open=True)
    close_database(connection)

    slip, report = read_store(tmp_path / "kassir.db").receipts

    assert (slip.kind, slip.total_kopecks, slip.state, slip.numbers) == ("cash_in", 700, State.DONE, None)
    assert (report.kind, report.total_kopecks, report.fd, report.fp) == ("close_shift", 0, 6, "0000000006")


def test_what_a_kill_left_in_the_log_is_read_and_nothing_is_written(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        ReceiptStore(connection, lambda: NOON).claim(intent(), 10)
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("kassir.db", "kassir.db-wal"):
        shutil.copy(tmp_path / name, killed)
    close_database(connection)
    before = {name: (killed / name).read_bytes() for name in ("kassir.db", "kassir.db-wal")}

    assert [row.state for row in read_store(killed / "kassir.db").receipts] == [State.PRINTING]

    assert {name: (killed / name).read_bytes() for name in before} == before


@pytest.mark.parametrize("content", [b"", b"no database at all, and long enough to be looked at as one" * 100])
def test_a_file_that_is_no_store_is_called_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kassir.db").write_bytes(content)

    with pytest.raises(CannotOpen, match=r"kassir\.db cannot be read"):
        read_store(tmp_path / "kassir.db")


def test_a_store_of_an_older_version_is_called_so(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    close_database(connection)

    with pytest.raises(CannotOpen, match="start the gateway once"):
        read_store(tmp_path / "kassir.db")
