"""BufferActor: the only writer of the receipts on disk. It answers; it asks nobody.

What waits in its mailbox becomes one transaction: under load one fsync serves many receipts, and a single
receipt waits for nobody. Every question is answered after its transaction is durable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, assert_never

import structlog
import trio

from actors import breaker_records, deliveries, handovers, notices, status
from actors.mailbox import Address, Ask, next_message, turn, waiting
from drivers.store.receipts import ReceiptStore
from drivers.store.records import (
    BufferFull,
    Buried,
    Claimed,
    DiskFull,
    Elsewhere,
    Intent,
    KeyReused,
    Known,
    Retention,
    Totals,
    Unfinished,
    View,
)
from drivers.store.writer import Done, Failed, NoRoom, Store
from protocols.errors import FailStop
from protocols.fiscal import Baseline, CashCount, Document, ShiftReport
from protocols.outlook import UNKNOWN, Outlook

log = structlog.get_logger()

BATCH = 500  # messages a transaction: more would make the first of them wait
SETTLE = 0.25  # seconds between two announcements while receipts stream in
CLEAN_EVERY = 600.0  # seconds between two looks for what is old; at once again while there are rows
CLEANED = 50  # rows a look: a sale that comes meanwhile waits for no more. Keys: 7200 a day


@dataclass(frozen=True, eq=False)
class Recall(Ask[Known | KeyReused | None]):
    """What is known under an idempotency key; None if the key is free."""

    key: str
    fingerprint: str


@dataclass(frozen=True, eq=False)
class Claim(Ask[Claimed | Known | KeyReused | BufferFull | DiskFull | Elsewhere]):
    """Put the intent to print on disk, before the first byte goes to the register."""

    intent: Intent


@dataclass(frozen=True, eq=False)
class Printed(Ask[bytes | None]):
    """The register printed it. The answer is what the POS hears, now and at every repeat.

    None: the document is another receipt's already, and this one is `unknown`.
    """

    receipt_id: str
    document: Document
    decided_by: str | None = None  # the person who said so of an unknown receipt; here and below


@dataclass(frozen=True, eq=False)
class Rejected(Ask[None]):
    """The register refused and printed nothing; `body` is what the POS hears, now and at every repeat."""

    receipt_id: str
    body: bytes
    reason: str
    decided_by: str | None = None


@dataclass(frozen=True, eq=False)
class NotPrinted(Ask[None]):
    """The verdict of recovery, or of a person: the register has no document of it."""

    receipt_id: str
    decided_by: str | None = None


@dataclass(frozen=True, eq=False)
class PrintAgain(Ask[None]):
    """A new intent for a receipt that surely was not printed."""

    receipt_id: str
    baseline: Baseline
    cash: CashCount | None = None


@dataclass(frozen=True, eq=False)
class Unknown(Ask[None]):
    """The verdict of recovery: the register cannot tell. A person must; `found`, as JSON, is what might be it."""

    receipt_id: str
    reason: str
    found: bytes


@dataclass(frozen=True, eq=False)
class ListUnfinished(Ask[list[Unfinished]]):
    """What must be settled before this register prints anything, oldest first."""

    pos_id: str


@dataclass(frozen=True, eq=False)
class LastOpening(Ask[ShiftReport | None]):
    """The report of the last shift that was opened on this register through us; None if no row tells."""

    pos_id: str


@dataclass(frozen=True, eq=False)
class WayOpen(Ask[None]):
    """Whether the way to the OFD is open, as far as is known: new answers say "printed" or "buffered".

    `fn`: for the documents of this fiscal drive, which have a way of their own; None: for all others.
    """

    is_open: bool
    outlook: Outlook = UNKNOWN
    fn: str | None = None


@dataclass(frozen=True, eq=False)
class Look(Ask[View | Buried | None]):
    receipt_id: str


@dataclass(frozen=True, eq=False)
class Count(Ask[Totals]):
    pass


Message = (
    Recall
    | Claim
    | Printed
    | Rejected
    | NotPrinted
    | PrintAgain
    | Unknown
    | ListUnfinished
    | LastOpening
    | WayOpen
    | Look
    | Count
    | notices.Question
    | notices.Stand
    | breaker_records.RecallBreaker
    | deliveries.Question[Any]
    | handovers.Question[Any]
)


@dataclass(eq=False)
class BufferActor:
    inbox: trio.MemoryReceiveChannel[Message]
    store: Store
    capacity: int
    retention: Retention
    status: Address[status.Message]
    way: WayOpen = field(default_factory=partial(WayOpen, True))
    _ways: dict[str, WayOpen] = field(default_factory=dict, init=False)  # by fiscal drive
    _announce_at: float = field(default=0.0, init=False)
    _clean_at: float = field(default=0.0, init=False)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with self.store:
            task_status.started()
            while True:
                try:
                    message = await next_message(self.inbox, until=min(self._announce_at, self._clean_at))
                except trio.EndOfChannel:
                    return
                if isinstance(message, WayOpen):  # no matter of the disk
                    self._hear_of(message)
                elif message is not None:
                    await self._serve([message, *waiting(self.inbox, BATCH - 1)])
                elif trio.current_time() >= self._announce_at:
                    await self._announce()
                else:
                    await self._clean_up()

    async def _serve(self, batch: Sequence[Message]) -> None:
        with turn(*batch):
            outcomes = await self._write(batch)
            for message, outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, Done):
                    message.answer(outcome.value)
        self._announce_at = min(self._announce_at, trio.current_time() + SETTLE)
        failures = [outcome.error for outcome in outcomes if isinstance(outcome, Failed)]
        if failures:
            raise ExceptionGroup("work on the receipts failed", failures)

    async def _write(self, batch: Sequence[Message]) -> list[Done | Failed]:
        outcomes = await self.store.transact([partial(self._do, message) for message in batch])
        return [
            await self._make_room_for(message) if _is_without_room(outcome) else outcome
            for message, outcome in zip(batch, outcomes, strict=True)
        ]

    async def _make_room_for(self, message: Message) -> Done | Failed:
        """What is asked for is refused: nothing was begun. All else must be written, for it has happened.

        But for notices, which have time: they are told again, and must not take the room of a receipt.
        """
        if isinstance(message, Claim | notices.Question | handovers.Question | deliveries.Take | deliveries.ByAPerson):
            return Done(DiskFull())
        self.store.reserve.spend()
        (outcome,) = await self.store.transact([partial(self._do, message)])
        if _is_without_room(outcome):
            raise FailStop("the disk is full, and what has happened cannot be written; make room on it")
        return outcome

    def _do(self, message: Message, store: ReceiptStore) -> Any:  # noqa: PLR0912  one arm a message
        match message:
            case Recall(key=key, fingerprint=fingerprint):
                return store.recall(key, fingerprint)
            case Claim(intent=intent):
                if self.store.reserve.in_place():
                    return store.claim(intent, self.capacity)
                return store.recall(intent.key, intent.fingerprint) or DiskFull()
            case Printed(receipt_id=receipt_id, document=document, decided_by=who):
                way = self._ways.get(document.fn, self.way)
                return store.printed(receipt_id, document, way_open=way.is_open, outlook=way.outlook, decided_by=who)
            case Rejected(receipt_id=receipt_id, body=body, reason=reason, decided_by=who):
                return store.rejected(receipt_id, body, reason, decided_by=who)
            case NotPrinted(receipt_id=receipt_id, decided_by=who):
                return store.not_printed(receipt_id, decided_by=who)
            case PrintAgain(receipt_id=receipt_id, baseline=baseline, cash=cash):
                return store.print_again(receipt_id, baseline, cash)
            case Unknown(receipt_id=receipt_id, reason=reason, found=found):
                return store.unknown(receipt_id, reason, found)
            case ListUnfinished(pos_id=pos_id):
                return store.unfinished(pos_id)
            case LastOpening(pos_id=pos_id):
                return store.last_opening(pos_id)
            case WayOpen():
                self._hear_of(message)
            case Look(receipt_id=receipt_id):
                return store.look(receipt_id)
            case Count():
                return store.totals()
            case notices.Question() | deliveries.ByAPerson() if not self.store.reserve.in_place():
                return DiskFull()
            case notices.Question():
                return message.do(store)
            case notices.Stand():
                return message.do(store)
            case breaker_records.RecallBreaker(link=link):
                return store.breakers.recall(link)
            case deliveries.Question():
                return message.do(store)
            case handovers.Question():
                return message.do(store.handovers)
            case _:
                assert_never(message)
        return None

    def _hear_of(self, way: WayOpen) -> None:
        if way.fn is None:
            self.way = way
        else:
            self._ways[way.fn] = way

    async def _announce(self) -> None:
        (outcome,) = await self.store.transact([lambda store: (store.totals(), self.store.reserve.in_place())])
        if isinstance(outcome, Failed):
            raise outcome.error
        totals, has_room = outcome.value
        status.announce(self.status, "buffer", describe(totals, self.capacity, has_room=has_room))
        self._announce_at = trio.current_time() + status.PULSE

    async def _clean_up(self) -> None:
        (outcome,) = await self.store.transact([lambda store: store.clean_up(self.retention, CLEANED)])
        more = isinstance(outcome, Done) and outcome.value > 0
        self._clean_at = trio.current_time() + (SETTLE if more else CLEAN_EVERY)
        if isinstance(outcome, Failed) and not _is_without_room(outcome):
            raise outcome.error


def _is_without_room(outcome: Done | Failed) -> bool:
    return isinstance(outcome, Failed) and isinstance(outcome.error, NoRoom)


def describe(totals: Totals, capacity: int, *, has_room: bool) -> dict[str, Any]:
    """The buffer for people: how full, since when, and the receipts by state."""
    return {
        "disk": "ok" if has_room else "full",
        "total_capacity": capacity,
        "current_queued": totals.queued,
        "percent_full": round(100 * totals.queued / capacity, 1),
        "oldest_receipt": totals.oldest_id and {"id": totals.oldest_id, "created_at": totals.oldest_at},
        "undelivered_since": totals.undelivered_at,
        **{state.value: number for state, number in totals.by_state.items()},
    }
