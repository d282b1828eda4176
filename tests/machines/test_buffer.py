"""The receipts on disk against a plain model: capacity, order, states, keys, counts."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from drivers.store.database import close_database, open_database
from drivers.store.receipts import ReceiptStore
from drivers.store.records import BufferFull, Claimed, Intent, KeyReused, Known
from drivers.store.writer import Done, transact
from protocols.fiscal import Baseline
from protocols.life import MOVES, QUEUED, State
from protocols.receipt import fingerprint
from tests.samples import NOON, document, sale

CAPACITY = 4
POS_IDS = ("POS-001", "POS-002")


@dataclass
class Kept:
    """What the model knows of one receipt."""

    receipt_id: str
    pos_id: str
    key: str
    kopecks: int
    states: list[State]
    fd: int | None = None
    answer: bytes | None = None
    attempts: int = 0

    @property
    def state(self) -> State:
        return self.states[-1]


class BufferMachine(RuleBasedStateMachine):
    """Every question to the store is asked of a list, too."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.connection = open_database(Path(self.folder.name) / "kassir.db")
        self.store = ReceiptStore(self.connection, lambda: NOON)
        self.kept: list[Kept] = []
        self.last_fd = dict.fromkeys(POS_IDS, 0)

    def run(self, work: Any) -> Any:
        """In a transaction of its own; a failure is the failure of the test."""
        (outcome,) = transact(self.connection, self.store, [work])
        if isinstance(outcome, Done):
            return outcome.value
        raise outcome.error

    def in_state(self, *states: State) -> list[Kept]:
        return [each for each in self.kept if each.state in states]

    def find(self, data: st.DataObject, *states: State) -> Kept:
        return data.draw(st.sampled_from(self.in_state(*states)))

    def has(self, *states: State) -> bool:
        return bool(self.in_state(*states))

    def move(self, kept: Kept, state: State) -> None:
        assert state in MOVES[kept.state]
        kept.states.append(state)

    @rule(key=st.sampled_from("abcdefgh"), kopecks=st.sampled_from([100, 200]), pos_id=st.sampled_from(POS_IDS))
    def claim(self, key: str, kopecks: int, pos_id: str) -> None:
        receipt = sale(kopecks, pos_id)
        intent = Intent(
            f"id-{len(self.kept)}", key, fingerprint(receipt), receipt, Baseline(f"FN {pos_id}", self.last_fd[pos_id])
        )
        known = next((each for each in self.kept if each.key == key), None)
        if known is None and any(each.pos_id == pos_id for each in self.in_state(State.PRINTING)):
            return  # an actor asks for one at a time; the belt around that has a test of its own
        found = self.run(lambda store: store.claim(intent, CAPACITY))
        if known is not None:
            same = (known.kopecks, known.pos_id) == (kopecks, pos_id)
            assert found == (
                Known(known.receipt_id, known.state, known.answer) if same else KeyReused(known.receipt_id)
            )
        elif len(self.in_state(*QUEUED)) >= CAPACITY:
            assert found == BufferFull(len(self.in_state(*QUEUED)))
        else:
            assert found == Claimed(intent.receipt_id)
            self.kept.append(Kept(intent.receipt_id, pos_id, key, kopecks, [State.ACCEPTED, State.PRINTING]))

    @precondition(lambda self: self.has(State.PRINTING))
    @rule(data=st.data(), way_open=st.booleans())
    def print(self, data: st.DataObject, way_open: bool) -> None:
        kept = self.find(data, State.PRINTING)
        self.last_fd[kept.pos_id] += 1
        kept.fd = self.last_fd[kept.pos_id]
        printed = document(kept.fd, kept.kopecks, fn=f"FN {kept.pos_id}")
        kept.answer = self.run(lambda store: store.printed(kept.receipt_id, printed, way_open=way_open))
        self.move(kept, State.PENDING)

    @precondition(lambda self: self.has(State.PRINTING))
    @rule(data=st.data(), verdict=st.sampled_from([State.REJECTED, State.ACCEPTED, State.UNKNOWN]))
    def settle(self, data: st.DataObject, verdict: State) -> None:
        kept = self.find(data, State.PRINTING)
        match verdict:
            case State.REJECTED:
                kept.answer = b"no"
                self.run(lambda store: store.rejected(kept.receipt_id, b"no", "why"))
            case State.ACCEPTED:
                self.run(lambda store: store.not_printed(kept.receipt_id))
            case _:
                self.run(lambda store: store.unknown(kept.receipt_id, "why"))
        self.move(kept, verdict)

    @precondition(lambda self: self.has(State.ACCEPTED))
    @rule(data=st.data())
    def print_again(self, data: st.DataObject) -> None:
        kept = self.find(data, State.ACCEPTED)
        if any(each.pos_id == kept.pos_id for each in self.in_state(State.PRINTING)):
            return
        baseline = Baseline(f"FN {kept.pos_id}", self.last_fd[kept.pos_id])
        self.run(lambda store: store.print_again(kept.receipt_id, baseline))
        self.move(kept, State.PRINTING)

    @rule(held=st.sets(st.sampled_from(POS_IDS)))
    def take(self, held: set[str]) -> None:
        waiting = [each for each in self.in_state(State.PENDING) if each.pos_id not in held]
        found = self.run(lambda store: store.take(tuple(held)))
        if not waiting:
            assert found is None
            return
        first = waiting[0]
        first.attempts += 1
        self.move(first, State.SYNCING)
        assert (found.receipt_id, found.document.fd, found.attempts) == (first.receipt_id, first.fd, first.attempts)

    @precondition(lambda self: self.has(State.SYNCING))
    @rule(data=st.data(), end=st.sampled_from(["synced", "refused", "dead", "unreached"]))
    def deliver(self, data: st.DataObject, end: str) -> None:
        kept = self.find(data, State.SYNCING)
        match end:
            case "synced":
                self.run(lambda store: store.synced(kept.receipt_id, "OFD-1"))
                self.move(kept, State.SYNCED)
            case "unreached":
                self.run(lambda store: store.unreached(kept.receipt_id, kept.attempts, "why"))
                kept.attempts -= 1
                self.move(kept, State.PENDING)
            case _:
                self.run(lambda store: store.refused(kept.receipt_id, "why", dead=end == "dead"))
                self.move(kept, State.DEAD if end == "dead" else State.PENDING)

    @rule(counted=st.booleans())
    def requeue(self, counted: bool) -> None:
        self.run(lambda store: store.requeue(counted=counted))
        for kept in self.in_state(State.SYNCING):
            kept.attempts -= not counted
            self.move(kept, State.PENDING)

    @rule()
    def fail_in_the_middle(self) -> None:
        """What a failed piece did is taken back, with its counts and events."""

        def half(store: ReceiptStore) -> None:
            store.requeue(counted=True)
            store.take(())
            raise ZeroDivisionError

        (outcome,) = transact(self.connection, self.store, [half])
        assert not isinstance(outcome, Done)

    @invariant()
    def the_counts_are_those_of_the_rows_and_of_the_model(self) -> None:
        by_state = {state: len(self.in_state(state)) for state in State}
        totals = self.run(ReceiptStore.totals)
        assert totals.by_state == by_state
        assert self.sql("SELECT state, count(*) FROM receipts GROUP BY state") == {
            (state.value, number) for state, number in by_state.items() if number
        }
        oldest = self.in_state(*QUEUED)
        assert totals.oldest_id == (oldest[0].receipt_id if oldest else None)

    @invariant()
    def every_receipt_is_as_the_model_has_it(self) -> None:
        for kept in self.kept:
            view = self.run(lambda store, kept=kept: store.look(kept.receipt_id))
            assert (view.state, view.attempts, view.document and view.document.fd) == (
                kept.state,
                kept.attempts,
                kept.fd,
            )

    @invariant()
    def every_move_is_among_the_events(self) -> None:
        seen = self.sql("SELECT r.id, group_concat(e.state, ' ' ORDER BY e.number) FROM events e"
                        " JOIN receipts r ON r.number = e.receipt GROUP BY r.id")  # fmt: skip
        assert seen == {(kept.receipt_id, " ".join(kept.states)) for kept in self.kept}

    @invariant()
    def recovery_finds_what_is_open_and_nothing_else(self) -> None:
        for pos_id in POS_IDS:
            found = self.run(lambda store, pos_id=pos_id: store.unfinished(pos_id))
            is_open = self.in_state(State.ACCEPTED, State.PRINTING, State.UNKNOWN)
            assert [(each.receipt_id, each.state) for each in found] == [
                (kept.receipt_id, kept.state) for kept in is_open if kept.pos_id == pos_id
            ]

    def sql(self, query: str) -> set[tuple[Any, ...]]:
        with self.connection.begin():
            return {tuple(row) for row in self.connection.exec_driver_sql(query)}

    def teardown(self) -> None:
        close_database(self.connection)
        self.folder.cleanup()


TestBuffer = BufferMachine.TestCase
TestBuffer.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
