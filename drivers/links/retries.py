"""Repeats a call that failed on its way, where that does no harm, and no more often than the link can bear."""

from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import TypeVar, TypeVarTuple, Unpack

import trio
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from drivers.errors import LinkError, NoCallNow
from protocols.link_policy import RetryPolicy
from protocols.retry_budget import RetryBudget

T = TypeVar("T")
A = TypeVarTuple("A")


class Retries:
    """Of one link. Between two attempts: a random part of a time that doubles, or what the other side asks for."""

    def __init__(self, policy: RetryPolicy, random: Random) -> None:
        self._policy, self._random = policy, random
        self._budget = RetryBudget(policy.budget)

    @property
    def saved(self) -> float:
        """How many repeats the budget has room for."""
        return self._budget.saved

    async def run(self, attempt: Callable[[Unpack[A]], Awaitable[T]], *args: *A, until: float) -> T:
        """What the first attempt gives that does not fail; raises as the last one. None begins after `until`."""
        self._budget.earn()
        try:
            return await attempt(*args)
        except LinkError as error:  # only then the machinery of repeats, which costs more than all other stages
            failed = [error]

        async def again() -> T:
            if failed:
                raise failed.pop()
            return await attempt(*args)

        retrying = AsyncRetrying(
            sleep=trio.sleep,
            retry=retry_if_exception(_may_pass),
            wait=self._wait,
            stop=partial(self._gives_up, until),
            reraise=True,
        )
        return await retrying(again)

    def _wait(self, state: RetryCallState) -> float:
        """AWS, "Exponential Backoff And Jitter" (2015): the full jitter spreads callers best."""
        ceiling = min(self._policy.cap, self._policy.first * 2.0 ** min(state.attempt_number - 1, 60))
        return max(self._random.uniform(0.0, ceiling), _pause(state) or 0.0)

    def _gives_up(self, until: float, state: RetryCallState) -> bool:
        if state.attempt_number >= self._policy.attempts or (_pause(state) or 0.0) > self._policy.longest_pause:
            return True
        return trio.current_time() + state.upcoming_sleep >= until or not self._budget.spend()


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, LinkError) and not isinstance(error, NoCallNow)


def _pause(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.pause if isinstance(error, LinkError) else None
