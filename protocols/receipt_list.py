"""Which receipts a request asks to see, and from where on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints

from protocols import cursor
from protocols.api import BadRequest, validated
from protocols.api_fields import Body, Words64
from protocols.life import PUBLIC, State

MOST = 500  # receipts a page
NEWEST = 2**62  # a row number above all

Limit = Annotated[int, Field(ge=1, le=MOST)]
Cursor = Annotated[str, StringConstraints(max_length=64)]
B = TypeVar("B", bound=Body)


class Status(StrEnum):
    """The words of the API for states; see PUBLIC."""

    PENDING = "pending"
    SYNCING = "syncing"
    SYNCED = "synced"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Asked:
    """The newest `limit` with a row number under `below`. `states`: None: in any. `pos_id`: of the register that has
    them in hand; None: any."""

    states: tuple[State, ...] | None = None
    pos_id: str | None = None
    limit: int = 50
    below: int = NEWEST

    @property
    def list_name(self) -> str:
        """The same for all pages of one list, whatever their length."""
        return f"{self.states} {self.pos_id}"


class ListBody(Body):
    status: Status | None = None
    state: State | None = None
    pos_id: Words64 | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class DeadBody(Body):
    limit: Limit = 50
    cursor: Cursor | None = None


def parse_list(parameters: Mapping[str, str]) -> Asked:
    """Raises BadRequest, which names every parameter that is wrong or not known."""
    body = parameters_of(ListBody, parameters)
    named = body.status is not None or body.state is not None
    states = tuple(
        state for state in State if PUBLIC[state] == (body.status or PUBLIC[state]) and state is (body.state or state)
    )
    return _behind(Asked(states if named else None, body.pos_id, body.limit), body.cursor)


def parse_dead(parameters: Mapping[str, str]) -> Asked:
    """Of dead letters. Raises BadRequest."""
    body = parameters_of(DeadBody, parameters)
    return _behind(Asked((State.DEAD,), None, body.limit), body.cursor)


def parameters_of(model: type[B], parameters: Mapping[str, str]) -> B:
    """Raises BadRequest, which names every parameter that is wrong or not known."""
    try:
        return validated(model, dict(parameters))
    except BadRequest as error:
        raise BadRequest("INVALID_PARAMETER", error.message, error.details) from None


def _behind(asked: Asked, at: str | None) -> Asked:
    if at is None:
        return asked
    return Asked(asked.states, asked.pos_id, asked.limit, cursor.read(at, asked.list_name))
