"""The breaker against a model that only counts: however calls, failures, slow answers, orders and waits mix."""

from dataclasses import dataclass
from math import inf

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from protocols.breaker import ORDERED, Breaker, Outcome, Permit, Shut, State
from protocols.link_policy import BreakerPolicy

RULES = BreakerPolicy(
    failure_threshold=3,
    failure_rate=0.5,
    slow_rate=0.75,
    slow_call=1.0,
    window_calls=8,
    window_seconds=30.0,
    minimum_calls=6,
    recovery_timeout=10.0,
    recovery_growth=2.0,
    max_recovery_timeout=30.0,
    recovery_jitter=0.5,
    success_threshold=2,
    probes=2,
    probe_timeout=5.0,
)
OTHER_RULES = RULES.model_copy(update={"failure_threshold": None, "window_calls": 6, "success_threshold": 3})
JITTER = 0.4  # what chance always says here: open times are a fifth longer
CALLS = st.tuples(st.sampled_from(Outcome), st.sampled_from([0.1, 2.0]))


@dataclass
class Out:
    """A permit that was not given back yet, with the turn it is of."""

    permit: Permit
    turn: int
    at: float


class BreakerMachine(RuleBasedStateMachine):
    """Outcomes count only while the state they were permitted in lasts; half open, few calls at a time are out."""

    def __init__(self) -> None:
        super().__init__()
        self.policy = RULES
        self.breaker, self.now = Breaker(RULES, lambda: JITTER), 0.0
        self.out: list[Out] = []
        self.turn = 0  # grows with each change of state
        self.in_a_row = self.opened = 0
        self.retry_at, self.until = 0.0, inf
        self.window: list[tuple[float, bool, bool]] = []
        self.state = State.CLOSED

    @rule(seconds=st.sampled_from([0.5, 4.999, 5.0, 12.0, 36.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self._shut_until() not in (None, inf))
    @rule()
    def wait_until_it_makes_sense_to_ask_again(self) -> None:
        self.now = max(self.now, self._shut_until() or 0.0)

    @rule(calls=st.lists(CALLS, min_size=1, max_size=6))
    def call(self, calls: list[tuple[Outcome, float]]) -> None:
        """One call after the other, as far as they are let out."""
        for outcome, took in calls:
            known = len(self.out)
            self.acquire()
            if len(self.out) > known:
                self._give_back(known, outcome, took)

    @rule()
    def acquire(self) -> None:
        self._tick()
        if self.state is State.OPEN and self.now >= self.retry_at:
            self._enter(State.HALF_OPEN)
        expected = self._shut_until()
        found = self.breaker.acquire(self.now)
        if expected is None:
            assert isinstance(found, Permit)
            self.out.append(Out(found, self.turn, self.now))
        else:
            assert found == Shut(expected)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), call=CALLS)
    def give_back(self, data: st.DataObject, call: tuple[Outcome, float]) -> None:
        self._give_back(data.draw(st.integers(0, len(self.out) - 1)), *call)

    @rule(
        state=st.sampled_from([state for state in State if state is not State.OPEN]), lasts=st.sampled_from([3.0, 40.0])
    )
    def order(self, state: State, lasts: float) -> None:
        self.breaker.order(state, "a test says so", self.now + lasts)
        self._enter(state)
        self.until = self.now + lasts if state in ORDERED else inf
        if state in (State.CLOSED, State.DISABLED):
            self.window, self.opened = [], 0

    @rule(rules=st.sampled_from([RULES, OTHER_RULES]))
    def configure(self, rules: BreakerPolicy) -> None:
        self.policy = rules
        self.breaker.configure(rules, self.now)
        self._trim()

    @rule()
    def look(self) -> None:
        """Time passes by itself when somebody looks."""
        self._tick()
        shut_until = self._shut_until()
        expected = self.now if shut_until is None or shut_until < self.now else shut_until
        assert self.breaker.shut_until(self.now) == expected

    @invariant()
    def the_state_is_that_of_the_model(self) -> None:
        assert self.breaker.state is self.state
        assert self.breaker.until == self.until

    @invariant()
    def the_window_holds_what_the_model_holds(self) -> None:
        self._trim()
        figures = self.breaker.figures(self.now)
        assert figures.calls == len(self.window)
        assert (figures.failure_rate or 0.0) * figures.calls == sum(failed for _, failed, _ in self.window)
        assert figures.probes_out <= self.policy.probes

    def _give_back(self, which: int, outcome: Outcome, took: float) -> None:
        out = self.out.pop(which)
        self._tick()
        lost = self.state is State.HALF_OPEN and self._is_lost(out)
        self.breaker.give_back(out.permit, outcome, self.now, took)
        if out.turn == self.turn and not lost and outcome is not Outcome.UNUSED and self.state is not State.DISABLED:
            self._count(failed=outcome is Outcome.FAILURE, slow=took > self.policy.slow_call)

    def _count(self, *, failed: bool, slow: bool) -> None:
        self.window.append((self.now, failed, slow))
        self._trim()
        if self.state is State.HALF_OPEN:
            self._count_probe(good=not failed and not slow)
            return
        self.in_a_row = self.in_a_row + 1 if failed else 0
        rules, calls = self.policy, len(self.window)
        failures, slows = (sum(entry[column] for entry in self.window) for column in (1, 2))
        many = calls >= rules.minimum_calls
        if self.state is State.CLOSED and (
            self.in_a_row >= (rules.failure_threshold or inf)
            or (many and failures / calls >= (rules.failure_rate or inf))
            or (many and slows / calls >= (rules.slow_rate or inf))
        ):
            self._open()

    def _count_probe(self, *, good: bool) -> None:
        if not good:
            self._open()
            return
        self.in_a_row += 1
        if self.in_a_row >= self.policy.success_threshold:
            self._enter(State.CLOSED)
            self.opened, self.window = 0, []

    def _open(self) -> None:
        longer = min(30.0, 10.0 * 2.0**self.opened)
        self.opened += 1
        self._enter(State.OPEN)
        self.retry_at = self.now + longer * (1 + 0.5 * JITTER)

    def _enter(self, state: State) -> None:
        self.state, self.in_a_row, self.until = state, 0, inf
        self.turn += 1

    def _tick(self) -> None:
        if self.state in ORDERED and self.now >= self.until:
            self._enter(State.HALF_OPEN if self.state is State.FORCED_OPEN else State.CLOSED)

    def _trim(self) -> None:
        since = self.now - self.policy.window_seconds
        self.window = [entry for entry in self.window if entry[0] >= since][-self.policy.window_calls :]

    def _is_lost(self, out: Out) -> bool:
        """Lost as soon as anybody looked for a place after its time; nobody looks for one but who asks for it."""
        return out.permit.number not in self.breaker._probes

    def _probes(self) -> list[float]:
        """When each probe that still counts will be lost."""
        ends = [out.at + self.policy.probe_timeout for out in self.out if out.turn == self.turn]
        return [end for end in ends if end > self.now]

    def _shut_until(self) -> float | None:
        match self.state:
            case State.OPEN:
                return self.retry_at
            case State.FORCED_OPEN:
                return self.until
            case State.HALF_OPEN if len(self._probes()) >= self.policy.probes:
                return min(self._probes())
            case _:
                return None


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
