"""A link's rate: however calls come, wait and go unused, no stretch of time sees more of them than it may."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from protocols.rate import Bucket, Rate


class RateMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.limits = [(3, 1.0), (7, 10.0)]
        self.rate, self.now = Rate([Bucket(*limit) for limit in self.limits]), 0.0
        self.calls: list[float] = []  # that were made, or still may be
        self.held_until = 0.0

    @rule(seconds=st.sampled_from([0.1, 0.5, 0.999, 1.0, 3.0, 10.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(times=st.integers(1, 5))
    def take(self, times: int) -> None:
        for _ in range(times):
            again = self.rate.take(self.now)
            expected = self._free_at()
            if expected <= self.now:
                assert again is None
                self.calls.append(self.now)
            else:
                assert again == expected

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def give_one_back_unused(self, data: st.DataObject) -> None:
        """Whatever stood behind the rate let no call through."""
        at = data.draw(st.sampled_from(sorted(set(self.calls))))
        if at + 10.0 > self.now:
            self.rate.put_back(at)
            self.calls.remove(at)

    @rule(seconds=st.sampled_from([0.5, 4.0]))
    def be_asked_for_a_pause(self, seconds: float) -> None:
        self.rate.hold(self.now + seconds)
        self.held_until = max(self.held_until, self.now + seconds)

    @rule(per_second=st.sampled_from([2, 3, 5]))
    def configure(self, per_second: int) -> None:
        """What was taken stays taken, as far as the new bucket remembers so many."""
        self.limits[0] = (per_second, 1.0)
        self.rate = self.rate.changed([Bucket(*limit) for limit in self.limits])

    @invariant()
    def the_tokens_left_are_those_that_were_not_taken(self) -> None:
        for bucket, (most, seconds) in zip(self.rate.buckets, self.limits, strict=True):
            assert bucket.left(self.now) == max(0, most - self._taken(seconds))

    def _free_at(self) -> float:
        times = [max(self.now, self.held_until)]
        for most, seconds in self.limits:
            newest = sorted(self.calls)[-most:]
            if len(newest) == most:
                times.append(newest[0] + seconds)
        return max(times)

    def _taken(self, seconds: float) -> int:
        return sum(at + seconds > self.now for at in self.calls)


TestRate = RateMachine.TestCase
TestRate.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
