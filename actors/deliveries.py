"""What BufferActor is asked of deliveries to the OFD. Each question does its own work in the store's transaction."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from actors.mailbox import Ask
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Delivery, DiskFull, NotDead, Retried

R = TypeVar("R")

AT_ONCE = 100  # moves of one question: a sale that comes meanwhile waits for them


@dataclass(frozen=True, eq=False)
class Question(Ask[R]):
    @abstractmethod
    def do(self, store: ReceiptStore) -> R:
        """The answer."""


@dataclass(frozen=True, eq=False)
class Take(Question[Delivery | DiskFull | None]):
    """The next receipt to deliver; None if nothing waits. Registers in `held` and receipts `put_off` are passed over.

    DiskFull: that it is under way cannot be written.
    """

    held: Sequence[str] = ()
    put_off: Sequence[str] = ()

    def do(self, store: ReceiptStore) -> Delivery | None:
        return store.take(self.held, self.put_off)


@dataclass(frozen=True, eq=False)
class Deliverable(Question[int]):
    """How many receipts wait for their delivery or are under way, but for those of the registers `elsewhere`."""

    elsewhere: Sequence[str] = ()

    def do(self, store: ReceiptStore) -> int:
        return store.deliverable(self.elsewhere)


@dataclass(frozen=True, eq=False)
class Synced(Question[None]):
    """The OFD has it."""

    receipt_id: str
    ofd_id: str

    def do(self, store: ReceiptStore) -> None:
        store.synced(self.receipt_id, self.ofd_id)


@dataclass(frozen=True, eq=False)
class Refused(Question[bool]):
    """The OFD refused this very receipt. `dead`: for the last time. The answer: whether it had been dead before."""

    receipt_id: str
    reason: str
    dead: bool

    def do(self, store: ReceiptStore) -> bool:
        return store.refused(self.receipt_id, self.reason, dead=self.dead)


@dataclass(frozen=True, eq=False)
class Unreached(Question[None]):
    """The OFD was not reached; that says nothing of the receipt. `attempts` as `Take` gave them."""

    receipt_id: str
    attempts: int
    reason: str

    def do(self, store: ReceiptStore) -> None:
        store.unreached(self.receipt_id, self.attempts, self.reason)


@dataclass(frozen=True, eq=False)
class Confirmed(Question[int]):
    """The fiscal drive `fn` has the OFD's confirmation of every document below `before_fd`.

    The answer: how many receipts that waited are `synced` now. AT_ONCE of them at most; ask again until it is less.
    """

    fn: str
    before_fd: int

    def do(self, store: ReceiptStore) -> int:
        return store.confirmed(self.fn, self.before_fd, AT_ONCE)


@dataclass(frozen=True, eq=False)
class Requeue(Question[None]):
    """What was under way is to be sent again. Its attempts stay `counted` if its sender died of it, perhaps."""

    counted: bool

    def do(self, store: ReceiptStore) -> None:
        store.requeue(counted=self.counted)


class ByAPerson:
    """Marks what a person asks for: nothing has happened yet, so a full disk refuses it."""


@dataclass(frozen=True, eq=False)
class Retry(Question[Retried | NotDead | DiskFull | None], ByAPerson):
    """A person's word: this dead letter is to be sent again. None: there is no such receipt."""

    receipt_id: str
    who: str

    def do(self, store: ReceiptStore) -> Retried | NotDead | None:
        return store.retry(self.receipt_id, self.who)


@dataclass(frozen=True, eq=False)
class RetryAll(Question[Retried | DiskFull], ByAPerson):
    """Likewise all behind row number `behind`, oldest first, while no more than `up_to` receipts are queued.

    AT_ONCE of them at most; ask again behind the last until it is less.
    """

    who: str
    behind: int
    up_to: int

    def do(self, store: ReceiptStore) -> Retried:
        return store.retry_all(self.who, self.behind, AT_ONCE, self.up_to)
