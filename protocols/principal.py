"""Somebody who makes calls, once it is known who."""

from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Literal

from protocols.calls import Role

Way = Literal["local", "token", "key", "certificate", "none"]


@dataclass(frozen=True, slots=True)
class Principal:
    """`way`: how they said who they are. `expires_at`: when they must say so anew; None: never."""

    name: str
    roles: frozenset[Role]
    way: Way
    expires_at: datetime | None = None

    def lasts(self, now: datetime) -> float:
        """Seconds until they must say so anew."""
        return inf if self.expires_at is None else max(0.0, (self.expires_at - now).total_seconds())


NOBODY = Principal("nobody", frozenset(), "none")  # who does not say who he is, or wrongly
LOCAL = Principal("local", frozenset(Role), "local")  # whoever is on this computer, where nobody is asked
