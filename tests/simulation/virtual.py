"""Trio without an operating system: its time is a number, and no step asks the kernel for news.

A history has neither sockets nor threads, so there is never any; asking all the same was a tenth of a run. What else
Trio does at each of the thousands of steps and scopes of a history is done here in fewer calls, to the same effect.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from math import inf
from typing import Any
from unittest.mock import patch

from trio._core import _run
from trio.testing import MockClock

IO: Any = vars(_run)["TheIOManager"]  # epoll's, kqueue's or Windows' own
ASK = 256  # steps between two questions to the kernel all the same: a person may press ctrl-C


@contextmanager
def virtual_time() -> Iterator[MockClock]:
    """A clock for `trio.run`: it stands still while anything can run, then jumps to the next deadline.

    Meanwhile Trio decides who is next by its seeded chance alone.
    """
    mock = MockClock(autojump_threshold=0)
    clock: Any = mock  # a final class, so its parts are replaced one by one

    def now() -> float:
        base: float = clock._virtual_base
        return base

    def jump() -> None:
        soonest = _run.GLOBAL_RUN_CONTEXT.runner.deadlines.next_deadline()
        if now() < soonest < inf:
            clock._virtual_base = soonest

    ours = (
        (clock, "current_time", now),
        (clock, "_autojump", jump),
        (_run, "current_time", now),
        (_run, "_ALLOW_DETERMINISTIC_SCHEDULING", True),
        (_run._r, "shuffle", _unless_alone(_run._r.shuffle)),
        (_run.CancelScope, "_might_change_registered_deadline", _registering),
        (IO, "get_events", _hardly_ever(IO.get_events)),
    )
    with ExitStack() as patches:
        for owner, name, replacement in ours:
            patches.enter_context(patch.object(owner, name, replacement))
        yield mock


def _hardly_ever(get_events: Callable[[Any, float], Any]) -> Callable[[Any, float], Any]:
    steps = count(1)

    def no_events(io: Any, timeout: float) -> Any:
        return get_events(io, timeout) if timeout > 0 or next(steps) % ASK == 0 else ()

    return no_events


def _unless_alone(shuffle: Callable[[list[Any]], None]) -> Callable[[list[Any]], None]:
    def shuffled(tasks: list[Any]) -> None:
        if len(tasks) > 1:
            shuffle(tasks)

    return shuffled


class Registering:
    """Behind a change of a scope, its deadline is where Trio looks for the next one. Trio's own is a generator."""

    __slots__ = ("_scope",)

    def __init__(self, scope: Any) -> None:
        self._scope = scope

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        scope = self._scope
        old, new = scope._registered_deadline, scope._deadline
        if scope._cancel_status is None or scope._cancel_called:
            new = inf
        if old != new:
            scope._registered_deadline = new
            deadlines = _run.GLOBAL_RUN_CONTEXT.runner.deadlines
            if old != inf:
                deadlines.remove(old, scope)
            if new != inf:
                deadlines.add(new, scope)


def _registering(scope: Any) -> Registering:
    return Registering(scope)
