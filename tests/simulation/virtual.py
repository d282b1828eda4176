"""Trio without an operating system: its time is a number, and no step asks the kernel for news.

A history has neither sockets nor threads, so there is never any; asking all the same was a tenth of a run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from math import inf
from typing import Any

from trio._core import _run
from trio.testing import MockClock

IO: Any = vars(_run)["TheIOManager"]  # epoll's, kqueue's or Windows' own
ASK = 256  # steps between two questions to the kernel all the same: a person may press ctrl-C


def virtual_clock() -> MockClock:
    """Stands still while anything can run, then jumps to the next deadline. It never looks at a real clock."""
    mock = MockClock(autojump_threshold=0)
    clock: Any = mock  # a final class, so its parts are replaced one by one

    def jump() -> None:
        soonest = _run.GLOBAL_RUN_CONTEXT.runner.deadlines.next_deadline()
        if clock._virtual_base < soonest < inf:
            clock._virtual_base = soonest

    clock.current_time = lambda: clock._virtual_base
    clock._autojump = jump
    return mock


@contextmanager
def no_kernel() -> Iterator[None]:
    """Meanwhile Trio runs as above, and decides who is next by its seeded chance alone."""
    get_events, steps = IO.get_events, count(1)
    deterministic = _run._ALLOW_DETERMINISTIC_SCHEDULING

    def no_events(io: Any, timeout: float) -> Any:
        return get_events(io, timeout) if timeout > 0 or next(steps) % ASK == 0 else ()

    _patch(no_events, deterministic=True)
    try:
        yield
    finally:
        _patch(get_events, deterministic=deterministic)


def _patch(get_events: Any, *, deterministic: bool) -> None:
    IO.get_events = get_events
    setattr(_run, "_ALLOW_DETERMINISTIC_SCHEDULING", deterministic)  # noqa: B010  final, says its type
