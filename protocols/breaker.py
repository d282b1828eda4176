"""A circuit breaker's rules, without clock or I/O: the caller brings the time (seconds, any steady clock)."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    CLOSED = "CLOSED"  # calls pass
    OPEN = "OPEN"  # no call passes until the recovery time is over
    HALF_OPEN = "HALF_OPEN"  # one probe at a time


class Outcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"
    UNUSED = "unused"  # no call was made, or it says nothing of the link


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave for one call, to be given back with its outcome. Worthless once the breaker has changed its state, or
    has taken the probe for lost."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Shut:
    """No call now; asking again makes sense at `retry_at`."""

    retry_at: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Opens after `failure_threshold` failures in a row, for `recovery_timeout` seconds; closes after
    `success_threshold` good probes in a row. A probe not given back in `probe_timeout` seconds counts as lost."""

    failure_threshold: int = 5
    recovery_timeout: float = 60.0
    success_threshold: int = 3
    probe_timeout: float = 60.0


class Breaker:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.state = State.CLOSED
        self._epoch = 0
        self._in_a_row = 0  # failures while closed, successes while half open
        self._opens_at = 0.0
        self._probe_until: float | None = None

    def acquire(self, now: float) -> Permit | Shut:
        if self.state is State.OPEN and now >= self._opens_at:
            self._enter(State.HALF_OPEN)
        if self.state is State.OPEN:
            return Shut(self._opens_at)
        if self.state is State.HALF_OPEN:
            if self._probe_until is not None and now < self._probe_until:
                return Shut(self._probe_until)
            if self._probe_until is not None:
                self._epoch += 1  # whoever holds the lost probe has nothing to say any more: one probe at a time
            self._probe_until = now + self._settings.probe_timeout
        return Permit(self._epoch)

    def give_back(self, permit: Permit, outcome: Outcome, now: float) -> None:
        """An answer to a call of an earlier epoch changes nothing: it tells of a link that was."""
        if permit.epoch != self._epoch:
            return
        self._probe_until = None
        if outcome is Outcome.SUCCESS:
            self._succeed()
        elif outcome is Outcome.FAILURE:
            self._fail(now)

    def _succeed(self) -> None:
        if self.state is State.CLOSED:
            self._in_a_row = 0
            return
        self._in_a_row += 1
        if self._in_a_row >= self._settings.success_threshold:
            self._enter(State.CLOSED)

    def _fail(self, now: float) -> None:
        self._in_a_row = self._in_a_row + 1 if self.state is State.CLOSED else self._settings.failure_threshold
        if self._in_a_row >= self._settings.failure_threshold:
            self._enter(State.OPEN)
            self._opens_at = now + self._settings.recovery_timeout

    def _enter(self, state: State) -> None:
        self.state = state
        self._epoch += 1
        self._in_a_row = 0
        self._probe_until = None
