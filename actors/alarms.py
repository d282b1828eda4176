"""What BufferActor is told of registers' alarms."""

from dataclasses import dataclass

from actors.mailbox import Ask
from drivers.store.records import DiskFull
from protocols.alarm import Alarm


@dataclass(frozen=True, eq=False)
class Keep(Ask[DiskFull | None]):
    """All that stands at a register now: what began, changed or ended since goes to disk. None: it is there."""

    pos_id: str
    alarms: tuple[Alarm, ...]
