"""The open shift: since when, how old, and when it is to be closed by itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
import trio

from actors import buffer
from actors.kkt.policy import Policy
from actors.kkt.recovery import PATIENCE
from actors.mailbox import Address, NoAnswer
from protocols.fiscal import RegisterStatus, Shift

log = structlog.get_logger()

QUIET = 120.0  # seconds without a receipt, after which nobody is likely to be in the middle of a sale
REFUSED = 600.0  # seconds to wait with the closing that the register refused
DAY = timedelta(days=1)


@dataclass(eq=False)
class Shifts:
    """Times are the register's; `opened_at` is None while no shift is open, or nobody knows.

    A shift that something else opened counts from when it was first seen: it may be older.
    """

    pos_id: str
    buffer: Address[buffer.Message]
    policy: Policy
    opened_at: datetime | None = field(default=None, init=False)
    _of: tuple[str, int] | None = field(default=None, init=False)  # drive and number of that shift
    _busy_at: float = field(default_factory=trio.current_time, init=False)
    _not_before: float = field(default=0.0, init=False)

    def sold(self) -> None:
        """Somebody is selling."""
        self._busy_at = trio.current_time()

    async def see(self, seen: RegisterStatus, now: datetime) -> None:
        """`now` on the register's clock. Asks the buffer, once for each shift."""
        if seen.shift is Shift.CLOSED:
            self._of = self.opened_at = None
        elif self._of != (seen.last.fn, seen.shift_number):
            self.opened_at = await self._recorded(seen) or now
            self._of = (seen.last.fn, seen.shift_number)

    def age(self, now: datetime) -> timedelta | None:
        return None if self.opened_at is None else now - self.opened_at

    def wants_closing(self, now: datetime) -> bool:
        """The set time has passed since the shift was opened, and the shop is quiet: so it comes once a day."""
        at = self.policy.close_shift_at
        if at is None or self.opened_at is None:
            return False
        here = now.astimezone(self.policy.zone)
        due = datetime.combine(here.date(), at, self.policy.zone)
        last_due = due if due <= here else due - DAY
        quiet_at = max(self._busy_at + QUIET, self._not_before)
        return self.opened_at < last_due and trio.current_time() >= quiet_at

    def put_off_closing(self) -> None:
        self._not_before = trio.current_time() + REFUSED

    async def _recorded(self, seen: RegisterStatus) -> datetime | None:
        """When the gateway itself opened it."""
        try:
            report = await self.buffer.ask(buffer.LastOpening(self.pos_id), within=PATIENCE)
        except (NoAnswer, trio.TooSlowError) as error:
            log.debug("opening_not_known", pos_id=self.pos_id, reason=repr(error))
            return None
        if report is None or (report.fn, report.shift_number) != (seen.last.fn, seen.shift_number):
            return None
        return report.fiscal_datetime
