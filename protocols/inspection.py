"""A longer look at a register, with the time on the host at which it was taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from protocols.fiscal import Condition

BLOCKED = timedelta(days=30)
"""A drive that could not send a document for 30 days prints no more until it has (FZ-54, article 4.1)."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """`at` is aware. What the register does not tell is None."""

    condition: Condition
    at: datetime

    @property
    def drift(self) -> timedelta | None:
        """By how much the register's clock is ahead of the host's."""
        clock = self.condition.clock
        return None if clock is None else clock - self.at

    @property
    def days_left(self) -> int | None:
        """Until the fiscal drive expires; negative once it has."""
        expires = self.condition.expires
        return None if expires is None else (expires - (self.condition.clock or self.at).date()).days

    @property
    def oldest_age(self) -> timedelta | None:
        """Of the oldest document that the drive has still to send to the OFD."""
        oldest = self.condition.oldest_unsent
        if oldest is None or self.condition.unsent == 0:
            return None
        return (self.condition.clock or self.at) - oldest

    @property
    def days_until_blocked(self) -> int | None:
        """Whole days that the oldest unsent document may still wait; negative when it is over."""
        age = self.oldest_age
        return None if age is None else (BLOCKED - age).days
