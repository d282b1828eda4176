"""What hinders a relay, and what people are told of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from protocols.alarm import Alarm


class Hindered(Exception):
    """Not now; the message is the reason. `alarm`: a person must see to it, and hurrying is of no use.

    `waits`: for the register. `may_wake`: a document that is printed meanwhile is a reason to try again at once.
    `retry_at`: when it makes sense to try again (Trio's clock), where that is known.
    """

    def __init__(
        self,
        reason: str,
        *,
        alarm: Alarm | None = None,
        waits: bool = False,
        may_wake: bool = False,
        retry_at: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.alarm, self.waits, self.may_wake, self.retry_at = alarm, waits, may_wake, retry_at


@dataclass
class Account:
    """`queue`: documents that wait, as far as is known. `refusal` is the last document that the OFD found bad, which is
    out of the way. An `alarm` stands until a document goes through.
    """

    queue: int | None = None
    carried: int = 0
    last_success: datetime | None = None
    refusal: dict[str, Any] | None = None
    hindrance: Hindered | None = None
    alarm: Alarm | None = None

    @property
    def status(self) -> str:
        """online; offline: the OFD is out of reach; waits, for the register; refused: see the alarm."""
        if self.hindrance is None:
            return "online"
        if self.alarm is not None:
            return "refused"
        return "waits" if self.hindrance.waits else "offline"

    @property
    def way_open(self) -> bool:
        """As far as is known: a register that is away says nothing of the OFD."""
        return self.status in ("online", "waits")

    def hinder(self, hindrance: Hindered) -> None:
        self.hindrance, self.alarm = hindrance, hindrance.alarm or self.alarm

    def resume(self, queue: int) -> None:
        self.hindrance = self.alarm = None
        self.queue = queue

    def told(self) -> dict[str, Any]:
        alarms = [self.alarm] if self.alarm else []
        return {
            "way": "relay",
            "status": self.status,
            "queue": self.queue,
            "carried": self.carried,
            "last_success": self.last_success,
            "last_error": self.hindrance and str(self.hindrance),
            "last_refusal": self.refusal,
            "alarms": [{"code": each.code, "level": each.level.value, "message": each.message} for each in alarms],
        }
