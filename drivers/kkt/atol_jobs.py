"""Jobs in a web server's queue: posted once, waited for, taken back where they never began.

A job has one task and a uuid of its own. The server carries a uuid out once: a second post of it is refused with 409,
whatever became of the first (OpenAPI of Web Requests 1.0.4.0).
"""

import math
from dataclasses import dataclass

import trio

from drivers.errors import LinkError, LinkLost
from drivers.kkt.atol_link import AtolLink
from drivers.kkt.port import RegisterRefused
from protocols.atol.results import OPEN, TaskResult, TaskStatus
from protocols.atol.tasks import Task

SHORTEST_POLL, LONGEST_POLL = 0.05, 0.5  # seconds between two looks at a job


@dataclass(frozen=True)
class Patience:
    """Seconds for a job to end; of them, how long its result may stay `blocked`, and how long the server may be silent
    about it, as while it restarts."""

    whole: float
    blocked: float
    silent: float


class StillOpen(LinkLost):
    """The job has not ended within the time allowed. `taken_back`: it never began, and now never will."""

    def __init__(self, seen: TaskResult, *, taken_back: bool) -> None:
        why = f": {seen.error.code} {seen.error.description}" if seen.error.code else ""
        super().__init__(f"the server's job stays at {seen.status}{why}{', and was taken back' if taken_back else ''}")
        self.taken_back = taken_back


@dataclass(frozen=True)
class AtolJobs:
    link: AtolLink

    async def run(self, uuid: str, task: Task, patience: Patience) -> TaskResult:
        """How the task ended, one way or the other; under a uuid that is known, how that task did.

        Raises RegisterRefused: it never came into the queue; LinkError: it may have been carried out, or may be yet.
        Takes at most twice the `whole` patience, and what single calls take.
        """
        await self._post(uuid, task)
        for _ in range(2):
            seen = await self._wait(uuid, patience)
            if seen.status not in OPEN:
                return seen
            if seen.status is TaskStatus.BLOCKED:
                break
            if await self.link.take_back(uuid):
                raise StillOpen(seen, taken_back=True)
            # not taken back: it has begun, or has ended in this very moment
        raise StillOpen(seen, taken_back=False)

    async def _post(self, uuid: str, task: Task) -> None:
        try:
            await self.link.post(uuid, task)
        except LinkError:
            # an unknown uuid proves nothing: the post may be on its way still; a known one does
            if await self._result(uuid) is None:
                raise

    async def _wait(self, uuid: str, patience: Patience) -> TaskResult:
        """The task's end, or how it stands when patience runs out.

        It runs out at once over a task that waits when the server comes back: such a one may have been carried out with
        nothing noted of it, and the sooner it is taken back the less likely it is done a second time.
        """
        heard, was_away = trio.current_time(), False
        until, blocked_since = heard + patience.whole, math.inf
        pause = SHORTEST_POLL
        while True:
            try:
                seen = await self._result(uuid)
            except LinkError:
                was_away = True
                if trio.current_time() >= heard + patience.silent:
                    raise
            else:
                heard = trio.current_time()
                if seen is None:
                    raise LinkLost("the server has forgotten a job that it had taken")
                blocked_since = min(blocked_since, heard) if seen.status is TaskStatus.BLOCKED else math.inf
                forgotten = was_away and seen.status is TaskStatus.WAIT
                if forgotten or seen.status not in OPEN or heard >= min(until, blocked_since + patience.blocked):
                    return seen
            await trio.sleep(pause)
            pause = min(LONGEST_POLL, pause * 1.5)

    async def _result(self, uuid: str) -> TaskResult | None:
        """A refusal to tell of a job says nothing about the job."""
        try:
            return await self.link.result(uuid)
        except RegisterRefused as refusal:
            raise LinkLost(f"the server does not tell of a job: {refusal}") from refusal
