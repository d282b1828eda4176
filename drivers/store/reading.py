"""Reads the whole store for an audit, and writes nothing: also beside the gateway that writes it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2
from sqlalchemy import Connection, NullPool, Row, create_engine, event, select
from sqlalchemy.exc import DatabaseError

from drivers.store.database import CannotOpen, close_database, code_of, newest_revision
from drivers.store.schema import counts, events, handovers, receipts, tombstones
from protocols import fiscal, order
from protocols.audit.witnesses import Event, Store, StoredReceipt, Tombstone
from protocols.fiscal import Baseline, CashSlip
from protocols.life import State
from protocols.till import TillWork


def read_store(path: Path) -> Store:
    """All that the file at `path` holds at this instant, whole or not. Raises CannotOpen, in plain words."""
    try:
        connection = open_to_read(path)
        try:
            _check_revision(connection)
            return store_of(connection)
        finally:
            close_database(connection)
    except DatabaseError as error:
        raise CannotOpen(f"the receipts in {path} cannot be read: {error.orig}", code_of(error)) from error


def store_of(connection: Connection) -> Store:
    """All that the database holds, read in one transaction."""
    with connection.begin():
        lives = _lives(connection)
        rows = connection.execute(select(receipts).order_by(receipts.c.number))
        return Store(
            tuple(_receipt(row, lives) for row in rows),
            tuple(_tombstone(row) for row in connection.execute(select(tombstones).order_by(tombstones.c.accepted_at))),
            {State(row.state): row.receipts for row in connection.execute(select(counts))},
            integrity=connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar(),
            handovers=frozenset((row.pos_id, row.stand_in) for row in connection.execute(select(handovers))),
        )


def open_to_read(path: Path) -> Connection:
    """A connection that cannot write, also beside the one that does. Raises DatabaseError."""

    def opens() -> Any:
        return pysqlite3.dbapi2.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)

    engine = create_engine("sqlite://", module=pysqlite3.dbapi2, creator=opens, poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    return engine.connect()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _check_revision(connection: Connection) -> None:
    with connection.begin():
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found != newest_revision():
        raise CannotOpen(f"the receipts are of version {found}, not {newest_revision()}: start the gateway once")


def _lives(connection: Connection) -> Mapping[int, list[Event]]:
    """The events of each receipt that has its row, by its number, oldest first."""
    found = defaultdict(list)
    for row in connection.execute(select(events).where(events.c.receipt > 0).order_by(events.c.number)):
        found[row.receipt].append(Event(row.number, _time(row.at), State(row.state), row.detail))
    return found


def _receipt(row: Row[Any], lives: Mapping[int, list[Event]]) -> StoredReceipt:
    asked = order.load(row.kind, row.content)
    printed = None if row.document is None else fiscal.load(row.kind, row.document)
    document = None if isinstance(printed, CashSlip) else printed
    return StoredReceipt(
        receipt_id=row.id,
        key=row.key,
        fingerprint=row.fingerprint,
        pos_id=row.pos_id,
        kind=row.kind,
        total_kopecks=asked.amount_kopecks if isinstance(asked, TillWork) else asked.total_kopecks,
        state=State(row.state),
        baseline=Baseline(row.baseline_fn, row.baseline_fd),
        fn=row.fn,
        fd=row.fd,
        fp=document.fp if document else None,
        fiscal_at=document.fiscal_datetime if document else None,
        answer=row.answer,
        attempts=row.attempts,
        events=tuple(lives.get(row.number, ())),
        sold_at=None if asked.pos_id == row.pos_id else asked.pos_id,
    )


def _tombstone(row: Row[Any]) -> Tombstone:
    return Tombstone(row.id, row.key, row.fingerprint, State(row.state), row.answer, row.fn, row.fd, row.fp)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
