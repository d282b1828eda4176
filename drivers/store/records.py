"""What the store says of receipts. Times are aware, UTC."""

from dataclasses import dataclass
from datetime import datetime

from protocols.alarm import Alarm
from protocols.fiscal import Baseline, CashCount, Document, FiscalDocument
from protocols.life import QUEUED, State
from protocols.order import Order
from protocols.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Intent:
    """An order that is about to be printed, and what the register says before it: last document, cash counted.

    `register`: the pos_id of the register that is to print it; None: the one that the order names.
    """

    receipt_id: str
    key: str
    fingerprint: str
    order: Order
    baseline: Baseline
    cash: CashCount | None = None
    register: str | None = None

    @property
    def printed_by(self) -> str:
        return self.register or self.order.pos_id


@dataclass(frozen=True, slots=True)
class Known:
    """A receipt that is on disk already. `answer` is None while its fate is open."""

    receipt_id: str
    state: State
    answer: bytes | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """The intent is durable: the register may be told to print."""

    receipt_id: str


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key belongs to another request body."""

    receipt_id: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Not claimed: sales of this pos_id are printed by `register` now, by a hand-over or at its end."""

    register: str


@dataclass(frozen=True, slots=True)
class BufferFull:
    queued: int


@dataclass(frozen=True, slots=True)
class DiskFull:
    """Nothing new is put on disk, so nothing new is printed: what follows from a print must find room."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An order whose printing somebody must settle."""

    receipt_id: str
    state: State
    order: Order
    baseline: Baseline
    cash: CashCount | None
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A printed receipt on its way to the OFD; `attempts` counts this one."""

    receipt_id: str
    pos_id: str
    document: FiscalDocument
    receipt: Receipt
    attempts: int


@dataclass(frozen=True, slots=True)
class View:
    """An order as its reader sees it. `found`, of an unknown one: the documents that might be it, as JSON.

    `register`: the pos_id of the register that prints it, or has; the order's own unless its sales were handed over.
    """

    receipt_id: str
    register: str
    order: Order
    state: State
    document: Document | None
    found: bytes | None
    attempts: int
    last_error: str | None
    accepted_at: datetime
    printed_at: datetime | None
    synced_at: datetime | None
    moved_at: datetime  # into its present state


@dataclass(frozen=True, slots=True)
class Buried:
    """What is left of an order whose row was cleaned up: its last state, and the answer that repeats still hear."""

    receipt_id: str
    state: State
    answer: bytes
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Retried:
    """Dead letters that wait for the OFD again, the number of the last one's row, and how many are `left` dead."""

    receipt_ids: tuple[str, ...]
    left: int
    last: int = 0


@dataclass(frozen=True, slots=True)
class NotDead:
    """Not sent again: it is in this state. `is_gone`: and cleaned up, so that there is nothing to send."""

    state: State
    is_gone: bool


@dataclass(frozen=True, slots=True)
class BreakerRecord:
    """How the breaker of a link stands since `at`, and who set it: a person, or the link's own failures.

    `until`: when that ends by itself; None if it does not.
    """

    link: str
    state: str
    until: datetime | None
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """Seconds. `rows`: how long a row is kept once it is final; `dead`: once it is a dead letter.

    `keys`: how long its key is known from acceptance. `events`: how long its events are told, though the row is gone,
    and how long notices of what is past.
    """

    rows: float
    keys: float
    dead: float
    events: float


@dataclass(frozen=True, slots=True)
class Begun:
    """An alarm that stands at `source`, as it was when it got its level, and since when."""

    source: str
    alarm: Alarm
    since: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """Receipts by state, and the oldest that still waits. `undelivered_at`: when the oldest of those on paper was
    printed that the OFD has not."""

    by_state: dict[State, int]
    oldest_id: str | None
    oldest_at: datetime | None
    undelivered_at: datetime | None

    @property
    def queued(self) -> int:
        return sum(self.by_state[state] for state in QUEUED)
