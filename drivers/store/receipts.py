"""The receipts on disk: every question and every move of one receipt's life, as SQL.

Plain functions of one connection, run by `drivers.store.writer` inside a transaction. A move that is not drawn
in `protocols.life`, or whose row is not where it must be, raises and takes its transaction back.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from drivers.store import claims, cleaning, shifts, tombstones, views
from drivers.store.breakers import Breakers
from drivers.store.claims import counted
from drivers.store.handovers import Handovers
from drivers.store.notices import Notices
from drivers.store.records import (
    BufferFull,
    Buried,
    Claimed,
    Delivery,
    Elsewhere,
    Intent,
    KeyReused,
    Known,
    NotDead,
    Retention,
    Retried,
    Totals,
    Unfinished,
    View,
)
from drivers.store.schema import counts, receipts
from drivers.store.views import time_of
from protocols import answers, details
from protocols import fiscal as fiscal_words
from protocols import order as order_words
from protocols.fiscal import Baseline, CashCount, Document, FiscalDocument, ShiftReport
from protocols.life import CONFIRMED, INTERRUPTED, MOVES, QUEUED, RETRIED, State
from protocols.order import Order
from protocols.outlook import UNKNOWN, Outlook
from protocols.receipt import Receipt


class WrongMove(Exception):
    """A receipt was not in the state that the move starts from: a bug, caught before it reached the disk."""


class DocumentTaken(Exception):
    """The document is that of a receipt which is cleaned up by now."""


_BY_KEY = select(receipts.c.id, receipts.c.state, receipts.c.fingerprint, receipts.c.answer).where(
    receipts.c.key == bindparam("key")
)
_UNFINISHED = (
    select(receipts)
    .where(receipts.c.pos_id == bindparam("pos_id"), receipts.c.state.in_(["printing", "accepted", "unknown"]))
    .order_by(receipts.c.number)
)
_WAITING = select(receipts).where(receipts.c.state == "pending").order_by(receipts.c.number).limit(1)
_WAITING_ELSEWHERE = _WAITING.where(
    receipts.c.pos_id.not_in(bindparam("held", expanding=True)),
    receipts.c.id.not_in(bindparam("put_off", expanding=True)),
)
# `+`: by state, for few receipts wait; of one drive there are as many as it printed
_UNCONFIRMED = """
    SELECT id, attempts FROM receipts
    WHERE state = 'pending' AND +fn = :fn AND fd < :before_fd ORDER BY number LIMIT :limit
"""
_DELIVERABLE = (
    select(func.count())
    .select_from(receipts)
    .where(
        receipts.c.state.in_(["pending", "syncing"]),
        receipts.c.pos_id.not_in(bindparam("elsewhere", expanding=True)),
    )
)
_OLDEST = (
    select(receipts.c.id, receipts.c.accepted_at)
    .where(receipts.c.state.in_(QUEUED))
    .order_by(receipts.c.number)
    .limit(1)
)
# two looks into the index: a list of states would be sorted whole
_UNDELIVERED = """
    SELECT printed_at FROM receipts WHERE number = (
        SELECT min(number) FROM (
            SELECT min(number) AS number FROM receipts WHERE state = 'pending'
            UNION ALL SELECT min(number) FROM receipts WHERE state = 'syncing'
        )
    )
"""
_DEAD = "SELECT number, id FROM receipts WHERE state = 'dead' AND number > :behind ORDER BY number LIMIT :limit"
_DEAD_COUNT = "SELECT receipts FROM counts WHERE state = 'dead'"
_WAS_DEAD = """
    SELECT 1 FROM receipts JOIN events ON events.receipt = receipts.number
    WHERE receipts.id = :id AND events.state = 'dead' LIMIT 1
"""
_SYNCING = select(receipts.c.id, receipts.c.attempts).where(receipts.c.state == "syncing")
_QUEUED = select(func.sum(counts.c.receipts)).where(counts.c.state.in_(QUEUED))
_STOOD_IN = """
    SELECT json_extract(CAST(content AS TEXT), '$.pos_id') AS asked, pos_id FROM receipts
    WHERE id = :id AND asked <> pos_id
"""
_COUNTS = select(counts.c.state, counts.c.receipts)


class ReceiptStore:
    """All that BufferActor does on disk. `now` gives the wall clock as an aware datetime."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection, self._now = connection, now
        self.handovers = Handovers(connection, now)
        self.notices = Notices(connection, now)
        self.breakers = Breakers(connection, self.notices)

    def claim(self, intent: Intent, capacity: int) -> Claimed | Known | KeyReused | BufferFull | Elsewhere:
        """Binds the key to this order and puts the intent on disk, unless the key is bound or the buffer full.

        Only the register that serves the order's pos_id at this instant gets it.
        """
        if claims.enter(self._connection, intent, capacity, self._stamp()):
            return Claimed(intent.receipt_id)
        serves = self._serves(intent.order)
        found = self.recall(intent.key, intent.fingerprint)
        return found or (BufferFull(self._queued()) if serves == intent.printed_by else Elsewhere(serves))

    def recall(self, key: str, fingerprint: str) -> Known | KeyReused | None:
        """What is on disk for this key; None if it is free."""
        row = self._connection.execute(_BY_KEY, {"key": key}).first() or tombstones.recall(self._connection, key)
        if row is None:
            return None
        if row.fingerprint != fingerprint:
            return KeyReused(row.id)
        return Known(row.id, State(row.state), row.answer)

    def printed(
        self,
        receipt_id: str,
        document: Document,
        *,
        way_open: bool,
        outlook: Outlook = UNKNOWN,
        decided_by: str | None = None,
    ) -> bytes | None:
        """Keeps the document; gives the answer for the POS, frozen from now on.

        None if the document is another receipt's already (a drive that counts anew under its old number): nobody can
        tell then what was printed, so the receipt is `unknown`, or stays so.
        `decided_by`, here and below: the person who said so of a receipt that was `unknown`.
        """
        fd = document.fd
        detail = details.by(decided_by, details.named(document))
        decided = decided_by is not None
        answer = self._answer(receipt_id, document, way_open=way_open, outlook=outlook, decided=decided)
        target = State.PENDING if isinstance(document, FiscalDocument) else State.DONE
        values = {"document": fiscal_words.dump(document), "answer": answer, "printed_at": self._stamp()}
        try:
            if fd is not None and tombstones.holds(self._connection, document.fn, fd):
                raise DocumentTaken
            self._move(receipt_id, _origin(decided_by), target, detail, fn=document.fn, fd=fd, **values)
        except (IntegrityError, DocumentTaken):  # UNIQUE (fn, fd); SQLite has taken back this statement only
            if decided_by is None:
                self.unknown(receipt_id, f"document {fd} of {document.fn} is another receipt's already")
            return None
        return answer

    def _answer(self, receipt_id: str, document: Document, *, way_open: bool, outlook: Outlook, decided: bool) -> bytes:
        if not isinstance(document, FiscalDocument):
            return answers.done(receipt_id, document)
        # one that is still `printing` is among those that wait, one that was `unknown` is not
        queued = 0 if way_open else self._queued() + decided
        waits = None if way_open else answers.Waits(queued, outlook.delivered_at(queued, self._now()))
        return answers.printed(receipt_id, document, waits, self._stood_in(receipt_id))

    def rejected(self, receipt_id: str, answer: bytes, reason: str, *, decided_by: str | None = None) -> None:
        """Nothing was printed and nothing will be; the key keeps this answer."""
        origin, detail = _origin(decided_by), details.by(decided_by, reason)
        self._move(receipt_id, origin, State.REJECTED, detail, answer=answer, last_error=reason)

    def not_printed(self, receipt_id: str, *, decided_by: str | None = None) -> None:
        """The register has no such document. It may be printed anew."""
        detail = details.by(decided_by, details.NOT_PRINTED)
        self._move(receipt_id, _origin(decided_by), State.ACCEPTED, detail)

    def print_again(self, receipt_id: str, baseline: Baseline, cash: CashCount | None = None) -> None:
        """A new intent for an order that surely was not printed: only now may the baseline move."""
        values = {"baseline_fn": baseline.fn, "baseline_fd": baseline.fd, **counted(cash)}
        self._move(receipt_id, State.ACCEPTED, State.PRINTING, details.after(baseline), **values)

    def unknown(self, receipt_id: str, reason: str, found: bytes | None = None) -> None:
        """The register cannot tell what became of it. `found`: the documents that might be it, as JSON."""
        self._move(receipt_id, State.PRINTING, State.UNKNOWN, reason, last_error=reason, found=found)

    def unfinished(self, pos_id: str) -> list[Unfinished]:
        """What recovery must look at before this register prints, oldest first."""
        return [_unfinished(row) for row in self._connection.execute(_UNFINISHED, {"pos_id": pos_id})]

    def last_opening(self, pos_id: str) -> ShiftReport | None:
        """The last shift that the gateway opened on this register, as far as its row is kept."""
        return shifts.last_opening(self._connection, pos_id)

    def take(self, held: Sequence[str], put_off: Sequence[str] = ()) -> Delivery | None:
        """The next receipt to deliver, now `syncing` with this attempt counted.

        Registers in `held` are passed over, and the receipts `put_off`.
        """
        passed_over = {"held": list(held), "put_off": list(put_off)}
        query, values = (_WAITING_ELSEWHERE, passed_over) if held or put_off else (_WAITING, {})
        row = self._connection.execute(query, values).first()
        if row is None:
            return None
        self._move(row.id, State.PENDING, State.SYNCING, attempts=row.attempts + 1)
        receipt, document = order_words.load(row.kind, row.content), fiscal_words.load(row.kind, row.document)
        if not isinstance(receipt, Receipt) or not isinstance(document, FiscalDocument):
            raise WrongMove(f"{row.id} is no receipt, and yet it waits for the OFD")
        return Delivery(row.id, row.pos_id, document, receipt, row.attempts + 1)

    def deliverable(self, elsewhere: Sequence[str]) -> int:
        """How many receipts are printed and not delivered, but for those of the registers `elsewhere`."""
        return int(self._connection.execute(_DELIVERABLE, {"elsewhere": list(elsewhere)}).scalar_one())

    def synced(self, receipt_id: str, ofd_id: str) -> None:
        """The OFD has it."""
        self._move(receipt_id, State.SYNCING, State.SYNCED, ofd_id, synced_at=self._stamp(), last_error=None)

    def refused(self, receipt_id: str, reason: str, *, dead: bool) -> bool:
        """The OFD refused this very receipt; the attempt stays counted. Whether it had been a dead letter before."""
        had_died = self._connection.exec_driver_sql(_WAS_DEAD, {"id": receipt_id}).first() is not None
        self._move(receipt_id, State.SYNCING, State.DEAD if dead else State.PENDING, reason, last_error=reason)
        return had_died

    def unreached(self, receipt_id: str, attempts: int, reason: str) -> None:
        """The link was at fault, not the receipt: of `attempts` the last is struck out again."""
        self._move(receipt_id, State.SYNCING, State.PENDING, reason, attempts=attempts - 1, last_error=reason)

    def confirmed(self, fn: str, before_fd: int, limit: int) -> int:
        """The OFD has every document of this drive below `before_fd`, as the drive says. How many that waited, moved.

        Up to `limit`, oldest first. That the register delivered it counts as an attempt, as it does when we have.
        """
        values = {"fn": fn, "before_fd": before_fd, "limit": limit}
        found = self._connection.exec_driver_sql(_UNCONFIRMED, values).all()
        for receipt_id, attempts in found:
            values = {"attempts": attempts + 1, "synced_at": self._stamp(), "last_error": None}
            self._move(receipt_id, State.PENDING, State.SYNCED, CONFIRMED, **values)
        return len(found)

    def requeue(self, *, counted: bool) -> None:
        """Nobody knows what became of receipts under way: they are sent again, their attempts `counted` or not."""
        for receipt_id, attempts in self._connection.execute(_SYNCING).all():
            left = attempts if counted else attempts - 1
            self._move(receipt_id, State.SYNCING, State.PENDING, INTERRUPTED, attempts=left)

    def retry(self, receipt_id: str, who: str) -> Retried | NotDead | None:
        """A dead letter waits for the OFD again, its attempts counted anew. None: there is no such receipt."""
        found = self.look(receipt_id)
        if found is None:
            return None
        if isinstance(found, Buried) or found.state is not State.DEAD:
            return NotDead(found.state, is_gone=isinstance(found, Buried))
        self._revive(receipt_id, who)
        return Retried((receipt_id,), self._dead())

    def retry_all(self, who: str, behind: int, limit: int, up_to: int) -> Retried:
        """Likewise the next `limit` dead letters behind row number `behind`, oldest first.

        Fewer where else more than `up_to` receipts were queued: those to be sold need room, too.
        """
        room = max(0, min(limit, up_to - self._queued()))
        found = self._connection.exec_driver_sql(_DEAD, {"behind": behind, "limit": room}).all()
        for _, receipt_id in found:
            self._revive(receipt_id, who)
        return Retried(tuple(receipt_id for _, receipt_id in found), self._dead(), found[-1][0] if found else behind)

    def _revive(self, receipt_id: str, who: str) -> None:
        self._move(receipt_id, State.DEAD, State.PENDING, details.by(who, RETRIED), attempts=0)

    def look(self, receipt_id: str) -> View | Buried | None:
        return views.look(self._connection, receipt_id)

    def clean_up(self, retention: Retention, limit: int) -> int:
        """See drivers.store.cleaning."""
        return cleaning.clean_up(self._connection, self.notices, self._stamp(), retention, limit)

    def totals(self) -> Totals:
        by_state = {State(state): number for state, number in self._connection.execute(_COUNTS)}
        oldest = self._connection.execute(_OLDEST).first() if any(by_state[state] for state in QUEUED) else None
        undelivered = self._connection.exec_driver_sql(_UNDELIVERED).scalar() if oldest else None
        return Totals(
            by_state,
            oldest and oldest.id,
            oldest and time_of(oldest.accepted_at),
            None if undelivered is None else time_of(undelivered),
        )

    def _move(self, receipt_id: str, origin: State, target: State, detail: str | None = None, **values: object) -> None:
        if target not in MOVES[origin]:
            raise WrongMove(f"{receipt_id}: no way from {origin} to {target}")
        values |= {"state": target, "moved_at": self._stamp(), "detail": detail}
        columns = ", ".join(f"{name} = :{name}" for name in values)
        move = f"UPDATE receipts SET {columns} WHERE id = :id AND state = :origin"  # noqa: S608  our own names only
        # as text: a statement built anew for each move cost five times the move itself
        done = self._connection.exec_driver_sql(move, {**values, "id": receipt_id, "origin": origin})
        if done.rowcount != 1:
            raise WrongMove(f"{receipt_id} is not {origin}, so it cannot become {target}")

    def _serves(self, order: Order) -> str:
        """Only receipts are handed over."""
        return (self.handovers.stand_in(order.pos_id) if isinstance(order, Receipt) else None) or order.pos_id

    def _stood_in(self, receipt_id: str) -> answers.StoodIn | None:
        row = self._connection.exec_driver_sql(_STOOD_IN, {"id": receipt_id}).first()
        return None if row is None else answers.StoodIn(*row)

    def _dead(self) -> int:
        return int(self._connection.exec_driver_sql(_DEAD_COUNT).scalar_one())

    def _queued(self) -> int:
        return int(self._connection.execute(_QUEUED).scalar_one())

    def _stamp(self) -> int:
        return int(self._now().timestamp() * 1000)


def _origin(decided_by: str | None) -> State:
    return State.PRINTING if decided_by is None else State.UNKNOWN


def _unfinished(row: Row[Any]) -> Unfinished:
    baseline = Baseline(row.baseline_fn, row.baseline_fd)
    cash = None if row.cash_count is None else CashCount(row.cash_count, row.cash_kopecks)
    order = order_words.load(row.kind, row.content)
    return Unfinished(row.id, State(row.state), order, baseline, cash, time_of(row.accepted_at))
