"""What BufferActor is told of alarms and of single events, of any part of the gateway.

A source is a component as the status names it: `kkt.POS-001`, `gateway`, `link.ofd`. Each question does its own work
in the store's transaction.
"""

from abc import abstractmethod
from dataclasses import dataclass

from actors.mailbox import Ask
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Begun, DiskFull
from protocols.alarm import Alarm, Level


@dataclass(frozen=True, eq=False)
class Question(Ask[DiskFull | None]):
    """None: it is on disk. DiskFull: nothing is, and it may be told again; it takes no room of a receipt."""

    @abstractmethod
    def do(self, store: ReceiptStore) -> None:
        """Writes it."""


@dataclass(frozen=True, eq=False)
class Keep(Question):
    """All that stands at a source now: what began, changed or ended since goes to disk."""

    source: str
    alarms: tuple[Alarm, ...]

    def do(self, store: ReceiptStore) -> None:
        store.notices.keep(self.source, self.alarms)


@dataclass(frozen=True, eq=False)
class Note(Question):
    """Something happened that has no end, such as a command of a person."""

    source: str
    code: str
    level: Level
    message: str

    def do(self, store: ReceiptStore) -> None:
        store.notices.note(self.source, Alarm(self.code, self.level, self.message))


@dataclass(frozen=True, eq=False)
class Stand(Ask[list[Begun]]):
    """What stands on disk at these sources, so that who was started anew begins nothing twice."""

    sources: tuple[str, ...]

    def do(self, store: ReceiptStore) -> list[Begun]:
        return [begun for source in self.sources for begun in store.notices.begun(source)]
