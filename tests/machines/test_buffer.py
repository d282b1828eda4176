"""The receipts on disk beside a plain list: capacity, order, states, attempts, counts, events, retention."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from drivers.store.receipts import ReceiptStore
from drivers.store.records import BufferFull, Claimed, Intent, NotDead, Retention, Retried, Unfinished, View
from drivers.store.writer import Failed
from protocols.fiscal import Baseline, CashSlip, Document, ShiftReport
from protocols.life import FINAL, MOVES, State
from protocols.order import Order, fingerprint
from protocols.receipt import Receipt
from protocols.till import TillWork, Work
from tests.machines.store_machine import DAY, StoreMachine
from tests.samples import NOON, document, sale

CAPACITY = 3
MAX_REFUSALS = 3
POS_IDS = ("POS-001", "POS-002")
RETENTION = Retention(rows=7 * DAY, keys=400 * DAY, dead=20 * DAY, events=14 * DAY)
# spelled out: with the product's own table here a state too many in it would not be noticed
QUEUED = (State.ACCEPTED, State.PRINTING, State.PENDING, State.SYNCING)
OPEN = (State.ACCEPTED, State.PRINTING, State.UNKNOWN)

ORDERS: st.SearchStrategy[Order] = st.one_of(
    st.builds(sale, st.sampled_from([100, 200]), st.sampled_from(POS_IDS)),
    st.builds(TillWork, st.sampled_from(POS_IDS), st.sampled_from([Work.CASH_IN, Work.CLOSE_SHIFT])),
)


Outlived = tuple[str, str, State, datetime]  # an event whose order is gone: of which receipt, at which register


@dataclass
class Kept:
    """What the model knows of one order."""

    receipt_id: str
    order: Order
    moves: list[tuple[State, datetime]]
    fd: int | None = None
    attempts: int = 0
    refusals: int = 0

    @property
    def pos_id(self) -> str:
        return self.order.pos_id

    @property
    def state(self) -> State:
        return self.moves[-1][0]


@dataclass
class Register:
    """What it has printed so far."""

    pos_id: str
    last_fd: int = 0
    slips: int = 0

    @property
    def fn(self) -> str:
        return f"FN {self.pos_id}"

    def print(self, order: Order) -> Document:
        if isinstance(order, TillWork) and order.kind is Work.CASH_IN:
            self.slips += 1
            return CashSlip(self.fn, order.kind, order.amount_kopecks, self.slips)
        self.last_fd += 1
        if isinstance(order, Receipt):
            return document(self.last_fd, order.total_kopecks, fn=self.fn)
        return ShiftReport(self.fn, self.last_fd, f"{self.last_fd:010}", NOON, order.kind, "1", self.last_fd)


class BufferMachine(StoreMachine):
    """Every question to the store is asked of the list, too."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Kept] = []
        self.gone: list[Kept] = []
        self.outlived: list[Outlived] = []
        self.notes: list[datetime] = []  # of dead letters that were given up
        self.registers = {pos_id: Register(pos_id) for pos_id in POS_IDS}

    @rule(orders=st.lists(st.tuples(ORDERS, st.booleans()), min_size=1, max_size=6), way_open=st.booleans())
    def sell(self, orders: list[tuple[Order, bool]], way_open: bool) -> None:
        """What becomes of those that are not printed at once is left to other rules."""
        for order, prints in orders:
            self._sell(order, prints, way_open)

    def _sell(self, order: Order, prints: bool, way_open: bool) -> None:
        if self._prints(order.pos_id):
            return  # an actor asks for one at a time; the belt around that has a test of its own
        receipt_id = f"id-{len(self.kept) + len(self.gone)}"
        register = self.registers[order.pos_id]
        intent = Intent(
            receipt_id, f"key of {receipt_id}", fingerprint(order), order, Baseline(register.fn, register.last_fd)
        )
        found = self.run(lambda store: store.claim(intent, CAPACITY))
        queued = len(self._in_state(*QUEUED))
        if isinstance(order, Receipt) and queued >= CAPACITY:
            assert found == BufferFull(queued)
        else:
            assert found == Claimed(receipt_id)
            self.kept.append(Kept(receipt_id, order, [(State.ACCEPTED, self.now), (State.PRINTING, self.now)]))
            if prints:
                self._print(self.kept[-1], way_open)

    @precondition(lambda self: self._in_state(State.PRINTING))
    @rule(data=st.data(), way_open=st.booleans())
    def print(self, data: st.DataObject, way_open: bool) -> None:
        self._print(self._draw(data, State.PRINTING), way_open)

    @precondition(lambda self: self._in_state(State.PRINTING))
    @rule(data=st.data(), verdict=st.sampled_from([State.REJECTED, State.ACCEPTED, State.UNKNOWN]))
    def settle(self, data: st.DataObject, verdict: State) -> None:
        kept = self._draw(data, State.PRINTING)
        match verdict:
            case State.REJECTED:
                self.run(lambda store: store.rejected(kept.receipt_id, b"no", "why"))
            case State.ACCEPTED:
                self.run(lambda store: store.not_printed(kept.receipt_id))
            case _:
                self._cannot_tell(kept)
                return
        self._move(kept, verdict)

    @precondition(lambda self: self._in_state(State.ACCEPTED))
    @rule(data=st.data())
    def print_again(self, data: st.DataObject) -> None:
        kept = self._draw(data, State.ACCEPTED)
        if self._prints(kept.pos_id):
            return
        register = self.registers[kept.pos_id]
        self.run(lambda store: store.print_again(kept.receipt_id, Baseline(register.fn, register.last_fd)))
        self._move(kept, State.PRINTING)

    @rule(
        held=st.sets(st.sampled_from(POS_IDS), max_size=1),
        end=st.sampled_from(["synced", "refused", "refused", "unreached", "nobody knows"]),
    )
    def deliver(self, held: set[str], end: str) -> None:
        """As the sender does it: dead at the refusal that is one too many, and never of a link that is down."""
        kept = self._take(held)
        match end:
            case _ if kept is None or end == "nobody knows":
                return
            case "synced":
                self.run(lambda store: store.synced(kept.receipt_id, "OFD-1"))
                self._move(kept, State.SYNCED)
            case "unreached":
                self.run(lambda store: store.unreached(kept.receipt_id, kept.attempts, "why"))
                kept.attempts -= 1
                self._move(kept, State.PENDING)
            case _:
                dead = kept.attempts >= MAX_REFUSALS
                self.run(lambda store: store.refused(kept.receipt_id, "why", dead=dead))
                kept.refusals += 1
                self._move(kept, State.DEAD if dead else State.PENDING)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        """Of one that a person names: only a dead letter gets a new life."""
        if not self.kept:
            return
        kept = data.draw(st.sampled_from(self._in_state(State.DEAD) or self.kept))
        found = self.run(lambda store: store.retry(kept.receipt_id, "Иванова"))
        if kept.state is State.DEAD:
            assert found == Retried((kept.receipt_id,), len(self._in_state(State.DEAD)) - 1)
            self._revive([kept])
        else:
            assert found == NotDead(kept.state, is_gone=False)

    @precondition(lambda self: self._in_state(State.DEAD))
    @rule(limit=st.sampled_from([1, 100]), up_to=st.integers(1, 2 * CAPACITY))
    def retry_all(self, limit: int, up_to: int) -> None:
        """The oldest, and no more of them than leave room for others."""
        room = max(0, up_to - len(self._in_state(*QUEUED)))
        dead = self._in_state(State.DEAD)[: min(limit, room)]
        found = self.run(lambda store: store.retry_all("Иванова", 0, limit, up_to))
        self._revive(dead)
        assert found.receipt_ids == tuple(kept.receipt_id for kept in dead)
        assert found.left == len(self._in_state(State.DEAD))

    def _revive(self, dead: list[Kept]) -> None:
        for kept in dead:
            kept.attempts = kept.refusals = 0
            self._move(kept, State.PENDING)

    @rule(pos_id=st.sampled_from(POS_IDS), below=st.integers(0, 9), limit=st.sampled_from([1, 100]))
    def confirm(self, pos_id: str, below: int, limit: int) -> None:
        """What waits of that drive is delivered, the oldest first; nothing of another, nor what is on its way."""
        waits = [kept for kept in self._in_state(State.PENDING) if kept.pos_id == pos_id and (kept.fd or 0) < below]
        fn = self.registers[pos_id].fn
        assert self.run(lambda store: store.confirmed(fn, below, limit)) == min(limit, len(waits))
        for kept in waits[:limit]:
            kept.attempts += 1
            self._move(kept, State.SYNCED)

    @rule(counted=st.booleans())
    def requeue(self, counted: bool) -> None:
        """`counted`: its sender may have died of it, which is as bad as a refusal."""
        self.run(lambda store: store.requeue(counted=counted))
        for kept in self._in_state(State.SYNCING):
            kept.attempts -= not counted
            kept.refusals += counted
            self._move(kept, State.PENDING)

    @rule(days=st.sampled_from([0, 3, 8, 21]), limit=st.sampled_from([1, 100]))
    def clean_up(self, days: int, limit: int) -> None:
        """Exactly what is final and old goes, and never what waits or is unknown, however old. Events outlive it.

        A dead letter goes after its own time, one a look, when nothing else is to be done.
        """
        self.now += timedelta(days=days)
        old = self._old(RETENTION.rows, *FINAL)
        dead = self._old(RETENTION.dead, State.DEAD)[:1]
        done = self.run(lambda store: store.clean_up(RETENTION, limit))
        left = {row[0] for row in self.sql("SELECT id FROM receipts")}
        buried = [kept for kept in old if kept.receipt_id not in left]
        assert len(buried) == min(limit, len(old))
        self._bury(buried)
        forgotten = self._forget_events(limit) + self._forget_notes(limit)
        assert done == len(buried) + forgotten
        if not done:
            self._bury(dead)
            self.notes += [self.now for _ in dead]

    def _old(self, seconds: float, *states: State) -> list[Kept]:
        return [kept for kept in self._in_state(*states) if kept.moves[-1][1] < self.ago(seconds)]

    def _bury(self, gone: list[Kept]) -> None:
        self.gone += gone
        self.kept = [kept for kept in self.kept if kept not in gone]
        self.outlived += [(kept.receipt_id, kept.pos_id, *move) for kept in gone for move in kept.moves]

    def _forget_events(self, limit: int) -> int:
        """Up to so many that are old, and none that is not; how many."""
        old = [event for event in self.outlived if event[-1] < self.ago(RETENTION.events)]
        left = self._outlived()
        gone = Counter(self.outlived) - Counter(left)
        assert gone.total() == min(limit, len(old))
        assert gone <= Counter(old)
        self.outlived = left
        return gone.total()

    def _forget_notes(self, limit: int) -> int:
        old = [at for at in self.notes if at < self.ago(RETENTION.events)][:limit]
        self.notes = [at for at in self.notes if at not in old]
        return len(old)

    @rule()
    def fail_in_the_middle(self) -> None:
        """What a failed piece did is taken back, with its counts and events."""

        def half(store: ReceiptStore) -> None:
            store.requeue(counted=True)
            store.take(())
            store.clean_up(Retention(rows=-DAY, keys=-DAY, dead=-DAY, events=-DAY), 100)
            raise ZeroDivisionError

        (outcome,) = self.transact(half)
        assert isinstance(outcome, Failed)

    @invariant()
    def the_counts_are_those_of_the_rows_and_of_the_model(self) -> None:
        by_state = {state: len(self._in_state(state)) for state in State}
        totals = self.run(ReceiptStore.totals)
        assert totals.by_state == by_state
        assert dict(self.sql("SELECT state, count(*) FROM receipts GROUP BY state")) == {
            state.value: number for state, number in by_state.items() if number
        }
        oldest = self._in_state(*QUEUED)
        assert totals.oldest_id == (oldest[0].receipt_id if oldest else None)
        undelivered = self._in_state(State.PENDING, State.SYNCING)
        view = self._look(undelivered[0]) if undelivered else None
        assert totals.undelivered_at == (view.printed_at if isinstance(view, View) else None)

    @invariant()
    def every_order_is_as_the_model_has_it(self) -> None:
        for kept in self.kept:
            view = self._look(kept)
            assert isinstance(view, View)
            fd = None if view.document is None else view.document.fd
            assert (view.order, view.state, view.attempts, fd) == (kept.order, kept.state, kept.attempts, kept.fd)

    @invariant()
    def every_move_is_an_event_and_they_tell_the_whole_life(self) -> None:
        seen = dict[str, list[tuple[State, datetime]]]()
        for receipt_id, state, at in self.sql(
            "SELECT id, e.state, e.at FROM events e LEFT JOIN receipts r ON r.number = e.receipt"
            " WHERE e.receipt > 0 ORDER BY e.number"
        ):
            seen.setdefault(receipt_id, []).append((State(state), _time(at)))
        assert seen == {kept.receipt_id: kept.moves for kept in self.kept}
        assert Counter(self._outlived()) == Counter(self.outlived)
        assert len(self.sql("SELECT 1 FROM notices")) == len(self.notes)

    @invariant()
    def recovery_finds_what_is_open_and_nothing_else(self) -> None:
        for pos_id in POS_IDS:
            found = self._unfinished(pos_id)
            assert [(each.receipt_id, each.order, each.state) for each in found] == [
                (kept.receipt_id, kept.order, kept.state) for kept in self._in_state(*OPEN) if kept.pos_id == pos_id
            ]

    @invariant()
    def only_refusals_count_towards_death(self) -> None:
        for kept in self.kept:
            assert kept.attempts == kept.refusals + (kept.state in (State.SYNCING, State.SYNCED))
            assert (kept.state is State.DEAD) <= (kept.refusals >= MAX_REFUSALS)

    def teardown(self) -> None:
        try:
            self._see_all_to_the_end()
        finally:
            super().teardown()

    def _see_all_to_the_end(self) -> None:
        """A week later the first that waits dies of refusals, the others are delivered; the final go, the rest stay."""
        self.now += timedelta(days=8)
        self.deliver(set(), "nobody knows")
        self.requeue(counted=False)
        self.only_refusals_count_towards_death()
        if first := self._in_state(State.PENDING)[:1]:
            while first[0].state is not State.DEAD:
                self.deliver(set(), "unreached")
                self.deliver(set(), "refused")
                self.only_refusals_count_towards_death()
        while self._in_state(State.PENDING):
            self.deliver(set(), "synced")
        for kept in self._in_state(State.PRINTING):
            self._cannot_tell(kept)
        self.clean_up(0, limit=100)  # what is old, but final only since now, stays
        self.clean_up(8, limit=1)
        self.clean_up(0, limit=100)
        self.the_counts_are_those_of_the_rows_and_of_the_model()
        self.every_order_is_as_the_model_has_it()
        self.every_move_is_an_event_and_they_tell_the_whole_life()
        assert not self._in_state(*FINAL)

    def _print(self, kept: Kept, way_open: bool) -> None:
        found = self.registers[kept.pos_id].print(kept.order)
        kept.fd = None if isinstance(found, CashSlip) else found.fd
        assert self.run(lambda store: store.printed(kept.receipt_id, found, way_open=way_open)) is not None
        self._move(kept, State.PENDING if isinstance(kept.order, Receipt) else State.DONE)

    def _cannot_tell(self, kept: Kept) -> None:
        self.run(lambda store: store.unknown(kept.receipt_id, "why"))
        self._move(kept, State.UNKNOWN)

    def _take(self, held: set[str]) -> Kept | None:
        """The oldest that waits at a register that is not held."""
        waiting = [kept for kept in self._in_state(State.PENDING) if kept.pos_id not in held]
        found = self.run(lambda store: store.take(tuple(held)))
        if not waiting:
            assert found is None
            return None
        first = waiting[0]
        first.attempts += 1
        self._move(first, State.SYNCING)
        assert found is not None
        assert (found.receipt_id, found.receipt, found.attempts) == (first.receipt_id, first.order, first.attempts)
        assert (found.document.fn, found.document.fd) == (self.registers[first.pos_id].fn, first.fd)
        return first

    def _outlived(self) -> list[Outlived]:
        query = "SELECT receipt_id, pos_id, state, at FROM events WHERE receipt = 0"
        return [(receipt_id, pos_id, State(state), _time(at)) for receipt_id, pos_id, state, at in self.sql(query)]

    def _in_state(self, *states: State) -> list[Kept]:
        return [kept for kept in self.kept if kept.state in states]

    def _draw(self, data: st.DataObject, *states: State) -> Kept:
        return data.draw(st.sampled_from(self._in_state(*states)))

    def _prints(self, pos_id: str) -> bool:
        return any(kept.pos_id == pos_id for kept in self._in_state(State.PRINTING))

    def _look(self, kept: Kept) -> object:
        return self.run(lambda store: store.look(kept.receipt_id))

    def _unfinished(self, pos_id: str) -> list[Unfinished]:
        return self.run(lambda store: store.unfinished(pos_id))

    def _move(self, kept: Kept, state: State) -> None:
        assert state in MOVES[kept.state]
        kept.moves.append((state, self.now))


EPOCH = int(NOON.timestamp() * 1000)


def _time(milliseconds: int) -> datetime:
    return NOON + timedelta(milliseconds=milliseconds - EPOCH)


TestBuffer = BufferMachine.TestCase
TestBuffer.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
