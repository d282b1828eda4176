"""How calls to one system outside are guarded, as `config.toml` spells it. Durations are seconds.

The stages stand around a call in the order of `Policy`'s fields: cache, rate, bulkhead, breaker, retry, timeout.
"""

from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, PositiveInt, model_validator

from protocols.section import Seconds, Section

T = TypeVar("T")
Share = Annotated[float, Field(gt=0, le=1)]
Off = Annotated[T | None, BeforeValidator(lambda value: None if value is False or value == "false" else value)]
"""TOML has no null: `false` switches it off, as a word in the environment."""


class CachePolicy(Section):
    """Answers of reads are kept for `ttl`, so many of them at most."""

    ttl: Seconds = 60.0
    entries: Annotated[int, Field(gt=0, le=100_000)] = 1000


class RatePolicy(Section):
    """At most so many calls in any second, and in any minute; None: any number."""

    per_second: Off[Annotated[int, Field(gt=0, le=10_000)]] = None
    per_minute: Off[Annotated[int, Field(gt=0, le=100_000)]] = None


class BulkheadPolicy(Section):
    """`in_flight` calls at once; `queue` more wait for their turn, first come first served, for `wait` at most."""

    in_flight: Annotated[int, Field(gt=0, le=64)] = 8
    queue: Annotated[int, Field(ge=0, le=256)] = 32
    wait: Seconds = 5.0


class BreakerPolicy(Section):
    """Opens by failures in a row; or, over a window with `minimum_calls` in it, by the share of failed or slow calls.

    The window holds the newest `window_calls`, none older than `window_seconds`. A call over `slow_call` is slow. None
    switches a rule off. It stays open for `recovery_timeout`, each time in a row `recovery_growth` times as long, up to
    `max_recovery_timeout`, and up to `recovery_jitter` of it longer, so that gateways do not come back as one. Then
    `probes` calls at once are let out, and after `success_threshold` good ones in a row it closes. A probe that is not
    given back in `probe_timeout` counts as lost.
    """

    failure_threshold: Off[PositiveInt] = 5
    failure_rate: Off[Share] = None
    slow_rate: Off[Share] = None
    slow_call: Seconds = 10.0
    window_calls: Annotated[int, Field(gt=0, le=10_000)] = 100
    window_seconds: Seconds = 3600.0
    minimum_calls: PositiveInt = 10
    recovery_timeout: Seconds = 60.0
    recovery_growth: Annotated[float, Field(ge=1, le=10)] = 2.0
    max_recovery_timeout: Seconds = 300.0
    recovery_jitter: Annotated[float, Field(ge=0, le=1)] = 0.1
    success_threshold: PositiveInt = 3
    probes: Annotated[int, Field(gt=0, le=64)] = 1
    probe_timeout: Seconds = 60.0


class RetryPolicy(Section):
    """What may safely be repeated is tried `attempts` times, after a random part of `first`, twice `first`, four times
    `first` … up to `cap`, or as late as the other side asks for, if that is within `longest_pause`.

    Of all calls the share `budget` may be repeats.
    """

    attempts: Annotated[int, Field(gt=0, le=20)] = 3
    first: Seconds = 1.0
    cap: Seconds = 30.0
    longest_pause: Seconds = 300.0
    budget: Share = 0.2


class Policy(Section):
    """Of one link; a stage that is None is not there. `timeout` is for one attempt, `deadline` for all of a call."""

    cache: Off[CachePolicy] = None
    rate: Off[RatePolicy] = None
    bulkhead: Off[BulkheadPolicy] = BulkheadPolicy()
    breaker: Off[BreakerPolicy] = BreakerPolicy()
    retry: Off[RetryPolicy] = None
    timeout: Seconds = 10.0
    deadline: Seconds = 60.0

    @model_validator(mode="after")
    def _check(self) -> "Policy":
        if self.deadline < self.timeout:  # the breaker would never hear of a silent system
            raise ValueError(
                f"deadline, {self.deadline:g}, is for all attempts: no less than timeout, {self.timeout:g}"
            )
        return self


STAGES = ("cache", "rate", "bulkhead", "breaker", "retry", "timeout")
"""From the outermost to the call."""
