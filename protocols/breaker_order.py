"""What a person says to a breaker: what it is to do, who says so, why, and for how long."""

from dataclasses import dataclass
from math import inf
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from protocols.api import BadRequest
from protocols.breaker import ORDERED, State
from protocols.said import Reason, Said, parsed

LONGEST = 30 * 86_400  # seconds

COMMANDS = {
    "close": State.CLOSED,
    "probe": State.HALF_OPEN,
    "force_open": State.FORCED_OPEN,
    "disable": State.DISABLED,
    "metrics_only": State.METRICS_ONLY,
}


class OrderBody(Struct, frozen=True, forbid_unknown_fields=True):
    command: Literal["close", "probe", "force_open", "disable", "metrics_only"]
    who: Said
    reason: Reason
    expires_in: Annotated[float, Meta(gt=0, le=LONGEST, description="Seconds.")] | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class BreakerOrder:
    """`lasts`: seconds; of a state that does not end by itself without end."""

    command: str
    state: State
    who: str
    reason: str
    lasts: float


def parse_order(data: Any) -> BreakerOrder:
    """Raises BadRequest, also for a lasting order that names no end: it would be forgotten."""
    body = parsed(OrderBody, data)
    state = COMMANDS[body.command]
    if (state in ORDERED) != (body.expires_in is not UNSET):
        problem = "is needed: such an order must end" if state in ORDERED else "has no meaning with this command"
        wrong = {"field": "expires_in", "problem": problem}
        raise BadRequest("VALIDATION_ERROR", f"expires_in: {problem}", [wrong])
    lasts = inf if isinstance(body.expires_in, UnsetType) else body.expires_in
    return BreakerOrder(body.command, state, body.who, body.reason, lasts)
