"""Who was refused, and what those did who may change much: events for the log, which are on disk and are kept.

Nobody waits for them, and a flood of refusals neither fills the disk nor pushes alarms out of the log: of each kind one
is told at once and from then on one a minute, which counts the others; of all kinds together no more than AN_HOUR. What
strangers do counts by itself: who has stolen a key cannot hide what he tries with it behind a flood of nameless calls.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
import trio

from actors import buffer, notices
from actors.mailbox import Address, NoAnswer
from protocols.alarm import Level
from protocols.principal import NOBODY
from protocols.rate import Bucket

log = structlog.get_logger()

SOURCE = "facade"
KINDS = 128  # of refusals that are told apart at a time; what comes beyond is counted together
EVERY = 60.0  # seconds between two events of one kind
TICK = 10.0
HOUR = 3600.0
AN_HOUR = 10  # events of refusals by strangers, and by others: in thirty days 14,400 of the 20,000 that are kept


@dataclass(frozen=True, slots=True)
class Visitor:
    """`at`: an address. `asked`: method and route, of few different ones; `named`: the very thing it asked for."""

    who: str
    at: str
    asked: str
    named: str
    request_id: str

    def __str__(self) -> str:
        return f"{self.who} at {self.at}, request {self.request_id}"


@dataclass
class Visit:
    """`outcome` as the caller was told: a status. None: nobody was there any more to be told."""

    outcome: int | str | None = None


@dataclass
class _Kind:
    newest: str
    untold: int = 1
    told_at: float = float("-inf")


@dataclass(eq=False)
class _Crowd:
    """Refusals that have their bounds together. `left`: how many events they may still be in this hour."""

    kinds: dict[tuple[str, ...], _Kind] = field(default_factory=dict)
    left: Bucket = field(default_factory=lambda: Bucket(AN_HOUR, HOUR))


class Audit:
    """Shared by everything that takes calls. `run` tells what was counted."""

    def __init__(self, buffer: Address[buffer.Message]) -> None:
        self._buffer = buffer
        self._strangers, self._others = self._crowds = _Crowd(), _Crowd()
        self._counting = trio.Event()

    def refused(self, visitor: Visitor, status: int | str, code: str) -> None:
        message = f"{visitor.asked} was refused with {status} {code} to {visitor}."
        key: tuple[str, ...] = (code, visitor.who, visitor.at, visitor.asked)
        crowd = self._strangers if visitor.who == NOBODY.name else self._others
        if key not in crowd.kinds and len(crowd.kinds) >= KINDS:
            key = ()
        kind = crowd.kinds.get(key)
        if kind is None:
            kind = crowd.kinds[key] = _Kind(message)
            self._tell(kind, crowd)
            self._counting.set()
        else:
            kind.newest = message
            kind.untold += 1

    @contextmanager
    def witnessed(self, visitor: Visitor) -> Iterator[Visit]:
        """One call of those that are all told, whatever becomes of it."""
        visit = Visit()
        try:
            yield visit
        finally:
            outcome = "it was not there for the answer" if visit.outcome is None else f"the answer was {visit.outcome}"
            log.info("admin_call", who=visitor.who, at=visitor.at, call=visitor.named, outcome=visit.outcome)
            self._note("ADMIN_CALL", Level.P3, f"{visitor.named} by {visitor}: {outcome}.")

    async def run(self) -> None:
        while True:
            await self._counting.wait()
            await trio.sleep(TICK)
            for crowd in self._crowds:
                self._tick(crowd)
            if not any(crowd.kinds for crowd in self._crowds):
                self._counting = trio.Event()

    def _tick(self, crowd: _Crowd) -> None:
        now = trio.current_time()
        for key, kind in list(crowd.kinds.items()):
            if now - kind.told_at < EVERY:
                continue
            if kind.untold:
                self._tell(kind, crowd)
            else:
                del crowd.kinds[key]

    def _tell(self, kind: _Kind, crowd: _Crowd) -> None:
        now = trio.current_time()
        if not crowd.left.left(now):
            return  # it goes on being counted
        crowd.left.take(now)
        counted = f" There were {kind.untold - 1} more like it." if kind.untold > 1 else ""
        self._note("CALL_REFUSED", Level.P2, kind.newest + counted)
        kind.untold, kind.told_at = 0, now

    def _note(self, code: str, level: Level, message: str) -> None:
        try:
            self._buffer.tell(notices.Note(SOURCE, code, level, message))
        except NoAnswer as error:
            log.debug("audit_skipped", code=code, reason=repr(error))
