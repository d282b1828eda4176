"""Links to the outside: the stages that guard their calls, each with its figures and what it has counted."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from protocols.api_answers.base import Answer, Moment
from protocols.breaker import State
from protocols.link_policy import BreakerPolicy, BulkheadPolicy, CachePolicy, RatePolicy, RetryPolicy

Spelled = Annotated[State, WithJsonSchema({"type": "string", "enum": [state.value for state in State]})]
"""In place: the document has one State by name, and it is that of orders."""


class BreakerStanding(Answer):
    """Whether a link may be called."""

    state: Spelled = Field(
        description="CLOSED: calls pass. OPEN: none does. HALF_OPEN: a few probes do. The rest only a person orders."
    )
    since: Moment | None = None
    reason: str | None = None
    author: str | None = Field(None, description="Who ordered it, or `gateway`.")
    until: Moment | None = Field(None, description="When a call is let out again, or an order ends; null if never.")


class Breaker(BreakerStanding):
    """The same with what was counted."""

    failures_in_a_row: int
    successes_in_a_row: int
    calls_in_window: int
    failure_rate: float | None = Field(description="Share of the calls in the window; null when there were none.")
    slow_rate: float | None = Field(description="Share of the calls in the window; null when there were none.")
    probes_out: int


class Entries(Answer):
    entries: int


class TokensLeft(Answer):
    left: dict[str, int] = Field(
        description="How many calls may go out at once, by the seconds of each period.", examples=[{"1s": 5, "60s": 99}]
    )


class Places(Answer):
    in_flight: int
    waiting: int


class Budget(Answer):
    budget_left: float = Field(description="How many repeats it allows at once.")


class Timeout(Answer):
    seconds: float


class CacheStage(Answer):
    stage: Literal["cache"]
    settings: CachePolicy
    now: Entries | None = None


class RateStage(Answer):
    stage: Literal["rate"]
    settings: RatePolicy
    now: TokensLeft | None = None


class BulkheadStage(Answer):
    stage: Literal["bulkhead"]
    settings: BulkheadPolicy
    now: Places | None = None


class BreakerStage(Answer):
    stage: Literal["breaker"]
    settings: BreakerPolicy


class RetryStage(Answer):
    stage: Literal["retry"]
    settings: RetryPolicy
    now: Budget | None = None


class TimeoutStage(Answer):
    stage: Literal["timeout"]
    settings: Timeout


Stage = Annotated[
    CacheStage | RateStage | BulkheadStage | BreakerStage | RetryStage | TimeoutStage, Field(discriminator="stage")
]


class Link(Answer):
    """How calls of one link are guarded. A stage that is switched off is not listed. Durations are seconds."""

    name: str = Field(examples=["ofd"])
    deadline: float = Field(description="For all attempts of a call.")
    paused_for: int = Field(description="Seconds for which the other side asked to be left alone; else 0.")
    stages: list[Stage] = Field(description="From the outermost to the call.")
    breaker: Breaker | None = Field(description="Null while nobody can say.")


class Links(Answer):
    links: list[Link]
