"""The kinds of fields that requests are made of. Money comes in roubles and never meets a float."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from protocols.receipt import MAX_KOPECKS


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is needed, not true or false")
    if isinstance(value, str) and (not value.isascii() or "_" in value):  # which Decimal reads, and a person may not
        raise ValueError("a number in the digits 0 to 9 is needed")
    return value


def numbered(kind: type[IntEnum]) -> BeforeValidator:
    """A field takes a member by its number or by its name in small letters."""
    known: dict[object, IntEnum] = {member.name.lower(): member for member in kind} | {int(m): m for m in kind}
    words = ", ".join(f"{member.value} {member.name.lower()}" for member in kind)

    def member(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, (int, str)) or value not in known:
            raise ValueError(f"one of these, by number or name: {words}")
        return known[value]

    return BeforeValidator(member, json_schema_input_type=Literal[tuple(known)])


def _written(value: object) -> object:
    """Not a number: as seconds since 1970, which pydantic would take it for, it is a slip more often than a time."""
    if not isinstance(value, str) or not WRITTEN.match(value):
        raise ValueError("a time is needed, as 2026-11-21T07:58:00+03:00")
    return value


def kopecks(roubles: Decimal) -> int:
    return int(roubles.scaleb(2))


WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")
Time = Annotated[AwareDatetime, BeforeValidator(_written)]
MAX_ROUBLES = Decimal(MAX_KOPECKS).scaleb(-2)


def _shown(says: str, places: int, bounds: Mapping[str, float]) -> WithJsonSchema:
    """A decimal number for those who read the document: pydantic's own words for it are no JSON Schema."""
    text = {"type": "string", "pattern": rf"^[0-9]{{1,8}}(\.[0-9]{{1,{places}}})?$"}
    return WithJsonSchema({"description": says, "anyOf": [{"type": "number", **bounds}, text]})


_SUM = "Roubles, with up to two decimal places, as a number or a string."
Roubles = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(ge=0, le=MAX_ROUBLES, decimal_places=2),
    _shown(_SUM, 2, {"minimum": 0, "maximum": float(MAX_ROUBLES)}),
]
MoreRoubles = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(gt=0, le=MAX_ROUBLES, decimal_places=2),
    _shown(_SUM, 2, {"exclusiveMinimum": 0, "maximum": float(MAX_ROUBLES)}),
]
"""Not nothing."""
Quantity = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(gt=0, le=Decimal(99_999), decimal_places=6),
    _shown("With up to six decimal places, as a number or a string.", 6, {"exclusiveMinimum": 0, "maximum": 99_999}),
]

Words16 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16)]
Words24 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
Words32 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
Words64 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Words128 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Words256 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]
"""As long as the tags that take them: one byte a character."""

Inn = Annotated[str, StringConstraints(pattern=r"^([0-9]{10}|[0-9]{12})$"), Field(description="Tax number (ИНН).")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[0-9]{10,18}$"), Field(examples=["+79991234567"])]
Country = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$"), Field(examples=["643"])]
PrintedLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=100)]
