"""What guarding a call costs on top of the call, in microseconds: `python -m tests.benchmarks.guard`.

Ours asks the real CircuitBreakerActor, in another task, for leave. Beside it, in the same run, purgatory on asyncio,
whose breaker is an object of the caller's own task and has neither rate, bulkhead, timeout nor slow calls; alone, and
with tenacity, a semaphore and a timeout around the call, which is what one would put together with it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random

import structlog
import tenacity
import trio
from purgatory import AsyncCircuitBreakerFactory

from actors import buffer, status
from actors.breaker_gate import BreakerGate
from actors.circuit_breaker import CircuitBreakerActor, Message
from actors.mailbox import Mailbox
from drivers.clock import utc_now
from drivers.links import Link
from protocols.link_policy import BreakerPolicy, BulkheadPolicy, Policy, RatePolicy, RetryPolicy

CALLS, ROUNDS = 5_000, 7
ALLOWED_US = 60.0
BREAKER = BreakerPolicy(failure_rate=0.5, slow_rate=0.5)
POLICIES = {
    "deadline and timeout": Policy(bulkhead=None, breaker=None),
    "and breaker": Policy(bulkhead=None, breaker=BREAKER),
    "every stage": Policy(
        rate=RatePolicy(per_second=10_000, per_minute=100_000),
        bulkhead=BulkheadPolicy(),
        breaker=BREAKER,
        retry=RetryPolicy(),
    ),
}
Call = Callable[[], Awaitable[object]]


async def outside_trio() -> str:
    await trio.lowlevel.checkpoint()
    return "answer"


async def outside_asyncio() -> str:
    await asyncio.sleep(0)
    return "answer"


async def microseconds(call: Call) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        await call()
    return (time.perf_counter() - began) / CALLS * 1e6


async def on_trio() -> dict[str, float]:
    """The best round of each, which the machine's other work disturbed least."""
    found = {"the call alone": float("inf"), **dict.fromkeys(POLICIES, float("inf"))}
    for _ in range(ROUNDS):
        found["the call alone"] = min(found["the call alone"], await microseconds(outside_trio))
        for name, policy in POLICIES.items():
            found[name] = min(found[name], await guarded(policy))
    return found


async def guarded(policy: Policy) -> float:
    boxes = Mailbox[Message]("breaker", 1024), Mailbox[buffer.Message]("buffer"), Mailbox[status.Message]("status")
    boxes[1].abandon()  # nobody keeps what becomes of this breaker
    async with trio.open_nursery() as nursery:
        at = boxes[1].address, boxes[2].address
        await nursery.start(CircuitBreakerActor(boxes[0].inbox, "bench", BREAKER, *at, Random(1), utc_now).run)
        link = Link("bench", policy, BreakerGate("bench", boxes[0].address), Random(1))
        await close_the_breaker(link)
        cost = await microseconds(partial(link.call, outside_trio, repeatable=True))
        nursery.cancel_scope.cancel()
    return cost


async def close_the_breaker(link: Link) -> None:
    """It does not know its past, so it is half open."""
    for _ in range(BREAKER.success_threshold):
        await link.call(outside_trio)


async def on_asyncio() -> dict[str, float]:
    breakers = AsyncCircuitBreakerFactory()
    places = asyncio.Semaphore(8)

    async def alone() -> str:
        async with await breakers.get_breaker("bench"):
            return await outside_asyncio()

    async def assembled() -> str:
        async with asyncio.timeout(60), places, await breakers.get_breaker("bench"):
            async for attempt in tenacity.AsyncRetrying(stop=tenacity.stop_after_attempt(3)):
                with attempt:
                    async with asyncio.timeout(10):
                        return await outside_asyncio()
        raise AssertionError

    calls: dict[str, Call] = {
        "the call alone": outside_asyncio,
        "purgatory": alone,
        "purgatory and the rest": assembled,
    }
    found = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            found[name] = min(found[name], await microseconds(call))
    return found


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"microseconds on top of a call, best of {ROUNDS} rounds of {CALLS}; at most {ALLOWED_US:g} are allowed")
    for where, found in (("trio", trio.run(on_trio)), ("asyncio", asyncio.run(on_asyncio()))):
        alone = found.pop("the call alone")
        for name, cost in found.items():
            print(f"{where:8} {name:24} {cost - alone:6.1f}")


if __name__ == "__main__":
    main()
