"""The port through which a link asks its breaker."""

from typing import Protocol

from protocols.breaker import Outcome, Permit


class Gate(Protocol):
    async def acquire(self) -> Permit:
        """Leave for one call. Raises CircuitOpen. Cancelled, it keeps no permit."""

    def give_back(self, permit: Permit, outcome: Outcome, took: float) -> None:
        """The call is over; it lasted `took` seconds. Never waits, never fails."""
