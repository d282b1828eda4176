"""Histories of a shop that keeps every promise, whatever befalls it, and what four witnesses saw of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from protocols.audit.judge import audit
from protocols.audit.properties import Property, Violation
from protocols.audit.witnesses import (
    Event,
    Numbers,
    OfdEntry,
    OfdList,
    Outcome,
    RegisterEntry,
    RegisterJournal,
    Store,
    StoredReceipt,
    Terms,
    TillRequest,
    Tombstone,
    Witnesses,
)
from protocols.fiscal import Baseline
from protocols.jsontext import dumps
from protocols.life import State
from protocols.receipt import Kind
from protocols.till import CASH, Work

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ONE, TWO = "POS-001", "POS-002"
DRIVES = {ONE: "9999000000000001", TWO: "9999000000000002"}
ACCEPTED, PRINTING, PENDING, SYNCING, SYNCED = (
    State.ACCEPTED,
    State.PRINTING,
    State.PENDING,
    State.SYNCING,
    State.SYNCED,
)
NOTHING = Outcome(NOON)
NOT_NOW = Outcome(NOON, 503, b"{}")
REFUSED = dumps({"code": "KKT_REFUSED"})
REUSED = dumps({"code": "IDEMPOTENCY_KEY_REUSED"})
NO_ROOM = dumps({"code": "DISK_FULL"})


@dataclass
class History:
    """What each witness has seen so far. Orders are printed at once, one after another."""

    rows: list[StoredReceipt] = field(default_factory=list)
    tombstones: list[Tombstone] = field(default_factory=list)
    journals: dict[str, list[RegisterEntry]] = field(default_factory=lambda: {ONE: [], TWO: []})
    ofd: list[OfdEntry] = field(default_factory=list)
    tills: list[TillRequest] = field(default_factory=list)
    strangers: set[Numbers] = field(default_factory=set)
    undecidable: set[str] = field(default_factory=set)
    _keys: "count[int]" = field(default_factory=lambda: count(1))
    _events: "count[int]" = field(default_factory=lambda: count(1))

    # orders

    def sells(
        self, kopecks: int = 10_000, pos_id: str = ONE, kind: str = Kind.SALE, heard: Sequence[int | None] = (200,)
    ) -> StoredReceipt:
        """Printed, delivered, and answered as `heard`: 200, or what tells the till nothing."""
        row = self.prints(kopecks, pos_id, kind)
        self.asks(row, *[Outcome(NOON, status, row.answer if status == 200 else None) for status in heard])
        return row if kind not in list(Kind) else self.delivers(row)

    def prints(
        self, kopecks: int = 10_000, pos_id: str = ONE, kind: str = Kind.SALE, *, before: Sequence[State] = ()
    ) -> StoredReceipt:
        """An order on paper and on disk; `before`: where recovery led it until it was printed."""
        row = self.begins(kopecks, pos_id, kind)
        for state in before:
            row = self.moves(row, state)
        if before and before[-1] is PRINTING:
            row = self.changes(row, baseline=self.baseline(pos_id))
        return self.keeps(row, self.puts_on_paper(pos_id, kind, kopecks))

    def begins(self, kopecks: int = 10_000, pos_id: str = ONE, kind: str = Kind.SALE) -> StoredReceipt:
        """The intent is on disk."""
        number = next(self._keys)
        name, key = f"receipt-{number}", f"key-{number}"
        row = StoredReceipt(
            name, key, f"body-{number}", pos_id, kind, kopecks, ACCEPTED, self.baseline(pos_id), events=()
        )
        self.rows.append(row)
        return self.moves(self.moves(row, ACCEPTED), PRINTING)

    def keeps(self, row: StoredReceipt, entry: RegisterEntry) -> StoredReceipt:
        """The result is on disk."""
        answer = says(row, entry)
        numbers = {"fn": entry.fn, "fd": entry.fd, "fp": entry.fp} if entry.fd is not None else {}
        row = self.changes(row, answer=answer, fiscal_at=entry.at, **numbers)
        return self.moves(row, PENDING if row.kind in list(Kind) else State.DONE)

    def delivers(self, row: StoredReceipt) -> StoredReceipt:
        self.ofd_takes(row)
        row = self.changes(row, attempts=row.attempts + 1)
        return self.moves(self.moves(row, SYNCING), SYNCED)

    def ofd_takes(self, row: StoredReceipt) -> None:
        assert row.fn is not None
        assert row.fd is not None
        assert row.fp is not None
        self.ofd.append(OfdEntry(row.fn, row.fd, row.fp))

    def dies(self, row: StoredReceipt, attempts: int = 20) -> StoredReceipt:
        """The OFD refuses it so often."""
        for attempt in range(attempts):
            row = self.moves(row, SYNCING)
            row = self.moves(row, PENDING if attempt + 1 < attempts else State.DEAD)
        return self.changes(row, attempts=attempts)

    def rejects(self, kopecks: int = 10_000, pos_id: str = ONE) -> StoredReceipt:
        row = self.begins(kopecks, pos_id)
        self.asks(row, Outcome(NOON, 422, REFUSED))
        return self.moves(self.changes(row, answer=REFUSED), State.REJECTED)

    def buries(self, row: StoredReceipt) -> Tombstone:
        """The row is cleaned up."""
        assert row.answer is not None
        tomb = Tombstone(row.receipt_id, row.key, row.fingerprint, row.state, row.answer, row.fn, row.fd, row.fp)
        self.rows.remove(row)
        self.tombstones.append(tomb)
        return tomb

    # tills

    def asks(self, row: StoredReceipt, *outcomes: Outcome) -> None:
        self.tills.append(
            TillRequest(row.key, row.fingerprint, row.pos_id, row.kind, row.total_kopecks, tuple(outcomes))
        )

    def asks_in_vain(self, kopecks: int, *outcomes: Outcome, pos_id: str = ONE, key: str | None = None) -> None:
        """A request that the store knows nothing of."""
        number = next(self._keys)
        self.tills.append(TillRequest(key or f"key-{number}", f"body-{number}", pos_id, Kind.SALE, kopecks, outcomes))

    # the register

    def puts_on_paper(self, pos_id: str, kind: str, kopecks: int = 0) -> RegisterEntry:
        """The register prints, whoever asked for it."""
        journal, fn = self.journals[pos_id], DRIVES[pos_id]
        at = NOON + timedelta(minutes=len(journal))
        fd = None if kind in list(CASH) else self.baseline(pos_id).fd + 1
        entry = RegisterEntry(kind, kopecks, at, fn, fd, None if fd is None else f"{fd * 7919:010}")
        journal.append(entry)
        return entry

    def stranger_prints(self, kopecks: int = 10_000, pos_id: str = ONE, kind: str = Kind.SALE) -> None:
        entry = self.puts_on_paper(pos_id, kind, kopecks)
        assert entry.fd is not None
        self.strangers.add(Numbers(entry.fn, entry.fd))

    def shift_turns(self, pos_id: str = ONE) -> None:
        """The gateway closes a shift that is over and opens another, under keys of its own."""
        self.prints(0, pos_id, Work.CLOSE_SHIFT)
        self.prints(0, pos_id, Work.OPEN_SHIFT)

    def baseline(self, pos_id: str) -> Baseline:
        numbers = [entry.fd for entry in self.journals[pos_id] if entry.fd is not None]
        return Baseline(DRIVES[pos_id], numbers[-1] if numbers else 0)

    # the store

    def moves(self, row: StoredReceipt, state: State, detail: str | None = None) -> StoredReceipt:
        event = Event(next(self._events), NOON, state, detail)
        return self.changes(row, state=state, events=(*row.events, event))

    def changes(self, row: StoredReceipt, **values: Any) -> StoredReceipt:
        """The row as it is from now on."""
        changed = replace(row, **values)
        self.rows[self.rows.index(row)] = changed
        return changed

    # the audit

    def witnesses(self) -> Witnesses:
        registers = tuple(RegisterJournal(pos_id, tuple(entries)) for pos_id, entries in self.journals.items())
        counts = {state: sum(row.state is state for row in self.rows) for state in State}
        store = Store(tuple(self.rows), tuple(self.tombstones), counts, counts, "ok")
        return Witnesses(registers, store, OfdList(tuple(self.ofd)), tuple(self.tills))

    def terms(self, **terms: Any) -> Terms:
        given = {"strangers": frozenset(self.strangers), "undecidable": frozenset(self.undecidable)}
        return Terms(**{**given, **terms})

    def violations(self, **terms: Any) -> list[Violation]:
        return audit(self.witnesses(), self.terms(**terms))

    def broken_with(self, **seen: Any) -> set[Property]:
        """Where some witness saw something else."""
        return {violation.property for violation in audit(replace(self.witnesses(), **seen), self.terms())}

    def broken(self, **terms: Any) -> set[Property]:
        return {violation.property for violation in self.violations(**terms)}


def says(row: StoredReceipt, entry: RegisterEntry) -> bytes:
    """What the till hears of an order that is on paper."""
    document = {"fn": entry.fn, "fd": str(entry.fd), "fp": entry.fp}
    if row.kind in list(Kind):
        return dumps({"status": "printed", "receipt_id": row.receipt_id, "fiscal_doc": document})
    slip = {"fn": entry.fn, "number": 1}
    return dumps({"status": "done", "receipt_id": row.receipt_id, "document": slip if entry.fd is None else document})
