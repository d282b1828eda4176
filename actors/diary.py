"""Has the alarms of one source put on disk, and never waits for it: a sale may come at any time."""

from contextlib import suppress
from dataclasses import dataclass, field

import structlog
import trio

from actors import buffer, notices
from actors.mailbox import ActorDied, Address, NoAnswer
from protocols.alarm import Alarm

log = structlog.get_logger()

Gist = frozenset[tuple[str, str]]


@dataclass(eq=False)
class Diary:
    """What could not be told, or died with whoever was told, is told again at the next look: it names all that stands.

    A new one does not know what is on disk and tells once; the store writes what is news to it.
    """

    source: str
    buffer: Address[buffer.Message]
    _told: notices.Keep | None = field(default=None, init=False)  # not answered yet
    _kept: Gist | None = field(default=None, init=False)

    def note(self, standing: tuple[Alarm, ...]) -> None:
        with suppress(trio.WouldBlock):  # one is under way still
            self._hear()
            if _gist(standing) != self._kept:
                self._tell(notices.Keep(self.source, standing))

    def _hear(self) -> None:
        """What became of the last one. Raises trio.WouldBlock."""
        if self._told is None:
            return
        try:
            if self._told.answer_now() is None:
                self._kept = _gist(self._told.alarms)
        except ActorDied as error:
            log.debug("alarms_not_kept", source=self.source, reason=repr(error))
        self._told = None

    def _tell(self, message: notices.Keep) -> None:
        try:
            self.buffer.tell(message)
            self._told = message
        except NoAnswer as error:
            log.debug("alarms_not_told", source=self.source, reason=repr(error))


def _gist(standing: tuple[Alarm, ...]) -> Gist:
    """Without the messages: they count documents and days, and are no news each time."""
    return frozenset((alarm.code, alarm.level.value) for alarm in standing)
