"""Starts children in order, restarts those that fail, stops them in reverse order.

A child that is cancelled has not failed. Only `Exception` is a failure, groups of them with every cause kept;
anything stronger passes by and ends the program.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, Protocol

import trio

from actors.mailbox import Mailbox
from protocols.errors import FailStop
from supervisors.ledger import Budget, Ledger, RestartsExhausted

Start = Callable[..., Awaitable[None]]  # one incarnation; takes `task_status`, says `started()` when it serves


class Kind(StrEnum):
    PERMANENT = "permanent"  # restarted however it ended
    TRANSIENT = "transient"  # restarted after a failure only
    TEMPORARY = "temporary"  # never restarted; it stays down, reported


class Strategy(StrEnum):
    ONE_FOR_ONE = "one_for_one"  # children that do not need each other
    ONE_FOR_ALL = "one_for_all"  # none is of use alone
    REST_FOR_ONE = "rest_for_one"  # each holds something that dies with those before it


@dataclass(frozen=True)
class Lifecycle:
    """Something happened to a child: started, crashed, ended, given_up or stopped."""

    child: str
    event: str
    error: Exception | None = None
    delay_s: float | None = None


Watch = Callable[[Lifecycle], None]


class Supervised(Protocol):
    """What a supervisor can look after: an actor in its slot, or another supervisor."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def grace(self) -> float: ...
    @property
    def start(self) -> Start: ...

    def stop(self) -> None:
        """Asks it to finish what it has in hand and end."""

    def give_up(self) -> None:
        """It will not be started again."""


class ChildEnded(Exception):
    """A permanent child came to its end by itself."""


@dataclass(frozen=True)
class Child:
    """An actor's slot: every start builds the actor anew, only its mailbox is old.

    `grace`: seconds it gets to finish after its mailbox was closed. Without a mailbox it is cancelled at once.
    """

    name: str
    start: Start
    mailbox: Mailbox[Any] | None = None
    kind: Kind = Kind.PERMANENT
    grace: float = 5.0

    def stop(self) -> None:
        if self.mailbox is not None:
            self.mailbox.close()

    def give_up(self) -> None:
        if self.mailbox is not None:
            self.mailbox.abandon()


@dataclass(eq=False)
class _Incarnation:
    child: Supervised
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)
    done: trio.Event = field(default_factory=trio.Event)
    error: Exception | None = None


class Supervisor:
    """Keeps its children alive within `budget`; beyond it raises RestartsExhausted to its own parent."""

    def __init__(
        self,
        name: str,
        strategy: Strategy,
        budget: Budget,
        children: Sequence[Supervised],
        *,
        watch: Watch,
        kind: Kind = Kind.PERMANENT,
        random: Random | None = None,
    ) -> None:
        self.name, self.kind, self.children = name, kind, tuple(children)
        self._strategy, self._budget, self._watch = strategy, budget, watch
        self._random = random or Random()
        self._running: dict[Supervised, _Incarnation] = {}
        self._dismissed = set[Supervised]()  # for good, also after a restart of ours: their mailboxes are closed
        self._stopping = trio.Event()

    @property
    def grace(self) -> float:
        return sum(child.grace for child in self.children) + 1.0

    def stop(self) -> None:
        self._stopping.set()

    def give_up(self) -> None:
        for child in self.children:
            child.give_up()

    async def start(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Returns after `stop`, with all children ended. Raises RestartsExhausted, FailStop."""
        self._running.clear()
        self._ledger = Ledger(self._budget, self._random)
        # never more than one waiting entry an incarnation, so the number of children and restarts bounds it
        self._exits, exits = trio.open_memory_channel[_Incarnation](float("inf"))
        async with trio.open_nursery() as self._nursery:
            await self._start_all(self.children)
            task_status.started()
            self._nursery.start_soon(self._attend, exits)
            await self._stopping.wait()
            await self._stop_all(self.children)
            self._nursery.cancel_scope.cancel()

    async def _attend(self, exits: trio.MemoryReceiveChannel[_Incarnation]) -> None:
        async for gone in exits:
            if self._running.get(gone.child) is not gone:  # it was stopped by us
                continue
            if self._stopping.is_set():
                gone.child.give_up()  # its neighbours may be asking it before their own turn to stop
            else:
                del self._running[gone.child]
                await self._mend(gone.child, gone.error)

    async def _mend(self, child: Supervised, error: Exception | None) -> None:
        _pass_on_if_fatal(error)
        if not _wants_restart(child.kind, error):
            self._dismiss(child, error)
            return
        delay = self._spend(child, error or ChildEnded(child.name))
        if self._strategy is Strategy.ONE_FOR_ONE:
            self._nursery.start_soon(self._revive, (child,), delay)
        else:
            await self._revive(self._affected(child), delay)

    def _affected(self, child: Supervised) -> tuple[Supervised, ...]:
        if self._strategy is Strategy.ONE_FOR_ALL:
            return self.children
        return self.children[self.children.index(child) :]

    def _spend(self, child: Supervised, error: Exception) -> float:
        """Seconds to wait before the restart. Raises RestartsExhausted with the crash as its cause."""
        try:
            delay = self._ledger.spend(trio.current_time())
        except RestartsExhausted as exhausted:
            self._watch(Lifecycle(child.name, "given_up", error))
            raise exhausted from error
        self._watch(Lifecycle(child.name, "crashed", error, delay))
        return delay

    async def _revive(self, children: Sequence[Supervised], delay: float) -> None:
        await self._stop_all(children, politely=False)
        for child in children:
            if child.kind is Kind.TEMPORARY:  # it goes down with its neighbours and, as ever, stays down
                self._dismiss(child, None)
        await self._pause(delay)
        await self._start_all(children)

    def _dismiss(self, child: Supervised, error: Exception | None) -> None:
        if child not in self._dismissed:
            self._dismissed.add(child)
            self._watch(Lifecycle(child.name, "ended" if error is None else "given_up", error))
            child.give_up()

    async def _start_all(self, children: Sequence[Supervised]) -> None:
        """One after the other; a child that fails to start is tried again before the next one's turn."""
        for child in children:
            while child not in self._dismissed:
                if self._stopping.is_set():
                    child.give_up()  # whoever asks it hears at once that nobody will answer
                    break
                error = await self._launch(child)
                if error is None:
                    break
                _pass_on_if_fatal(error)
                if child.kind is Kind.TEMPORARY:
                    self._dismiss(child, error)
                else:
                    await self._pause(self._spend(child, error))

    async def _pause(self, seconds: float) -> None:
        """Ends early when it is time to stop."""
        with trio.move_on_after(seconds):
            await self._stopping.wait()

    async def _launch(self, child: Supervised) -> Exception | None:
        """Runs a new incarnation; None once it has started or was stopped meanwhile, else why it has not started."""
        incarnation = _Incarnation(child)
        self._running[child] = incarnation
        started = await self._nursery.start(self._live, incarnation)
        if self._running.get(child) is not incarnation:  # stopped while it started
            return None
        if started:
            self._watch(Lifecycle(child.name, "started"))
            return None
        del self._running[child]
        return incarnation.error or ChildEnded(child.name)

    async def _live(self, incarnation: _Incarnation, *, task_status: trio.TaskStatus[bool]) -> None:
        started = False
        try:
            with incarnation.scope:
                async with trio.open_nursery() as nursery:
                    await nursery.start(incarnation.child.start)
                    started = True
                    task_status.started(True)
        except Exception as error:  # noqa: BLE001  the one place that meets every failure of a child
            incarnation.error = error
        finally:
            incarnation.done.set()
        if started:
            self._exits.send_nowait(incarnation)
        else:
            task_status.started(False)

    async def _stop_all(self, children: Sequence[Supervised], *, politely: bool = True) -> None:
        """In reverse order. `politely`: each may first finish what it has; what waits for it is then served too."""
        for child in reversed(children):
            incarnation = self._running.pop(child, None)
            if incarnation is None:
                continue
            if politely:
                child.stop()
                with trio.move_on_after(child.grace if _can_be_asked(child) else 0):
                    await incarnation.done.wait()
            incarnation.scope.cancel()
            await incarnation.done.wait()
            if politely:
                child.give_up()  # what it did not get to
            self._watch(Lifecycle(child.name, "stopped", incarnation.error))
            _pass_on_if_fatal(incarnation.error)


def _can_be_asked(child: Supervised) -> bool:
    return not (isinstance(child, Child) and child.mailbox is None)


def _wants_restart(kind: Kind, error: Exception | None) -> bool:
    return kind is Kind.PERMANENT or (kind is Kind.TRANSIENT and error is not None)


def _pass_on_if_fatal(error: Exception | None) -> None:
    """Raises what no restart mends, whatever the kind of child it comes from."""
    if isinstance(error, FailStop) or (isinstance(error, ExceptionGroup) and error.subgroup(FailStop) is not None):
        raise error
