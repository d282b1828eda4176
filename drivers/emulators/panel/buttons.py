"""What a person may order on the page: a fault, its end, or a number."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct


class Button(Struct, frozen=True):
    """Sends the order, any of the fields of the register's faults; pressed while they are so."""

    caption: str
    order: dict[str, Any]


class Dial(Struct, frozen=True):
    """Sends a whole number for one field of the faults; `first` stands there to begin with."""

    caption: str
    key: str
    least: int
    most: int
    first: int


Groups: TypeAlias = Mapping[str, Sequence[Button | Dial]]
"""By what stands above them."""
