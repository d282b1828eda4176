"""One call, as the document tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"


@dataclass(frozen=True)
class Sent:
    """A body of the shape `model`, pydantic's or msgspec's. `examples` by what each is; not `needed`: it may be left
    out.
    """

    model: type
    examples: Mapping[str, Any]
    needed: bool = True


@dataclass(frozen=True)
class Told:
    """An answer that is no refusal. `model`: a type, or a union of them. `text` in place of JSON has the media type."""

    says: str
    model: Any
    examples: Mapping[str, Any]
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """`places`: what stands in each gap of its path. `refused`: codes by status."""

    tag: str
    name: str
    summary: str
    told: Mapping[int, Told]
    says: str = ""
    sent: Sent | None = None
    query: type | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    keyed: bool = False


Route = tuple[str, str]
Operations = Mapping[Route, Operation]
"""By method and path, as `protocols.calls` has them."""
