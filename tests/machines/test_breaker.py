"""The breaker against a model that only counts: however calls, failures and waits mix."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from protocols.breaker import Breaker, Outcome, Permit, Settings, Shut, State

RULES = Settings(failure_threshold=3, recovery_timeout=10.0, success_threshold=2, probe_timeout=5.0)


class BreakerMachine(RuleBasedStateMachine):
    """Outcomes count only while the state they were permitted in lasts; half open, one call at a time is out."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker, self.now = Breaker(RULES), 0.0
        self.out: list[tuple[Permit, int, float]] = []  # permits with the turn they are of, and their time
        self.turn = 0  # grows with each change of state, and when a probe is lost
        self.in_a_row = 0
        self.opened_at = 0.0
        self.state = State.CLOSED

    @rule(seconds=st.sampled_from([0.5, 4.999, 5.0, 9.999, 10.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self._shut_until() is not None)
    @rule()
    def wait_until_it_makes_sense_to_ask_again(self) -> None:
        self.now = self._shut_until() or self.now

    @rule(outcomes=st.lists(st.sampled_from(Outcome), min_size=1, max_size=4))
    def call(self, outcomes: list[Outcome]) -> None:
        """One call after the other, as far as they are let out."""
        for outcome in outcomes:
            known = len(self.out)
            self.acquire()
            if len(self.out) > known:
                self._give_back(known, outcome)

    @rule()
    def acquire(self) -> None:
        found = self.breaker.acquire(self.now)
        if self.state is State.OPEN and self.now >= self.opened_at + RULES.recovery_timeout:
            self._enter(State.HALF_OPEN)
        if self.state is State.HALF_OPEN and self._probe() is not None and self.now >= self._probe_ends():
            self.turn += 1
        expected = self._shut_until()
        if expected is None:
            assert isinstance(found, Permit)
            self.out.append((found, self.turn, self.now))
        else:
            assert found == Shut(expected)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def give_back(self, data: st.DataObject, outcome: Outcome) -> None:
        self._give_back(data.draw(st.integers(0, len(self.out) - 1)), outcome)

    def _give_back(self, which: int, outcome: Outcome) -> None:
        permit, turn, _ = self.out.pop(which)
        self.breaker.give_back(permit, outcome, self.now)
        if turn == self.turn and outcome is not Outcome.UNUSED:
            self._count(outcome)

    @invariant()
    def the_state_is_that_of_the_model(self) -> None:
        assert self.breaker.state is self.state

    @invariant()
    def at_most_one_probe_is_out_while_half_open(self) -> None:
        assert self.state is not State.HALF_OPEN or sum(turn == self.turn for _, turn, _ in self.out) <= 1

    def _count(self, outcome: Outcome) -> None:
        good = outcome is Outcome.SUCCESS
        if self.state is State.CLOSED:
            self.in_a_row = 0 if good else self.in_a_row + 1
            if self.in_a_row == RULES.failure_threshold:
                self._enter(State.OPEN)
        elif not good:
            self._enter(State.OPEN)
        else:
            self.in_a_row += 1
            if self.in_a_row == RULES.success_threshold:
                self._enter(State.CLOSED)

    def _enter(self, state: State) -> None:
        self.state, self.in_a_row, self.opened_at = state, 0, self.now
        self.turn += 1

    def _probe(self) -> float | None:
        """When the probe that still counts was let out."""
        return next((at for _, turn, at in self.out if turn == self.turn), None)

    def _probe_ends(self) -> float:
        return (self._probe() or 0.0) + RULES.probe_timeout

    def _shut_until(self) -> float | None:
        if self.state is State.OPEN:
            return self.opened_at + RULES.recovery_timeout
        if self.state is State.HALF_OPEN and self._probe() is not None:
            return self._probe_ends()
        return None


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
