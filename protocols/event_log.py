"""The log of events for people: how grave each is, whose it is, and what part of it a request asks for. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from protocols.alarm import Change, Level
from protocols.api import BadRequest, validated
from protocols.api_fields import Body, Time
from protocols.calls import CHIEFS, Role
from protocols.life import State

MOST = 500  # events a page
FURTHEST = 200_000  # events behind the newest: all up to there are sorted in memory
OF_A_CASHIER = 10  # events: the newest, and no others (specification of the offline adapter, on logs)
REGISTER = "kkt."  # how the source of a register's notices begins; its pos_id follows


class Severity(StrEnum):
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


OF_STATE = {
    **dict.fromkeys(State, Severity.INFO),
    State.REJECTED: Severity.WARN,
    State.UNKNOWN: Severity.ERROR,
    State.DEAD: Severity.ERROR,
}
OF_LEVEL = {Level.P1: Severity.ERROR, Level.P2: Severity.WARN, Level.P3: Severity.INFO}


def severity_of(change: Change, level: Level) -> Severity:
    """Of a notice: the end of an alarm is good news, however grave it was."""
    return Severity.INFO if change is Change.ENDED else OF_LEVEL[level]


def register_of(source: str) -> str | None:
    """The pos_id of the register that a source of notices is; None for any other source."""
    return source.removeprefix(REGISTER) if source.startswith(REGISTER) else None


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the log: the newest event of orders and the newest notice that belong to what is read."""

    of_orders: int
    of_notices: int

    def __str__(self) -> str:
        return f"{self.of_orders}-{self.of_notices}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Page 1 is the newest. `as_of`: as the log was then, so that pages do not move while it is written."""

    page: int = 1
    limit: int = 100
    level: Severity | None = None
    since: datetime | None = None
    as_of: Mark | None = None


class AskedBody(Body):
    page: Annotated[int, Field(ge=1, le=FURTHEST, description="1 is the newest.")] = 1
    limit: Annotated[int, Field(ge=1, le=MOST, description="Events a page.")] = 100
    level: Severity | None = Field(None, description="Only events of this level.")
    since: Time | None = Field(None, description="Only events from then on: ISO 8601 with an offset.")
    as_of: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}-[0-9]{1,15}$")] | None = Field(
        None, description="As the first page gave it: the log as it was then."
    )


def parse_asked(parameters: Mapping[str, str]) -> Asked:
    """Raises BadRequest, which names every parameter that is wrong or not known."""
    try:
        body = validated(AskedBody, dict(parameters))
    except BadRequest as error:
        raise BadRequest("INVALID_PARAMETER", error.message, error.details) from None
    if body.page * body.limit > FURTHEST:
        problem = f"no more than {FURTHEST} events back; an earlier as_of begins further back"
        raise BadRequest("INVALID_PARAMETER", f"page: {problem}", [{"field": "page", "problem": problem}])
    return Asked(body.page, body.limit, body.level, body.since, _mark(body.as_of) if body.as_of else None)


def for_roles(asked: Asked, roles: Set[Role]) -> Asked | None:
    """What to read for somebody with these roles, out of which `asked` is picked; None: nothing that they may see."""
    if Role.CASHIER not in roles or roles & CHIEFS:
        return asked
    if asked.page > 1 or asked.as_of is not None:
        return None
    return Asked(limit=OF_A_CASHIER)


def _mark(text: str) -> Mark:
    of_orders, _, of_notices = text.partition("-")
    return Mark(int(of_orders), int(of_notices))
