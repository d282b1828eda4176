"""The server's queue on disk: jobs by uuid, each carried out once.

In a file of JSON lines the last about a job counts.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec
import trio

from drivers.emulators.atol.jobs import Job, Outcome, Status
from drivers.emulators.fiscal.journal import Journal
from drivers.threads import InThread

MAX_WAITING = 1000
KEPT = 1000
"""So many of the newest finished jobs are remembered."""
MAX_LINES = 20_000
"""A longer file is written anew, a line for each job."""


class Known(Exception):
    """There is a job with this uuid."""


class Unknown(Exception):
    """There is none, or none any more."""


class Full(Exception):
    """No more jobs are taken until some are done."""


class QueueCorrupt(Exception):
    """The file is no queue; the message names the line, from 1."""


class Queue:
    """Jobs, oldest first. `changed` is set, and another put in its place, whenever one is added or changed.

    What is stored is on disk before the call returns. Finished jobs are forgotten `retention` after they came.
    """

    def __init__(self, path: Path, in_thread: InThread) -> None:
        """Opens the file at `path`, or begins an empty one. Raises OSError; QueueCorrupt."""
        self._path, self._in_thread = path, in_thread
        self._journal = Journal(path)
        self._jobs: dict[str, Job] = {}
        self._writing = trio.Lock()
        self.changed = trio.Event()
        self.retention = timedelta(minutes=43_200)
        try:
            for number, line in enumerate(self._journal.replay(), 1):
                job = _decode(line, number)
                self._jobs[job.uuid] = job
        except BaseException:
            self._journal.close()
            raise
        self._forget_all_but_newest()

    def close(self) -> None:
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, uuid: str) -> Job:
        """Raises Unknown."""
        try:
            return self._jobs[uuid]
        except KeyError:
            raise Unknown(uuid) from None

    @property
    def next(self) -> Job | None:
        """The oldest job that is not finished."""
        return next((job for job in self._jobs.values() if not job.finished), None)

    @property
    def blocked(self) -> tuple[Job, Outcome] | None:
        """The job whose task has an unknown result, and that task; the queue stands until it is known."""
        job = self.next
        if job is None or (outcome := job.outcomes[job.current]).status is not Status.BLOCKED:
            return None
        return job, outcome

    @property
    def waiting(self) -> int:
        return sum(not job.finished for job in self._jobs.values())

    def count(self) -> Counter[Status]:
        """Finished jobs by the status of their last task."""
        return Counter(job.outcomes[-1].status for job in self._jobs.values() if job.finished)

    async def add(self, job: Job) -> None:
        """Raises Known, Full; OSError: the job may be on disk or not."""
        async with self._writing:
            if job.uuid in self._jobs:
                raise Known(job.uuid)
            self._forget_before(job.at - self.retention)
            if self.waiting >= MAX_WAITING:
                raise Full
            await self._store(job)

    async def change(self, uuid: str, edit: Callable[[Job], Job]) -> Job:
        """The job as `edit` has it; what `edit` raises leaves it as it was. Raises Unknown, OSError."""
        async with self._writing:
            job = edit(self.get(uuid))
            await self._store(job)
            return job

    async def _store(self, job: Job) -> None:
        with trio.CancelScope(shield=True):  # on disk and in memory, or neither; a write is short
            await self._in_thread(self._journal.append, msgspec.json.encode(job))
            self._jobs[job.uuid] = job
            self._forget_all_but_newest()
            if len(self._journal) > MAX_LINES:
                await self._in_thread(self._write_anew)
        self.changed.set()
        self.changed = trio.Event()

    def _forget_before(self, moment: datetime) -> None:
        for job in [job for job in self._jobs.values() if job.finished and job.at < moment]:
            del self._jobs[job.uuid]

    def _forget_all_but_newest(self) -> None:
        if len(self._jobs) > KEPT:  # else there is no need to look who is finished
            finished = [uuid for uuid, job in self._jobs.items() if job.finished]
            for uuid in finished[: max(0, len(finished) - KEPT)]:
                del self._jobs[uuid]

    def _write_anew(self) -> None:
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.unlink(missing_ok=True)
        shorter = Journal(draft)
        shorter.append(b"\n".join(msgspec.json.encode(job) for job in self._jobs.values()))
        draft.replace(self._path)
        shorter.close()
        self._journal.close()
        self._journal = Journal(self._path)  # also makes the new name last
        for _ in self._journal.replay():
            pass


_JOB = msgspec.json.Decoder(Job)


def _decode(line: bytes, number: int) -> Job:
    try:
        job = _JOB.decode(line)
    except (msgspec.MsgspecError, ValueError) as error:
        raise QueueCorrupt(f"line {number}: {error}") from error
    return _owning(job)


def _owning(job: Job) -> Job:
    """With copies of the raw parts: they would hold the whole line."""
    outcomes = tuple(msgspec.structs.replace(each, result=each.result.copy()) for each in job.outcomes)
    return msgspec.structs.replace(job, tasks=tuple(task.copy() for task in job.tasks), outcomes=outcomes)
