"""Counts by steps of time on disk, and what they cost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from drivers.store import history
from drivers.store.database import close_database, open_database
from drivers.store.history import counted
from drivers.store.receipts import ReceiptStore
from protocols.fiscal import CashSlip
from protocols.history import Counted, Grid, Printed
from protocols.till import TillWork, Work
from tests.samples import FN, NOON, document, intent

GRID = Grid(NOON, 600, 3)


class Days:
    def __init__(self, connection: Connection) -> None:
        self.connection, self.now, self.fd = connection, NOON, 0
        self.store = ReceiptStore(connection, lambda: self.now)

    def prints(self, minute: float, took: float) -> str:
        self.fd += 1
        claim = intent(fd=self.fd - 1)
        self.now = NOON + timedelta(minutes=minute) - timedelta(seconds=took)
        self.store.claim(claim, 1000)
        self.now += timedelta(seconds=took)
        self.store.printed(claim.receipt_id, document(self.fd), way_open=True)
        return claim.receipt_id

    def delivers(self, minute: float, *, dead: bool = False) -> None:
        self.now = NOON + timedelta(minutes=minute)
        taken = self.store.take(())
        assert taken is not None
        if dead:
            self.store.refused(taken.receipt_id, "no", dead=True)
        else:
            self.store.synced(taken.receipt_id, "OFD-1")


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        yield Days(connection)
    close_database(connection)


def test_what_was_printed_delivered_and_died_is_counted_in_its_own_step(days: Days) -> None:
    days.prints(-5, 1)  # before the first point
    days.prints(1, 1)
    days.prints(9.99, 1)
    days.prints(25, 1)
    days.delivers(11)
    days.delivers(29.9, dead=True)

    found = counted(days.connection, GRID)

    assert {place: figures.documents for place, figures in found.printed.items()} == {0: 2, 2: 1}
    assert (found.gone, found.waiting) == ({1: 1, 2: 1}, 2)


def test_half_and_nineteen_of_twenty_were_as_fast_as_that_or_faster(days: Days) -> None:
    for took in [1, 3, 2, *[4] * 16, 9]:
        days.prints(5, took)

    assert counted(days.connection, GRID).printed == {0: Printed(20, 20, 4000, 4000)}
    days.prints(5, 9)
    assert counted(days.connection, GRID).printed == {0: Printed(21, 21, 4000, 9000)}


def test_till_work_is_printed_and_waits_for_no_ofd(days: Days) -> None:
    cash = intent(TillWork("POS-001", Work.CASH_IN, 5))
    days.store.claim(cash, 1000)
    days.store.printed(cash.receipt_id, CashSlip(FN, Work.CASH_IN, 5, 1), way_open=True)

    assert counted(days.connection, GRID) == Counted({0: Printed(1, 0, 0, 0)}, {}, 0)


def test_a_clock_that_was_set_back_while_it_printed_takes_no_time_off(days: Days) -> None:
    days.prints(5, -30)

    assert counted(days.connection, GRID).printed == {0: Printed(1, 1, 0, 0)}


@pytest.mark.parametrize(
    ("query", "used"),
    [
        (history._PRINTED, "SEARCH receipts USING COVERING INDEX receipts_by_print (printed_at>? AND printed_at<?)"),
        (history._DELIVERED, "SEARCH receipts USING COVERING INDEX receipts_by_delivery (synced_at>? AND synced_at<?)"),
        (history._DEAD, "SEARCH receipts USING INDEX receipts_by_state (state=?)"),
    ],
)
def test_no_receipt_itself_is_read_but_the_dead(days: Days, query: str, used: str) -> None:
    values = {"first": 0, "end": 1, "step": 1}
    plan = [step for *_, step in days.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]

    assert [step for step in plan if "receipts" in step] == [used]
