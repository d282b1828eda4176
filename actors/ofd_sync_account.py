"""What OFDSyncActor knows of its way and of its work, and what people are told of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any

import structlog
import trio

from actors.sync_job import Job, JobState
from drivers.clock import Now
from protocols.outlook import Outlook
from protocols.pace import Pace

log = structlog.get_logger()


@dataclass
class Account:
    """`retry_at`: until when the link keeps calls back (Trio's clock)."""

    now: Now
    way_open: bool = True
    retry_at: float = -inf
    delivered: int = 0
    last_sync: datetime | None = None
    last_error: str | None = None
    job: Job | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def running_job(self) -> Job | None:
        return self.job if self.job is not None and self.job.running else None

    @property
    def back_at(self) -> datetime | None:
        """When the way is tried again, by the wall clock; None while nothing keeps calls back."""
        wait = self.retry_at - trio.current_time()
        return self.now() + timedelta(seconds=wait) if 0 < wait < inf else None

    @property
    def outlook(self) -> Outlook:
        return Outlook(self.back_at, self.pace.seconds_each)

    def seconds_for(self, receipts: int) -> float | None:
        """As measured of late; None: nothing was measured yet."""
        each = self.pace.seconds_each
        return None if each is None else each * receipts

    def synced(self) -> None:
        self.last_sync, self.last_error = self.now(), None
        self.delivered += 1
        self._count(refused=False)

    def refused(self, reason: str) -> None:
        self.last_error = reason
        self._count(refused=True)

    def unreached(self, reason: str) -> None:
        self.last_error = reason

    def end_job(self, state: JobState, reason: str | None = None) -> None:
        """The one that runs, if one does."""
        job = self.running_job
        if job is not None:
            job.end(state, self.now(), reason)
            log.info("sync_ended", job_id=job.job_id, state=state, reason=reason)

    def told(self, in_flight: int) -> dict[str, Any]:
        return {
            "status": "online" if self.way_open else "offline",
            "last_successful_sync": self.last_sync,
            "last_error": self.last_error,
            "delivered": self.delivered,
            "in_flight": in_flight,
            "seconds_per_receipt": self.pace.seconds_each,
            "retry_at": self.back_at,
            "job": self.job and self.job.described(),
        }

    def _count(self, *, refused: bool) -> None:
        if self.running_job is not None:
            self.running_job.count(refused=refused, now=self.now())
