"""What a person says of a hand-over: whose sales, who says so, and why."""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from protocols.api import BadRequest

Said = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^\S")]
Reason = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^\S")]
S = TypeVar("S", bound=Struct)


class BeginBody(Struct, frozen=True, forbid_unknown_fields=True):
    pos_id: Said
    who: Said
    reason: Reason


class EndBody(Struct, frozen=True, forbid_unknown_fields=True):
    who: Said


def parse_begin(data: Any) -> BeginBody:
    """Raises BadRequest."""
    return _parsed(BeginBody, data)


def parse_end(data: Any) -> EndBody:
    """Raises BadRequest."""
    return _parsed(EndBody, data)


def _parsed(body: type[S], data: Any) -> S:
    try:
        return msgspec.convert(data, body)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        wrong = {"field": path.rstrip("`") or "body", "problem": problem}
        raise BadRequest("VALIDATION_ERROR", f"{wrong['field']}: {problem}", [wrong]) from None
