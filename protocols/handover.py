"""What a person says of a hand-over: whose sales, who says so, and why."""

from typing import Any

from msgspec import Struct

from protocols.said import Reason, Said, parsed


class BeginBody(Struct, frozen=True, forbid_unknown_fields=True):
    pos_id: Said
    who: Said
    reason: Reason


class EndBody(Struct, frozen=True, forbid_unknown_fields=True):
    who: Said


def parse_begin(data: Any) -> BeginBody:
    """Raises BadRequest."""
    return parsed(BeginBody, data)


def parse_end(data: Any) -> EndBody:
    """Raises BadRequest."""
    return parsed(EndBody, data)
