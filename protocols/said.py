"""What a person says in a request: a name, a reason, and how such bodies are read."""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from protocols.api import BadRequest

Said = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^\S", description="A name.")]
Reason = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^\S", description="Why, for the log.")]
S = TypeVar("S", bound=Struct)


def parsed(body: type[S], data: Any) -> S:
    """Raises BadRequest, which names the field."""
    try:
        return msgspec.convert(data, body)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        wrong = {"field": path.rstrip("`") or "body", "problem": problem}
        raise BadRequest("VALIDATION_ERROR", f"{wrong['field']}: {problem}", [wrong]) from None
