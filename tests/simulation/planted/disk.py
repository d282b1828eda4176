"""Planted in what is on disk: commits, the opening, keys and their answers, moves, clean-up."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import trio
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from actors import buffer
from actors.buffer import BufferActor
from actors.kkt.press import Press
from drivers.store import database, receipts, schema, tombstones, writer
from drivers.store.receipts import ReceiptStore
from drivers.store.records import BufferFull, Intent, Known, View
from drivers.store.writer import Done, Failed
from protocols import answers
from protocols.errors import FailStop
from protocols.fiscal import Document, FiscalDocument
from protocols.life import FINAL, State
from protocols.outlook import UNKNOWN
from tests.simulation import gateway
from tests.simulation.planted.patches import Patch, together

BOUND = """
    SELECT fingerprint FROM receipts WHERE key = :key
    UNION SELECT fingerprint FROM tombstones WHERE key = :key
"""

# commits


def synchronous_normal() -> Patch:
    """A commit is not synced: a power cut may take it back."""
    return patch.dict(database.PRAGMAS, synchronous=("NORMAL", 1))


def opening_without_sync() -> Patch:
    """What a kill left written and not synced is believed at the next start, and may go with the power."""
    return patch.object(database, "_sync", lambda _connection: None)


def failed_commit_believed() -> Patch:
    """An I/O error at commit is swallowed, and what was to be written counts as written."""

    def believes(connection: Connection, store: ReceiptStore, pieces: Sequence[writer.Work]) -> list[Done | Failed]:
        outcomes: list[Done | Failed] = []
        try:
            with connection.begin():
                outcomes = [Done(piece(store)) for piece in pieces]
        except DatabaseError as error:
            return outcomes or [Failed(error) for _ in pieces]
        return outcomes

    return together(patch.object(writer, "transact", believes), patch.object(gateway, "transact", believes))


def unwritten_result_refused() -> Patch:
    """A result that meets a full or failing disk is dropped, and the till hears that nothing was printed."""
    transact, make_room, keep = writer.transact, BufferActor._make_room_for, Press._keep
    unwritten = answers.error("DISK_FULL", "There is no room on disk.", "")

    def denies(connection: Connection, store: ReceiptStore, pieces: Sequence[writer.Work]) -> list[Done | Failed]:
        try:
            return transact(connection, store, pieces)
        except FailStop:
            return [Failed(writer.NoRoom()) for _ in pieces]

    async def drops(self: BufferActor, message: buffer.Message) -> Done | Failed:
        return Done(unwritten) if isinstance(message, buffer.Printed) else await make_room(self, message)

    async def refuses(self: Press, receipt_id: str, document: Document) -> Known:
        known = await keep(self, receipt_id, document)
        return replace(known, state=State.REJECTED) if known.answer == unwritten else known

    return together(
        patch.object(writer, "transact", denies),
        patch.object(gateway, "transact", denies),
        patch.object(BufferActor, "_make_room_for", drops),
        patch.object(Press, "_keep", refuses),
    )


def answer_before_result() -> Patch:
    """The till hears 200 while its result is still to be written."""
    serve = BufferActor._serve

    async def answers_first(self: BufferActor, batch: Sequence[buffer.Message]) -> None:
        results = [each for each in batch if isinstance(each, buffer.Printed) and each.decided_by is None]
        for result in results:
            await _answer_early(self, result)
        if results:
            await trio.sleep(0.1)
        await serve(self, batch)

    return patch.object(BufferActor, "_serve", answers_first)


async def _answer_early(actor: BufferActor, result: buffer.Printed) -> None:
    def foresee(store: ReceiptStore) -> bytes:
        return store._answer(
            result.receipt_id, result.document, way_open=actor.way.is_open, outlook=UNKNOWN, decided=False
        )

    (outcome,) = await actor.store.transact([foresee])
    if isinstance(outcome, Done):
        result.answer(outcome.value)


# keys, their answers, room


def body_not_compared() -> Patch:
    """Another body under a used key hears the answer to the first."""
    recall = ReceiptStore.recall

    def by_key_alone(self: ReceiptStore, key: str, _fingerprint: str) -> Any:
        return recall(self, key, str(self._connection.exec_driver_sql(BOUND, {"key": key}).scalar()))

    return patch.object(ReceiptStore, "recall", by_key_alone)


def answer_made_anew() -> Patch:
    """A repeat is answered by how the way to the OFD stands now, not by what was kept."""
    do = BufferActor._do

    def does(self: BufferActor, message: buffer.Message, store: ReceiptStore) -> Any:
        outcome = do(self, message, store)
        if isinstance(outcome, Known) and outcome.answer is not None:
            return replace(outcome, answer=_anew(self, store, outcome))
        return outcome

    return patch.object(BufferActor, "_do", does)


def _anew(actor: BufferActor, store: ReceiptStore, known: Known) -> bytes | None:
    view = store.look(known.receipt_id)
    if not isinstance(view, View) or not isinstance(view.document, FiscalDocument):
        return known.answer
    waits = None if actor.way.is_open else answers.Waits(store._queued())
    return answers.printed(known.receipt_id, view.document, waits)


def room_made_by_dropping() -> Patch:
    """Behind a full buffer the oldest receipt that waits for the OFD makes room for the new one."""
    claim = ReceiptStore.claim

    def makes_room(self: ReceiptStore, intent: Intent, capacity: int) -> Any:
        found = claim(self, intent, capacity)
        if not isinstance(found, BufferFull):
            return found
        self._connection.exec_driver_sql(
            "DELETE FROM receipts WHERE number = (SELECT min(number) FROM receipts WHERE state = 'pending')"
        )
        return claim(self, intent, capacity)

    return patch.object(ReceiptStore, "claim", makes_room)


# moves and clean-up


def move_without_event() -> Patch:
    """A receipt is taken for delivery and no event tells of it."""
    move = ReceiptStore._move

    def silently(self: ReceiptStore, receipt_id: str, origin: State, target: State, *rest: Any, **values: Any) -> None:
        move(self, receipt_id, origin, target, *rest, **values)
        if target is State.SYNCING:
            self._connection.exec_driver_sql("DELETE FROM events WHERE number = (SELECT max(number) FROM events)")

    return patch.object(ReceiptStore, "_move", silently)


def syncing_forgotten() -> Patch:
    """After a crash what was on its way to the OFD is not taken up again."""

    def forgets(self: ReceiptStore, *, counted: bool) -> None:
        """Nothing."""

    return patch.object(ReceiptStore, "requeue", forgets)


def newest_delivered_first() -> Patch:
    """Deliveries go out in the wrong order."""
    newest = receipts._WAITING.order_by(None).order_by(schema.receipts.c.number.desc())
    return patch.object(receipts, "_WAITING", newest)


def dead_letter_dropped() -> Patch:
    """What the OFD has refused for the last time is called delivered, so that nobody need look at it."""
    refused = ReceiptStore.refused

    def drops(self: ReceiptStore, receipt_id: str, reason: str, *, dead: bool) -> None:
        if dead:
            self.synced(receipt_id, "dropped")
        else:
            refused(self, receipt_id, reason, dead=False)

    return patch.object(ReceiptStore, "refused", drops)


def no_tombstones() -> Patch:
    """Clean-up leaves nothing of a receipt."""
    return patch.object(tombstones, "_BURY", "SELECT :number")


def clean_up_of_what_waits() -> Patch:
    """Clean-up takes what is printed and old, delivered or not."""
    finals = ", ".join(f"'{state}'" for state in (*FINAL, State.PENDING, State.DEAD))
    any_state = tombstones._OLD.replace(tombstones.BY_AGE, "").replace(tombstones.FINALS, finals)
    return patch.object(tombstones, "_OLD", any_state)
