"""A job of the server's queue: tasks in order, and what became of each (Web Requests 1.0.4.0, /requests)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Raw, Struct

from drivers.emulators.atol.errors import Error, describe

NULL = Raw(b"null")


class Status(StrEnum):
    WAIT = "wait"
    IN_PROGRESS = "inProgress"
    READY = "ready"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    BLOCKED = "blocked"
    CANCELED = "canceled"


UNFINISHED = frozenset({Status.WAIT, Status.IN_PROGRESS, Status.BLOCKED})


class Outcome(Struct, frozen=True, omit_defaults=True):
    """What became of one task. `last_fd`: the drive's last document before a fiscal task began."""

    status: Status = Status.WAIT
    code: int = 0
    detail: str = ""
    result: Raw = NULL
    last_fd: int | None = None

    def shown(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "error": {"code": self.code, "description": describe(self.code, self.detail)},
            "result": self.result,
        }


class Job(Struct, frozen=True):
    """`tasks` as they came; a finished job has forgotten them."""

    uuid: str
    at: datetime
    tasks: tuple[Raw, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def finished(self) -> bool:
        return not any(outcome.status in UNFINISHED for outcome in self.outcomes)

    @property
    def untouched(self) -> bool:
        return all(outcome.status is Status.WAIT for outcome in self.outcomes)

    @property
    def current(self) -> int:
        """The first task that is not done. The job is not finished."""
        return next(place for place, outcome in enumerate(self.outcomes) if outcome.status in UNFINISHED)

    def settled(self, place: int, outcome: Outcome) -> "Job":
        """With that outcome; an error interrupts the tasks behind it."""
        rest = self.outcomes[place + 1 :]
        if outcome.status is Status.ERROR:
            rest = (SKIPPED,) * len(rest)
        return self._with((*self.outcomes[:place], outcome, *rest))

    def canceled(self) -> "Job":
        return self._with((Outcome(Status.CANCELED),) * len(self.outcomes))

    def _with(self, outcomes: tuple[Outcome, ...]) -> "Job":
        job = msgspec.structs.replace(self, outcomes=outcomes)
        return msgspec.structs.replace(job, tasks=()) if job.finished else job


SKIPPED = Outcome(Status.INTERRUPTED, Error.INTERRUPTED_BY_PREVIOUS_ERRORS)


def new_job(uuid: str, at: datetime, tasks: Sequence[Raw]) -> Job:
    return Job(uuid, at, tuple(tasks), (Outcome(),) * len(tasks))
