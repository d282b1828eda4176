"""The kinds of fields that requests are made of. Money comes in roubles and never meets a float."""

from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from protocols.receipt import MAX_KOPECKS


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is needed, not true or false")
    if isinstance(value, str) and (not value.isascii() or "_" in value):  # which Decimal reads, and a person may not
        raise ValueError("a number in the digits 0 to 9 is needed")
    return value


def numbered(kind: type[IntEnum]) -> Callable[[object], object]:
    """Takes a member by its number or by its name in small letters."""
    known: dict[object, IntEnum] = {member.name.lower(): member for member in kind} | {int(m): m for m in kind}
    words = ", ".join(f"{member.value} {member.name.lower()}" for member in kind)

    def member(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, (int, str)) or value not in known:
            raise ValueError(f"one of these, by number or name: {words}")
        return known[value]

    return member


def kopecks(roubles: Decimal) -> int:
    return int(roubles.scaleb(2))


MAX_ROUBLES = Decimal(MAX_KOPECKS).scaleb(-2)
Roubles = Annotated[Decimal, BeforeValidator(number), Field(ge=0, le=MAX_ROUBLES, decimal_places=2)]
Quantity = Annotated[Decimal, BeforeValidator(number), Field(gt=0, le=Decimal(99_999), decimal_places=6)]

Words16 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16)]
Words24 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
Words32 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
Words64 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Words128 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Words256 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]
"""As long as the tags that take them: one byte a character."""

Inn = Annotated[str, StringConstraints(pattern=r"^([0-9]{10}|[0-9]{12})$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[0-9]{10,18}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
PrintedLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=100)]
