"""Printing through the queue of АТОЛ's web server, so that nothing is lost and nothing is printed twice.

The server stands between us and the register with a queue on disk. A job that we have given up may be carried out
minutes later, also after either side was restarted. So three things hold here:

1. A printing task is one job under one fresh uuid, and is never posted again. A new attempt is the caller's, after it
   has asked the fiscal drive.
2. Whatever leaves open how the job ends is a LinkError: no answer to the post while the server does not know the uuid
   (it may arrive late), a job that stays `blocked` or will not be taken back, an error of paper, cutter, link or drive.
   Only an error that the task itself earned, ended and final, is RegisterRefused.
3. The drive is believed only when the queue has shown that nothing of ours is left in it (`is_idle`). That it counts
   no unfinished job does not yet show it: a post may still be under way, and the description does not say whether the
   job at work is counted. So a harmless job goes through first: the server works in order, and when that one has ended,
   all before it have. It goes under the uuid of the doubtful job. If that one has not come by then, its uuid is taken
   and it never will be carried out; if it has, the server says 409, and its own end is waited for. A gateway that was
   restarted knows no uuid any more: it believes a harmless job only once that began `linger` after the link was opened.
4. The server may go down in the middle of a job, or be put back to an earlier state, and do the job again under its
   uuid. What waits in a server that was away is therefore taken back if it can be, and the drive asked; what was done
   twice all the same is not settled here (`AtolRegister`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import trio

from drivers.errors import LinkLost
from drivers.kkt.atol_jobs import AtolJobs, Patience, StillOpen
from drivers.kkt.atol_link import AtolLink, refusal, words
from drivers.kkt.port import RegisterRefused
from protocols.atol.errors import Class, Meaning, meaning_of
from protocols.atol.results import TaskResult, TaskStatus
from protocols.atol.tasks import READ_DRIVE, Task

PRINTING = Patience(whole=60.0, blocked=10.0, silent=15.0)
ASKING = Patience(whole=15.0, blocked=0.0, silent=5.0)
PASSING_THROUGH = Patience(whole=5.0, blocked=0.0, silent=5.0)


class PaperStopped(LinkLost):
    """The printer stopped; the document may be in the drive all the same, and then waits to be printed to its end."""


@dataclass
class AtolQueue:
    """`new_id`: a fresh uuid each time. `linger`: seconds for which a request of an earlier link may be under way.

    `printing`: how long paper may take, a long shift report's too.
    """

    link: AtolLink
    new_id: Callable[[], str]
    linger: float
    printing: Patience = PRINTING
    _doubtful: str | None = field(default=None, init=False)  # uuid of the printing job whose end is not known
    _arrived_by: float = field(default=0.0, init=False)  # whatever an earlier link sent
    _is_ours: bool = field(default=False, init=False)  # nothing of an earlier link can come any more

    @property
    def _jobs(self) -> AtolJobs:
        return AtolJobs(self.link)

    def reopened(self) -> None:
        """A link was just opened."""
        self._arrived_by, self._is_ours = trio.current_time() + self.linger, False

    async def is_idle(self) -> bool:
        """Whether all that was ever posted has ended, so that what the drive says now is the whole truth.

        Raises RegisterRefused, LinkError.
        """
        standing = await self.link.queue()
        if standing.number and self._doubtful is not None and await self.link.take_back(self._doubtful):
            standing = await self.link.queue()
        if standing.number or standing.is_blocked:
            return False
        if self._is_ours and self._doubtful is None:
            return True
        began = trio.current_time()
        try:
            await self._jobs.run(self._doubtful or self.new_id(), READ_DRIVE, PASSING_THROUGH)
        except StillOpen:
            return False  # the uuid stays doubtful: what was taken back may have been the harmless job
        self._doubtful = None
        self._is_ours = began >= self._arrived_by
        return True

    async def print(self, task: Task, *, turns_shift: bool = False) -> msgspec.Raw:
        """The result of a task that was carried out. Raises RegisterRefused: it was not; LinkError: in doubt."""
        if self._doubtful is not None and not await self.is_idle():
            raise LinkLost("an earlier job may still be carried out")
        self._doubtful = uuid = self.new_id()
        try:
            seen = await self._jobs.run(uuid, task, self.printing)
        except RegisterRefused:
            self._doubtful = None
            raise
        except StillOpen as error:
            if error.taken_back:
                self._doubtful = None
            raise
        self._doubtful = None
        if seen.status is TaskStatus.READY:
            return seen.result
        meaning = _meaning(seen, turns_shift=turns_shift)
        if meaning.kind in (Class.PRINT, Class.CUT):
            raise PaperStopped(words(meaning))
        if meaning.doubtful:
            raise LinkLost(words(meaning))
        raise refusal(meaning)

    async def ask(self, task: Task) -> msgspec.Raw:
        """The result of a task that prints nothing. Raises RegisterRefused, LinkError."""
        seen = await self._jobs.run(self.new_id(), task, ASKING)
        if seen.status is TaskStatus.READY:
            return seen.result
        meaning = _meaning(seen)
        if meaning.kind is Class.LINK:
            raise LinkLost(words(meaning))
        raise refusal(meaning)


def _meaning(seen: TaskResult, *, turns_shift: bool = False) -> Meaning:
    """Raises LinkLost for a task that somebody stopped: no one says whether it had begun."""
    if seen.status is not TaskStatus.ERROR:
        raise LinkLost(f"the server's task was {seen.status}")
    return meaning_of(seen.error.code, seen.error.description, turns_shift=turns_shift)
