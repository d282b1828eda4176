"""A delivery that a person asked for: how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    RUNNING = "running"
    DONE = "done"  # nothing waits any more but what came later
    STOPPED = "stopped"  # the OFD is out of reach, or refuses a receipt; the rest is delivered by itself later


@dataclass
class Job:
    """`total`: receipts that waited when it began. `delivered` and `refused` since."""

    job_id: str
    key: str
    total: int
    began_at: datetime
    state: JobState = JobState.RUNNING
    delivered: int = 0
    refused: int = 0
    ended_at: datetime | None = None
    reason: str | None = None

    @property
    def running(self) -> bool:
        return self.state is JobState.RUNNING

    def count(self, *, refused: bool, now: datetime) -> None:
        """A receipt got its answer. The last of those that waited ends the job."""
        self.refused += refused
        self.delivered += not refused
        if self.delivered + self.refused >= self.total:
            self.end(JobState.DONE, now)

    def end(self, state: JobState, now: datetime, reason: str | None = None) -> None:
        if self.running:
            self.state, self.ended_at, self.reason = state, now, reason

    def described(self) -> dict[str, Any]:
        done = self.delivered + self.refused
        return {
            "job_id": self.job_id,
            "state": self.state.value,
            "total": self.total,
            "delivered": self.delivered,
            "refused": self.refused,
            "percent": 100 if not self.total else round(100 * min(done, self.total) / self.total),
            "began_at": self.began_at,
            "ended_at": self.ended_at,
            "reason": self.reason,
        }
