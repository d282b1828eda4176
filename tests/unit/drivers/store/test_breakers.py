"""Breakers on disk: the last word of each link outlives the process, and every word is a notice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.records import BreakerRecord
from drivers.store.writer import Failed, transact
from protocols.alarm import Level
from tests.samples import NOON

OPEN = BreakerRecord("ofd", "open", NOON + timedelta(seconds=60), "5 failures in a row", "link", NOON)
FORCED = BreakerRecord("ofd", "forced_open", None, "работы на стороне ОФД", "Иванова", NOON + timedelta(seconds=1))
ROWS = "SELECT source, code, change, level, message FROM notices ORDER BY number"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    connection = open_database(tmp_path / "kassir.db")
    yield connection
    close_database(connection)


@pytest.fixture
def store(connection: Connection) -> ReceiptStore:
    return ReceiptStore(connection, lambda: NOON)


def test_a_link_of_which_nothing_was_kept_is_not_known(store: ReceiptStore) -> None:
    assert store.breakers.recall("ofd") is None


@pytest.mark.parametrize("record", [OPEN, FORCED])
def test_what_was_kept_is_recalled_whole(store: ReceiptStore, record: BreakerRecord) -> None:
    store.breakers.keep(record, Level.P2, "The way to the OFD is shut.")

    assert store.breakers.recall("ofd") == record


def test_the_last_word_of_a_link_counts_and_says_nothing_of_another(store: ReceiptStore) -> None:
    other = replace(OPEN, link="odoo")
    for record in (OPEN, other, FORCED):
        store.breakers.keep(record, Level.P2, "shut")

    assert (store.breakers.recall("ofd"), store.breakers.recall("odoo")) == (FORCED, other)


def test_every_word_is_a_notice_of_the_link(store: ReceiptStore, connection: Connection) -> None:
    store.breakers.keep(OPEN, Level.P2, "shut")
    store.breakers.keep(FORCED, Level.P1, "shut by Иванова")

    assert [tuple(row) for row in connection.exec_driver_sql(ROWS)] == [
        ("link.ofd", "BREAKER_OPEN", "noted", "P2", "shut"),
        ("link.ofd", "BREAKER_FORCED_OPEN", "noted", "P1", "shut by Иванова"),
    ]


def test_a_record_is_never_there_without_its_notice(store: ReceiptStore, connection: Connection) -> None:
    unheard_of = cast(Level, "P9")

    (outcome,) = transact(connection, store, [lambda store: store.breakers.keep(OPEN, unheard_of, "shut")])

    with connection.begin():
        assert store.breakers.recall("ofd") is None
    assert isinstance(outcome, Failed)
