"""A circuit breaker's rules, without clock or I/O: the caller brings the time (seconds, any steady clock).

A permit is leave for one call. While the breaker is closed nobody counts how many are out, so one that is never given
back costs nothing but its outcome. Half open, each is a probe in one of few places: a probe that is not given back in
time counts as lost and its place is free again. A permit is worthless once the state it was given in is over.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from protocols.link_policy import BreakerPolicy


class State(StrEnum):
    CLOSED = "CLOSED"  # calls pass
    OPEN = "OPEN"  # no call passes until the open time is over
    HALF_OPEN = "HALF_OPEN"  # a few probes pass
    FORCED_OPEN = "FORCED_OPEN"  # a person's word: no call passes
    DISABLED = "DISABLED"  # a person's word: all calls pass, nothing is counted
    METRICS_ONLY = "METRICS_ONLY"  # a person's word: all calls pass, they are counted, nothing follows from it


ORDERED = frozenset({State.FORCED_OPEN, State.DISABLED, State.METRICS_ONLY})
"""States that only a person brings about; each ends by itself at a time that was named with it."""


class Outcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"
    UNUSED = "unused"  # no call was made, it was cancelled, or it says nothing of the link


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave for one call, to be given back with its outcome."""

    epoch: int
    number: int = 0  # of a probe


@dataclass(frozen=True, slots=True)
class Shut:
    """No call now; asking again makes sense at `retry_at`."""

    retry_at: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What the breaker has counted. `failure_rate` and `slow_rate`: of the `calls` in the window; None of none."""

    failures_in_a_row: int
    successes_in_a_row: int
    calls: int
    failure_rate: float | None
    slow_rate: float | None
    probes_out: int


class Window:
    """The newest calls: so many at most, and none older than so many seconds."""

    def __init__(self) -> None:
        self._calls: deque[tuple[float, bool, bool]] = deque()
        self.failures = self.slow = 0

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, now: float, *, failed: bool, slow: bool) -> None:
        self._calls.append((now, failed, slow))
        self.failures += failed
        self.slow += slow

    def trim(self, calls: int, since: float) -> None:
        while self._calls and (len(self._calls) > calls or self._calls[0][0] < since):
            _, failed, slow = self._calls.popleft()
            self.failures -= failed
            self.slow -= slow

    def clear(self) -> None:
        self._calls.clear()
        self.failures = self.slow = 0


class Breaker:
    """One link's breaker. `random`: evenly from 0 to 1, for the jitter of the open time.

    `why` says in words what brought about the present state; `until` is when an ordered state ends. `epoch`: another
    one than that of any breaker whose permits may still be out.
    """

    def __init__(
        self, policy: BreakerPolicy, random: Callable[[], float], state: State = State.CLOSED, *, epoch: int = 0
    ) -> None:
        self._policy, self._random = policy, random
        self.state, self.why, self.until = state, "the beginning", inf
        self._epoch, self._number = epoch, 0
        self._failures = self._successes = 0  # in a row: failures while closed, successes while half open
        self._opened = 0  # times in a row, without being closed in between
        self._retry_at = 0.0
        self._probes: dict[int, float] = {}  # those out, and when each counts as lost
        self._window = Window()

    def acquire(self, now: float) -> Permit | Shut:
        self.tick(now)
        if self.state is State.OPEN and now >= self._retry_at:
            self._enter(State.HALF_OPEN, "the open time is over")
        match self.state:
            case State.OPEN:
                return Shut(self._retry_at)
            case State.FORCED_OPEN:
                return Shut(self.until)
            case State.HALF_OPEN:
                return self._probe(now)
            case _:
                return Permit(self._epoch)

    def give_back(self, permit: Permit, outcome: Outcome, now: float, took: float = 0.0) -> None:
        """`took`: seconds the call lasted. An answer to a call of an earlier state changes nothing."""
        self.tick(now)
        if permit.epoch != self._epoch:
            return
        if self.state is State.HALF_OPEN and self._probes.pop(permit.number, None) is None:
            return  # it was taken for lost
        if outcome is Outcome.UNUSED or self.state is State.DISABLED:
            return
        failed, slow = outcome is Outcome.FAILURE, took > self._policy.slow_call
        self._window.add(now, failed=failed, slow=slow)
        self._trim(now)
        if self.state is State.HALF_OPEN:
            self._judge_probe(failed or (slow and self._policy.slow_rate is not None), now)
        else:
            self._failures = self._failures + 1 if failed else 0
            self._judge(now)

    def shut_until(self, now: float) -> float:
        """When asking for a permit makes sense again; `now` if it does."""
        self.tick(now)
        match self.state:
            case State.OPEN:
                return max(now, self._retry_at)
            case State.FORCED_OPEN:
                return self.until
            case State.HALF_OPEN if len(self._live_probes(now)) >= self._policy.probes:
                return min(self._probes.values())
            case _:
                return now

    def tick(self, now: float) -> None:
        """Ends an ordered state whose time is over."""
        if self.state in ORDERED and now >= self.until:
            after = State.HALF_OPEN if self.state is State.FORCED_OPEN else State.CLOSED
            self._enter(after, f"{self.state} was ordered until now")

    def order(self, state: State, why: str, until: float = inf) -> None:
        """A person's word: into `state` at once. `until` ends an ordered state; OPEN is for the breaker alone."""
        if state is State.OPEN:
            raise ValueError("to keep calls back, order FORCED_OPEN")
        self._enter(state, why)
        if state in ORDERED:
            self.until = until
        if state in (State.CLOSED, State.DISABLED):
            self._window.clear()
            self._opened = 0

    def configure(self, policy: BreakerPolicy, now: float) -> None:
        """Other figures from now on. State, window and permits stay as they are."""
        self._policy = policy
        self._trim(now)

    def figures(self, now: float) -> Figures:
        self._trim(now)
        calls = len(self._window)
        return Figures(
            self._failures,
            self._successes,
            calls,
            self._window.failures / calls if calls else None,
            self._window.slow / calls if calls else None,
            len(self._probes),
        )

    def _probe(self, now: float) -> Permit | Shut:
        if len(self._live_probes(now)) >= self._policy.probes:
            return Shut(min(self._probes.values()))
        self._number += 1
        self._probes[self._number] = now + self._policy.probe_timeout
        return Permit(self._epoch, self._number)

    def _live_probes(self, now: float) -> dict[int, float]:
        """Those that are not lost; the others are forgotten."""
        self._probes = {number: lost_at for number, lost_at in self._probes.items() if lost_at > now}
        return self._probes

    def _judge_probe(self, failed: bool, now: float) -> None:
        if failed:
            self._open("a probe failed", now)
            return
        self._successes += 1
        if self._successes >= self._policy.success_threshold:
            self._opened = 0
            self._enter(State.CLOSED, f"{self._successes} probes in a row succeeded")
            self._window.clear()  # of the outage

    def _judge(self, now: float) -> None:
        if self.state is not State.CLOSED:
            return
        policy, calls = self._policy, len(self._window)
        if policy.failure_threshold is not None and self._failures >= policy.failure_threshold:
            self._open(f"{self._failures} failures in a row", now)
        elif calls < policy.minimum_calls:
            return
        elif policy.failure_rate is not None and self._window.failures / calls >= policy.failure_rate:
            self._open(f"{self._window.failures} of {calls} calls failed", now)
        elif policy.slow_rate is not None and self._window.slow / calls >= policy.slow_rate:
            self._open(f"{self._window.slow} of {calls} calls were slower than {policy.slow_call:g} s", now)

    def _open(self, why: str, now: float) -> None:
        policy = self._policy
        longest = max(policy.recovery_timeout, policy.max_recovery_timeout)
        grown = min(longest, policy.recovery_timeout * policy.recovery_growth ** min(self._opened, 60))
        self._opened += 1
        self._enter(State.OPEN, why)
        self._retry_at = now + grown * (1 + policy.recovery_jitter * self._random())

    def _enter(self, state: State, why: str) -> None:
        self.state, self.why, self.until = state, why, inf
        self._epoch += 1
        self._failures = self._successes = 0
        self._probes.clear()

    def _trim(self, now: float) -> None:
        self._window.trim(self._policy.window_calls, now - self._policy.window_seconds)
