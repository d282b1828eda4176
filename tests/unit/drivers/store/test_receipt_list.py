"""Pages of receipts: newest first, stable under writes, and found without reading the table."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection

from drivers.store.database import CannotOpen, close_database, open_database
from drivers.store.reader import ask
from drivers.store.receipt_list import page_of, query_of
from drivers.store.receipts import ReceiptStore
from protocols.life import State
from protocols.receipt_list import Asked
from protocols.till import TillWork, Work
from tests.samples import FN, NOON, document, intent, sale

ONE, TWO = "POS-001", "POS-002"


class Days:
    """Receipts in some states, at two registers."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.store, self.numbers = connection, ReceiptStore(connection, lambda: NOON), count(1)

    def printed(self, pos_id: str = ONE) -> str:
        fd = next(self.numbers)
        claim = intent(sale(pos_id=pos_id), fd - 1)
        self.store.claim(claim, 1000)
        self.store.printed(claim.receipt_id, document(fd, fn=f"{FN} {pos_id}"), way_open=True)
        return claim.receipt_id

    def synced(self, pos_id: str = ONE) -> str:
        receipt_id = self.printed(pos_id)
        self.store.take([each for each in (ONE, TWO) if each != pos_id])
        self.store.synced(receipt_id, "OFD-1")
        return receipt_id

    def ids(self, asked: Asked = Asked()) -> list[str]:  # noqa: B008  frozen
        return [view.receipt_id for view in page_of(self.connection, asked).items]


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    connection = open_database(tmp_path / "kassir.db")
    with connection.begin():
        yield Days(connection)
    close_database(connection)


def test_receipts_and_till_work_are_one_list_newest_first(days: Days) -> None:
    first = days.synced()
    shift = intent(TillWork(ONE, Work.OPEN_SHIFT), 1)
    days.store.claim(shift, 1000)

    assert days.ids() == [shift.receipt_id, first]


def test_states_and_registers_pick_and_together_they_pick_both(days: Days) -> None:
    here, there, waits = days.synced(ONE), days.synced(TWO), days.printed(TWO)

    assert days.ids(Asked((State.SYNCED,))) == [there, here]
    assert days.ids(Asked((State.SYNCED, State.PENDING))) == [waits, there, here]
    assert days.ids(Asked(None, TWO)) == [waits, there]
    assert days.ids(Asked((State.SYNCED,), TWO)) == [there]
    assert days.ids(Asked(())) == []


@pytest.mark.parametrize("asked", [Asked(limit=3), Asked((State.PENDING, State.SYNCED, State.DEAD), limit=3)])
def test_between_pages_receipts_come_and_move_and_none_is_seen_twice_or_missed(days: Days, asked: Asked) -> None:
    there = [days.printed(pos_id) for pos_id in [ONE, TWO] * 5]
    seen: list[str] = []
    below: int | None = asked.below

    while below is not None:
        page = page_of(days.connection, replace(asked, below=below))
        below = page.below
        seen += [view.receipt_id for view in page.items]
        days.printed()
        taken = days.store.take(())
        assert taken is not None
        days.store.synced(taken.receipt_id, "OFD-1")

    assert seen == there[::-1]


def test_a_page_that_ends_with_the_last_receipt_is_the_last(days: Days) -> None:
    for _ in range(4):
        days.printed()

    assert page_of(days.connection, Asked(limit=4)).below is None
    assert page_of(days.connection, Asked(limit=3)).below is not None


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        (Asked(), {"SEARCH receipts USING INTEGER PRIMARY KEY (rowid<?)"}),
        (
            Asked((State.PENDING, State.DEAD)),
            {"SEARCH receipts USING COVERING INDEX receipts_by_state (state=? AND number<?)"},
        ),
        (Asked(None, ONE), {"SEARCH receipts USING COVERING INDEX receipts_by_state (state=? AND number<?)"}),
    ],
)
def test_no_page_reads_the_table(days: Days, asked: Asked, used: set[str]) -> None:
    values = {"below": 9, "limit": 9, "pos_id": ONE}
    plan = [step for *_, step in days.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query_of(asked)}", values)]

    looks = {step for step in plan if step.startswith(("SCAN receipts", "SEARCH receipts"))}
    assert looks - {"SEARCH receipts USING INTEGER PRIMARY KEY (rowid=?)"} == used


def test_a_question_sees_what_is_committed_and_nothing_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "kassir.db"
    connection = open_database(path)
    days = Days(connection)
    with connection.begin():
        known = days.printed()
    with connection.begin():
        days.printed()
        seen = ask(path, lambda reading: page_of(reading, Asked()))
    close_database(connection)

    assert [view.receipt_id for view in seen.items] == [known]
    with pytest.raises(CannotOpen, match="cannot be read"):
        ask(tmp_path / "none.db", lambda reading: page_of(reading, Asked()))
