"""Work that blocks, done where it holds nobody up; behind a port for worlds in which no thread may run."""

from collections.abc import Callable
from typing import Protocol, TypeVar, TypeVarTuple, Unpack

import trio

A = TypeVarTuple("A")
R = TypeVar("R")


class InThread(Protocol):
    """What `trio.to_thread.run_sync` does, as far as it is used here."""

    async def __call__(
        self, function: Callable[[Unpack[A]], R], /, *args: *A, limiter: trio.CapacityLimiter | None = None
    ) -> R:
        """What `function` gives or raises. Not abandoned when cancelled: once begun, it is waited for."""
