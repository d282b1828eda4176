"""One outward link: every call to that system goes through it, and through the stages of its policy.

cache → rate → bulkhead → breaker → retry → timeout → the call, each of which may be missing, within one deadline. The
permit of the breaker is for all attempts of a call; what it hears is how the call ended.
"""

from collections.abc import Awaitable, Callable, Hashable
from math import inf
from random import Random
from types import TracebackType
from typing import Any, Self, TypeVar

import trio
from cachetools import TTLCache

from drivers.errors import LinkError, LinkSilent, Refusal
from drivers.links.bulkhead import Bulkhead
from drivers.links.gate import Gate
from drivers.links.pacing import Pacing
from drivers.links.retries import Retries
from protocols.breaker import Outcome, Permit
from protocols.link_policy import Policy

NEARLY = 0.9  # of its time: where a deadline is no later than the timeout, none is ever given all of it
T = TypeVar("T")
Work = Callable[[], Awaitable[T]]


class Link:
    """The calls to one system. It outlives the actors that use it; `configure` gives it other figures on the way."""

    def __init__(self, name: str, policy: Policy, gate: Gate, random: Random) -> None:
        self.name, self._gate, self._random = name, gate, random
        self._pacing = Pacing(name, policy.rate)
        self._bulkhead: Bulkhead | None = None
        self.configure(policy)

    def configure(self, policy: Policy) -> None:
        """Other figures for calls that begin from now on. The breaker is told by itself."""
        self.policy = policy
        self._pacing.configure(policy.rate)
        self._retries = Retries(policy.retry, self._random) if policy.retry else None
        self._cache = TTLCache[Hashable, Any](policy.cache.entries, policy.cache.ttl, _now) if policy.cache else None
        if policy.bulkhead is None:
            self._bulkhead = None
        elif self._bulkhead is None:
            self._bulkhead = Bulkhead(self.name, policy.bulkhead)
        else:
            self._bulkhead.configure(policy.bulkhead)

    async def call(
        self,
        work: Work[T],
        *,
        repeatable: bool = False,
        within: float | None = None,
        deadline: float | None = None,
        key: Hashable = None,
    ) -> T:
        """What `work` gives.

        `repeatable`: it does no harm if it is done twice. `within`: seconds for one attempt, other than the policy's.
        `deadline`: on Trio's clock, for all of it; the policy's holds too. `key`: names the answer, so that the cache
        may give it without a call. Raises NoCallNow if no call was made, LinkError, and what `work` raises.
        """
        if key is not None and self._cache is not None and (found := self._cache.get(key)) is not None:
            return found  # type: ignore[no-any-return]  # the key names its type
        until = min(deadline or inf, _now() + self.policy.deadline)
        async with await self.enter(until) as passage:
            answer = await passage.run(work, repeatable=repeatable, within=within, until=until)
        if key is not None and self._cache is not None:
            self._cache[key] = answer
        return answer

    async def enter(self, until: float) -> "Passage":
        """Leave for one call, waited for until then (Trio's clock), to be run or left. Raises NoCallNow."""
        passage = Passage(self, self._gate, self._bulkhead, self._pacing, self._retries)
        try:
            await passage.enter(until)
        except BaseException:  # a caller that is cancelled while it waits keeps nothing either
            passage.leave()
            raise
        return passage

    def forget(self, key: Hashable) -> None:
        """The cache must not give this answer any more."""
        if self._cache is not None:
            self._cache.pop(key, None)

    def resume(self) -> None:
        """Calls at once, though the other side asked for a pause: a person's word."""
        self._pacing.resume()

    @property
    def paused_for(self) -> float:
        """Seconds that are left of the pause that the other side asked for; 0 where there is none."""
        return self._pacing.paused_for

    def figures(self) -> dict[str, Any]:
        """How things stand at the stages that have something to count."""
        bulkhead = self._bulkhead
        return {
            "cache": None if self._cache is None else {"entries": len(self._cache)},
            "rate": {"left": self._pacing.left()},
            "bulkhead": bulkhead and {"in_flight": bulkhead.in_flight, "waiting": bulkhead.waiting},
            "retry": self._retries and {"budget_left": round(self._retries.saved, 2)},
        }


class Passage:
    """Leave for one call. Whatever became of it, `leave` gives everything back, once."""

    def __init__(
        self, link: Link, gate: Gate, bulkhead: Bulkhead | None, pacing: Pacing, retries: Retries | None
    ) -> None:
        self._link, self._gate, self._bulkhead, self._pacing, self._retries = link, gate, bulkhead, pacing, retries
        self._token: float | None = None
        self._has_place = False
        self._permit: Permit | None = None
        self._outcome, self._took = Outcome.UNUSED, 0.0
        self._called = self._blamed = False

    async def enter(self, until: float) -> None:
        self._token = await self._pacing.take(until)
        if self._bulkhead is not None:
            await self._bulkhead.enter(self, until)
            self._has_place = True
        if self._link.policy.breaker is not None:
            self._permit = await self._gate.acquire()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    async def run(
        self, work: Work[T], *, repeatable: bool = False, within: float | None = None, until: float = inf
    ) -> T:
        """See Link.call. The policy's deadline counts from here at the latest."""
        until = min(until, _now() + self._link.policy.deadline)
        seconds = within or self._link.policy.timeout
        try:
            if self._retries is None or not repeatable:
                answer = await self._attempt(work, seconds, until)
            else:
                answer = await self._retries.run(self._attempt, work, seconds, until, until=until)
        except Refusal:
            self._outcome = Outcome.SUCCESS
            raise
        except LinkError as error:
            self._outcome = Outcome.FAILURE if error.blames_link else Outcome.UNUSED
            raise
        self._outcome = Outcome.SUCCESS
        return answer

    def leave(self) -> None:
        permit, self._permit = self._permit, None
        if permit is not None:
            self._gate.give_back(permit, self._outcome, self._took)
        if self._has_place and self._bulkhead is not None:
            self._has_place = False
            self._bulkhead.leave(self)
        if self._token is not None and not self._called:
            self._pacing.put_back(self._token)
        self._token = None

    async def _attempt(self, work: Work[T], seconds: float, until: float) -> T:
        self._called = True
        began = _now()
        try:
            with trio.move_on_at(min(until, began + seconds)):
                return await work()
            if until < began + NEARLY * seconds:  # not given its time, it is no witness; an attempt before it may be
                message = f"{self._link.name}: the call was not over at its deadline"
                raise LinkSilent(message, blames_link=self._blamed)
            raise LinkSilent(f"no answer within {seconds:g} s")
        except LinkError as error:
            if error.pause is not None:
                self._pacing.hold(error.pause)
            self._blamed |= error.blames_link
            raise
        finally:
            self._took = _now() - began


def _now() -> float:
    return trio.current_time()
