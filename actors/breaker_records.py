"""What BufferActor is asked of breakers: how one stood before this program began, and to keep how it stands now."""

from dataclasses import dataclass

from actors import notices
from actors.mailbox import Ask
from drivers.store.receipts import ReceiptStore
from drivers.store.records import BreakerRecord
from protocols.alarm import Level


@dataclass(frozen=True, eq=False)
class RecallBreaker(Ask[BreakerRecord | None]):
    """As it was kept last; None if it never was."""

    link: str


@dataclass(frozen=True, eq=False)
class KeepBreaker(notices.Question):
    """The record and a notice of it, both or neither. Answered as notices are: DiskFull means that nothing is kept."""

    record: BreakerRecord
    level: Level
    message: str

    def do(self, store: ReceiptStore) -> None:
        store.breakers.keep(self.record, self.level, self.message)
