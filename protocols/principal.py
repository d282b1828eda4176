"""Somebody who makes calls, once it is known who."""

from dataclasses import dataclass
from datetime import datetime
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


NOBODY = Principal("nobody", frozenset(), "none")  # who does not say who he is, or wrongly
LOCAL = Principal("local", frozenset(Role), "local")  # whoever is on this computer, where nobody is asked
