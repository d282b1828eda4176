"""What four witnesses saw: the register, the store, the OFD, the tills. Times are aware, money is kopecks.

Kinds of document and order are words: "sale", "refund", "correction" (`protocols.receipt.Kind`), "open_shift",
"close_shift", "cash_in", "cash_out" (`protocols.till.Work`); on a register also OTHER.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from protocols.fiscal import Baseline
from protocols.life import State

OTHER = "other"
"""A document of the drive that no order ends in, such as a registration, or one whose content cannot be read."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The name of a fiscal document among all of them."""

    fn: str
    fd: int

    def __str__(self) -> str:
        return f"document {self.fd} of drive {self.fn}"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A document in a drive, or a cash slip, which has no `fd` and no `fp`."""

    kind: str
    total_kopecks: int
    at: datetime | None  # by the register's clock; None for OTHER where nothing is known of it
    fn: str
    fd: int | None
    fp: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterJournal:
    """All that one register put on paper, oldest first, from the first entry on without a choice.

    `every_drive`: entries of each drive it ever had; False where only the present drive could be read.
    `slips`: cash slips are among the entries; False where the register keeps none that can be read.
    """

    pos_id: str
    entries: tuple[RegisterEntry, ...]
    every_drive: bool = True
    slips: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """A move of a receipt. `number` orders the events of all receipts of one store."""

    number: int
    at: datetime
    state: State
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A row: a receipt or the till's own work. `fiscal_at`: the time on its document, by the register's clock.

    `pos_id` is the register's that has it in hand; `sold_at` the one it was asked for, None where it is the same.
    """

    receipt_id: str
    key: str
    fingerprint: str
    pos_id: str
    kind: str
    total_kopecks: int
    state: State
    baseline: Baseline
    fn: str | None = None
    fd: int | None = None
    fp: str | None = None
    fiscal_at: datetime | None = None
    answer: bytes | None = None
    attempts: int = 0
    events: tuple[Event, ...] = ()
    sold_at: str | None = None

    @property
    def numbers(self) -> Numbers | None:
        return None if self.fn is None or self.fd is None else Numbers(self.fn, self.fd)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is kept of a receipt whose row was cleaned up. No numbers: it was rejected, or was a cash slip."""

    receipt_id: str
    key: str
    fingerprint: str
    state: State
    answer: bytes
    fn: str | None = None
    fd: int | None = None
    fp: str | None = None

    @property
    def numbers(self) -> Numbers | None:
        return None if self.fn is None or self.fd is None else Numbers(self.fn, self.fd)


@dataclass(frozen=True, slots=True)
class Store:
    """The database. `counts`: its own count by state; `page`: what the status page says; `integrity`: SQLite's word.

    None: not asked. `handovers`: whose sales were ever handed over, and to whom.
    """

    receipts: tuple[StoredReceipt, ...] = ()  # in order of acceptance
    tombstones: tuple[Tombstone, ...] = ()
    counts: Mapping[State, int] | None = None
    page: Mapping[State, int] | None = None
    integrity: str | None = None
    handovers: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class OfdEntry:
    """A document that the OFD took."""

    fn: str
    fd: int
    fp: str

    @property
    def numbers(self) -> Numbers:
        return Numbers(self.fn, self.fd)


@dataclass(frozen=True, slots=True)
class OfdList:
    """In the order taken, doubles too if it lists any. `whole`: nothing older was left out."""

    entries: tuple[OfdEntry, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one request ended. `status` None: no answer came, the till does not know."""

    at: datetime
    status: int | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class TillRequest:
    """One body under one key, and how each time it was sent ended, in order.

    `fingerprint`: equal for equal bodies, and only for these. Another body under the same key is another TillRequest;
    the same body may be several, and is taken together.
    """

    key: str
    fingerprint: str
    pos_id: str
    kind: str
    total_kopecks: int
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Witnesses:
    """All that was seen. A register that is missing was not read; None for the OFD or the tills: not asked."""

    registers: tuple[RegisterJournal, ...]
    store: Store
    ofd: OfdList | None = None
    tills: tuple[TillRequest, ...] | None = None  # every request ever sent


@dataclass(frozen=True, slots=True)
class Terms:
    """What the audit may take for granted.

    `settled`: faults have stopped and all has drained, so what must be done in the end has to be done now.
    `strangers`: documents known to be another program's. `sole`: apart from these nobody else prints there.
    `undecidable`: receipts whose fate the register could in truth not tell; None: nobody knows.
    """

    settled: bool = False
    sole: bool = True
    strangers: frozenset[Numbers] = frozenset()
    undecidable: frozenset[str] | None = None
    max_attempts: int = 20
