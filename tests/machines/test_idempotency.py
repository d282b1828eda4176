"""The keys on disk beside a dict: what a key is bound to, and what it answers, through every end of its receipt.

After each step every key is asked for with its own body and with another one, so an answer that changes by as much as
a byte, at a move, a clean-up or an opening of the file, is seen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from drivers.store.receipts import ReceiptStore
from drivers.store.records import BufferFull, Buried, Claimed, Intent, KeyReused, Known, Retention, View
from drivers.store.writer import Done, Failed
from protocols.fiscal import Baseline
from protocols.life import FINAL, QUEUED, State
from protocols.order import fingerprint
from tests.machines.store_machine import DAY, StoreMachine
from tests.samples import FN, document, sale

KEYS, BODIES = "abcd", (100, 200)
CAPACITY = 3
RETENTION = Retention(rows=7 * DAY, keys=40 * DAY, dead=10 * DAY, events=10_000 * DAY)
PRINTING, ACCEPTED, UNKNOWN, PENDING = State.PRINTING, State.ACCEPTED, State.UNKNOWN, State.PENDING
PERSON = "Иванова"

Claim = Callable[[ReceiptStore], object]


@dataclass
class Entry:
    """What a key is bound to."""

    receipt_id: str
    body: int
    accepted_at: datetime
    moved_at: datetime
    state: State = PRINTING
    answer: bytes | None = None
    fd: int | None = None
    buried: bool = False

    def told(self, body: int) -> Known | KeyReused:
        """What whoever comes with this key hears."""
        if body != self.body:
            return KeyReused(self.receipt_id)
        return Known(self.receipt_id, self.state, self.answer)


class IdempotencyMachine(StoreMachine):
    """A key is free until its intent is durable, and then never again before its tombstone went."""

    def __init__(self) -> None:
        super().__init__()
        self.bound = dict[str, Entry]()
        self.numbers, self.documents = count(), count(1)

    @rule(key=st.sampled_from(KEYS), body=st.sampled_from(BODIES))
    def claim(self, key: str, body: int) -> None:
        intent = self._intent(key, body)
        assert self.run(_claim(intent)) == self._bind(intent, body)

    @rule(orders=st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(BODIES)), min_size=2, max_size=4))
    def claim_together(self, orders: list[tuple[str, int]]) -> None:
        """Two tills with one key may meet in one transaction: the first has it."""
        intents = [self._intent(key, body) for key, body in orders]
        found = self.transact(*map(_claim, intents))
        assert found == [Done(self._bind(intent, body)) for intent, (_, body) in zip(intents, orders, strict=True)]

    @rule(key=st.sampled_from(KEYS), body=st.sampled_from(BODIES))
    def claim_in_vain(self, key: str, body: int) -> None:
        """The transaction is taken back, and its key with it: only what is durable binds."""
        claim = _claim(self._intent(key, body))

        def half(store: ReceiptStore) -> None:
            claim(store)
            raise ZeroDivisionError

        (outcome,) = self.transact(half)
        assert isinstance(outcome, Failed)

    @precondition(lambda self: self._keys(PRINTING, UNKNOWN))
    @rule(data=st.data(), way_open=st.booleans())
    def print(self, data: st.DataObject, way_open: bool) -> None:
        entry, decided_by = self._open(data)
        self._print(entry, way_open, decided_by)

    @precondition(lambda self: self._keys(PRINTING, UNKNOWN) and self._printed())
    @rule(data=st.data())
    def find_a_document_that_is_another_receipts(self, data: st.DataObject) -> None:
        entry, decided_by = self._open(data)
        self._find_taken(entry, data.draw(st.sampled_from(self._printed())), decided_by)

    @precondition(lambda self: self._keys(PRINTING, UNKNOWN))
    @rule(data=st.data(), answer=st.binary(min_size=1, max_size=8))
    def reject(self, data: st.DataObject, answer: bytes) -> None:
        entry, decided_by = self._open(data)
        entry.answer = answer
        self.run(lambda store: store.rejected(entry.receipt_id, answer, "why", decided_by=decided_by))
        self._move(entry, State.REJECTED)

    @precondition(lambda self: self._keys(PRINTING, UNKNOWN))
    @rule(data=st.data())
    def find_nothing(self, data: st.DataObject) -> None:
        entry, decided_by = self._open(data)
        self.run(lambda store: store.not_printed(entry.receipt_id, decided_by=decided_by))
        self._move(entry, ACCEPTED)

    @precondition(lambda self: self._keys(ACCEPTED))
    @rule(data=st.data())
    def print_again(self, data: st.DataObject) -> None:
        entry = self._draw(data, ACCEPTED)
        self.run(lambda store: store.print_again(entry.receipt_id, Baseline(FN, 0)))
        self._move(entry, PRINTING)

    @precondition(lambda self: self._keys(PRINTING))
    @rule(data=st.data())
    def cannot_tell(self, data: st.DataObject) -> None:
        entry = self._draw(data, PRINTING)
        self.run(lambda store: store.unknown(entry.receipt_id, "why"))
        self._move(entry, UNKNOWN)

    @precondition(lambda self: self._keys(PENDING))
    @rule(dead=st.booleans())
    def deliver(self, dead: bool) -> None:
        delivery = self.run(lambda store: store.take(()))
        assert delivery is not None
        entry = next(entry for entry in self.bound.values() if entry.receipt_id == delivery.receipt_id)
        if dead:
            self.run(lambda store: store.refused(delivery.receipt_id, "why", dead=True))
        else:
            self.run(lambda store: store.synced(delivery.receipt_id, "OFD-1"))
        self._move(entry, State.DEAD if dead else State.SYNCED)

    @rule(days=st.sampled_from([0, 8, 41]), limit=st.sampled_from([1, 2, 100]))
    def clean_up(self, days: int, limit: int) -> None:
        """Which of the old go first is not told; how many is."""
        self.now += timedelta(days=days)
        old = {entry.receipt_id for entry in self.bound.values() if self._is_old(entry)}
        done = self.run(lambda store: store.clean_up(RETENTION, limit))
        buried = old - {row[0] for row in self.sql("SELECT id FROM receipts")}
        assert len(buried) == min(limit, len(old))
        for entry in self.bound.values():
            entry.buried |= entry.receipt_id in buried
        assert done == len(buried)
        if not buried:
            self._forget(limit)
            self._bury_dead_letter()

    @invariant()
    def every_key_answers_as_ever(self) -> None:
        asked = [(key, body) for key in KEYS for body in BODIES]
        found = self.run(lambda store: [store.recall(key, fingerprint(sale(body))) for key, body in asked])
        bound = [(self.bound.get(key), body) for key, body in asked]
        assert found == [entry and entry.told(body) for entry, body in bound]

    @invariant()
    def what_is_buried_can_still_be_looked_at(self) -> None:
        entries = list(self.bound.values())
        found = self.run(lambda store: [store.look(entry.receipt_id) for entry in entries])
        assert [(type(each), each and each.state) for each in found] == [
            (Buried if entry.buried else View, entry.state) for entry in entries
        ]

    def teardown(self) -> None:
        try:
            self._see_all_to_the_end()
        finally:
            super().teardown()

    def _see_all_to_the_end(self) -> None:
        """All that can be buried is, its keys are claimed again, and at last it is forgotten."""
        self.now += timedelta(days=8)
        self._finish()
        self.clean_up(0, limit=100)  # what is old, but final only since now, stays
        self.clean_up(8, limit=1)
        self.clean_up(0, limit=100)
        for key in KEYS:
            self.claim(key, BODIES[0])
            self.every_key_answers_as_ever()
        for key in self._keys(PRINTING):
            for fd in self._printed()[:1]:
                self._find_taken(self.bound[key], fd, None)
        self._finish()
        for days in (8, 41, 0):
            self.clean_up(days, limit=100)
            self.every_key_answers_as_ever()
            self.what_is_buried_can_still_be_looked_at()
        assert not self._keys(*FINAL)

    def _finish(self) -> None:
        """Prints and delivers all that waits for it."""
        for entry in self.bound.values():
            if entry.state in (PRINTING, UNKNOWN):
                self._print(entry, True, PERSON if entry.state is UNKNOWN else None)
        while self._keys(PENDING):
            self.deliver(dead=False)

    def _find_taken(self, entry: Entry, fd: int, decided_by: str | None) -> None:
        found = self.run(
            lambda store: store.printed(entry.receipt_id, document(fd), way_open=True, decided_by=decided_by)
        )
        assert found is None
        self._move(entry, UNKNOWN)

    def _print(self, entry: Entry, way_open: bool, decided_by: str | None) -> None:
        entry.fd = next(self.documents)
        printed = document(entry.fd)
        entry.answer = self.run(
            lambda store: store.printed(entry.receipt_id, printed, way_open=way_open, decided_by=decided_by)
        )
        assert entry.answer is not None
        self._move(entry, PENDING)

    def _intent(self, key: str, body: int) -> Intent:
        # each at a register of its own: that a register prints one at a time is another table's rule
        receipt, number = sale(body), next(self.numbers)
        return Intent(f"id-{number}", key, fingerprint(receipt), sale(body, f"POS-{number}"), Baseline(FN, 0))

    def _bind(self, intent: Intent, body: int) -> Claimed | Known | KeyReused | BufferFull:
        """What a claim is to be told, and the model after it."""
        if entry := self.bound.get(intent.key):
            return entry.told(body)
        queued = len([entry for entry in self.bound.values() if entry.state in QUEUED])
        if queued >= CAPACITY:
            return BufferFull(queued)
        self.bound[intent.key] = Entry(intent.receipt_id, body, self.now, self.now)
        return Claimed(intent.receipt_id)

    def _keys(self, *states: State) -> list[str]:
        return [key for key, entry in self.bound.items() if entry.state in states]

    def _draw(self, data: st.DataObject, *states: State) -> Entry:
        return self.bound[data.draw(st.sampled_from(self._keys(*states)))]

    def _open(self, data: st.DataObject) -> tuple[Entry, str | None]:
        """One whose fate is open, and who says what it is: a person if the register cannot."""
        entry = self._draw(data, PRINTING, UNKNOWN)
        return entry, PERSON if entry.state is UNKNOWN else None

    def _printed(self) -> list[int]:
        return [entry.fd for entry in self.bound.values() if entry.fd is not None]

    def _move(self, entry: Entry, state: State) -> None:
        entry.state, entry.moved_at = state, self.now

    def _is_old(self, entry: Entry) -> bool:
        return not entry.buried and entry.state in FINAL and entry.moved_at < self.ago(RETENTION.rows)

    def _bury_dead_letter(self) -> None:
        """The oldest that is old enough, and no other."""
        dead = [entry for entry in self.bound.values() if not entry.buried and entry.state is State.DEAD]
        old = [entry for entry in dead if entry.moved_at < self.ago(RETENTION.dead)]
        for entry in sorted(old, key=lambda entry: int(entry.receipt_id.removeprefix("id-")))[:1]:
            entry.buried = True

    def _forget(self, limit: int) -> None:
        """The oldest tombstones go when their time is over; equally old ones in any order."""
        buried = sorted((entry.accepted_at, key) for key, entry in self.bound.items() if entry.buried)
        due = [(at, key) for at, key in buried if at < self.ago(RETENTION.keys)]
        left = {row[0] for row in self.sql("SELECT key FROM tombstones")}
        gone = [(at, key) for at, key in due if key not in left]
        assert [at for at, _ in gone] == [at for at, _ in due[:limit]]
        for _, key in gone:
            del self.bound[key]


def _claim(intent: Intent) -> Claim:
    return lambda store: store.claim(intent, CAPACITY)


TestIdempotency = IdempotencyMachine.TestCase
TestIdempotency.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
