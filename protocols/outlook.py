"""When the receipts that wait will be with the OFD, as far as was measured. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Outlook:
    """`back_at`: when a way that is shut is tried again, aware. `seconds_each`: what a delivery took of late."""

    back_at: datetime | None = None
    seconds_each: float | None = None

    def delivered_at(self, queued: int, now: datetime) -> datetime | None:
        """When the last of so many is there; None where nothing was measured yet."""
        if self.seconds_each is None:
            return None
        return max(now, self.back_at or now) + timedelta(seconds=queued * self.seconds_each)


UNKNOWN = Outlook()
