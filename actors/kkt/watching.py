"""Looks after a register between sales: its drive, its queue for the OFD, its clock, and what to be alarmed about."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
import trio

from actors.diary import Diary
from drivers.clock import Now
from drivers.kkt.port import Register, RegisterRefused
from protocols.alarm import Alarm, Change, Level, alarms_of, changes
from protocols.fiscal import Paper
from protocols.inspection import Inspection

log = structlog.get_logger()

EVERY = 60.0  # seconds between two inspections
AGAIN = 5.0  # while the cover is open: whoever closes it will not wait a minute


@dataclass(eq=False)
class Watching:
    """`inspection` is the last that the register answered, of this link or an earlier one."""

    pos_id: str
    register: Register
    now: Now
    diary: Diary
    inspection: Inspection | None = field(default=None, init=False)
    alarms: tuple[Alarm, ...] = field(default=(), init=False)
    _due_at: float = field(default=-math.inf, init=False)

    @property
    def is_due(self) -> bool:
        return trio.current_time() >= self._due_at

    @property
    def register_now(self) -> datetime:
        """What the register's clock shows, as far as is known."""
        drift = self.inspection and self.inspection.drift
        return self.now() + (drift or timedelta(0))

    def new_link(self) -> None:
        """The register may be another one by now, or have another drive."""
        self._due_at = -math.inf

    async def inspect(self) -> None:
        """Raises LinkError."""
        try:
            condition = await self.register.inspect()
        except RegisterRefused as refusal:
            log.debug("inspection_refused", pos_id=self.pos_id, reason=str(refusal))
            self._due_at = trio.current_time() + EVERY
            return
        self.inspection = Inspection(condition, self.now())
        self._due_at = trio.current_time() + (AGAIN if condition.cover_open else EVERY)

    def judge(self, shift_age: timedelta | None, paper: Paper | None) -> None:
        """Says an alarm when it begins or gets another level, and when it ends; not in between."""
        before, self.alarms = self.alarms, alarms_of(self.inspection, shift_age, paper)
        for change, alarm in changes(before, self.alarms):
            if change is Change.ENDED:
                log.info("register_alarm_ended", pos_id=self.pos_id, code=alarm.code)
            else:
                self._say(alarm)
        if self.inspection is not None:  # else most of what stood is not known to have ended
            self.diary.note(self.alarms)

    def _say(self, alarm: Alarm) -> None:
        say = log.critical if alarm.level is Level.P1 else log.warning
        say("register_alarm", alert=alarm.level.value, pos_id=self.pos_id, code=alarm.code, message=alarm.message)
