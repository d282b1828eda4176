"""What the store says of receipts. Times are aware, UTC."""

from dataclasses import dataclass
from datetime import datetime

from protocols.fiscal import Baseline, FiscalDocument
from protocols.life import QUEUED, State
from protocols.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Intent:
    """A receipt that is about to be printed, and the last document of the drive before it."""

    receipt_id: str
    key: str
    fingerprint: str
    receipt: Receipt
    baseline: Baseline


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
class BufferFull:
    queued: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A receipt whose printing somebody must settle."""

    receipt_id: str
    state: State
    receipt: Receipt
    baseline: Baseline
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
    """A receipt as its reader sees it."""

    receipt_id: str
    pos_id: str
    state: State
    document: FiscalDocument | None
    attempts: int
    last_error: str | None
    accepted_at: datetime
    printed_at: datetime | None
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Receipts by state, and the oldest that still waits."""

    by_state: dict[State, int]
    oldest_id: str | None
    oldest_at: datetime | None

    @property
    def queued(self) -> int:
        return sum(self.by_state[state] for state in QUEUED)
