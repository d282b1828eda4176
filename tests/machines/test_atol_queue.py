"""A gateway, restarts and all, before a server that loses calls, gets them late, stands still and stops its queue.

Whatever happens: once the queue is said to be idle, no receipt that was posted before is carried out after.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import trio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from drivers.errors import LinkError
from drivers.kkt.atol_jobs import Patience
from drivers.kkt.atol_link import AtolLink
from drivers.kkt.atol_queue import AtolQueue
from drivers.kkt.port import RegisterRefused
from tests.fakes.atol import PASSWORD, USER, FakeAtol

LINGER = 10.0
SALE = {"type": "sell", "total": 100}


@dataclass(frozen=True)
class Print:
    faults: tuple[str | int | float, ...]


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class Server:
    change: str


class Look:
    """Is the queue idle?"""


class Restart:
    """Of the gateway: a new process, which remembers nothing."""


Step = Print | Wait | Server | Look | Restart
CHANGES: dict[str, Callable[[FakeAtol], object]] = {
    "pauses": lambda server: vars(server).update(paused=True),
    "is slow": lambda server: vars(server).update(slow=True),
    "works": lambda server: vars(server).update(paused=False, slow=False),
    "blocks, done": lambda server: server.block.append((2, True)),
    "blocks, not done": lambda server: server.block.append((2, False)),
    "fails, done": lambda server: server.fail.append((44, True)),
    "refuses": lambda server: server.fail.append((227, False)),
    "unblocks": FakeAtol.unblock,
    "keeps jobs": lambda server: server.faults.setdefault("DELETE", []).append(409),
    "loses a look": lambda server: server.faults.setdefault("GET requests/", []).append("unanswered"),
    "loses a post": lambda server: server.faults.setdefault("POST requests", []).append(LINGER - 0.1),
}
FAULTS: st.SearchStrategy[str | int | float] = st.sampled_from(["lost", "unanswered", 0.4, LINGER - 0.1, 500, 401])
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.lists(FAULTS, max_size=1).map(lambda faults: Print(tuple(faults))),
        st.sampled_from([0.3, 6.0, 11.0]).map(Wait),
        st.sampled_from(sorted(CHANGES)).map(Server),
        st.builds(Look),
        st.builds(Look),
        st.builds(Restart),
    ),
    max_size=14,
)


@dataclass
class Play:
    """`printed` at each look that said "idle", of the receipts that this may say something about."""

    uncounted: bool
    server: FakeAtol = field(init=False)
    mine: list[str] = field(default_factory=list)  # receipts posted, or meant to be, by this process
    earlier: list[str] = field(default_factory=list)  # and by those before it
    believed_from: float = 0.0
    looks: list[tuple[frozenset[str], frozenset[str]]] = field(default_factory=list)
    told: dict[str, bool] = field(default_factory=dict)  # what the gateway heard: printed or not

    def __post_init__(self) -> None:
        self.server = FakeAtol(uncounted=self.uncounted)
        self.numbers = count(1)
        self._start()

    def _start(self) -> None:
        self.link = AtolLink("http://atol", USER, PASSWORD, timeout=10.0, transport=self.server)
        self.queue = AtolQueue(self.link, self._new_id, LINGER, Patience(whole=20.0, blocked=3.0, silent=3.0))
        self.last_id = ""

    def _new_id(self) -> str:
        self.last_id = f"00000000-0000-4000-8000-{next(self.numbers):012}"
        return self.last_id

    async def _open(self) -> None:
        await self.link.open()
        self.queue.reopened()

    async def run(self, steps: list[Step]) -> None:
        await self._open()
        for step in steps:
            await self._take(step)
        self.server.come_to_rest()

    async def _take(self, step: Step) -> None:
        match step:
            case Print():
                await self._print(step)
            case Wait():
                await trio.sleep(step.seconds)
            case Server():
                CHANGES[step.change](self.server)
            case Look():
                await self._look()
            case Restart():
                self.earlier += self.mine
                self.mine, self.believed_from = [], trio.current_time() + LINGER
                self._start()
                await self._open()

    async def _print(self, step: Print) -> None:
        if not await self._look():
            return  # as its caller: nothing is printed while the register is busy
        self.server.faults["POST requests"] = list(step.faults)
        try:
            await self.queue.print(SALE)
            self.told[self.last_id] = True
        except RegisterRefused:
            self.told[self.last_id] = False
        except LinkError:
            await self._open()
        self.mine.append(self.last_id)

    async def _look(self) -> bool:
        try:
            idle = await self.queue.is_idle()
        except (LinkError, RegisterRefused):
            await self._open()
            return False
        if idle:
            sure = self.mine + (self.earlier if trio.current_time() >= self.believed_from else [])
            self.looks.append((frozenset(sure), self.printed & set(sure)))
        return idle

    @property
    def printed(self) -> frozenset[str]:
        """Receipts on paper and in the drive."""
        jobs = self.server.jobs.items()
        return frozenset(uuid for uuid, job in jobs if job.task == SALE and job.result is not None)


@settings(max_examples=300, deadline=None)
@given(steps=STEPS, uncounted=st.booleans())
@example(steps=[Server("is slow"), Print(()), Restart(), Wait(11.0), Look()], uncounted=True)
@example(steps=[Print((9.9,)), Restart(), Wait(11.0), Look()], uncounted=False)
def test_what_was_posted_before_an_idle_queue_is_never_carried_out_after(steps: list[Step], uncounted: bool) -> None:
    async def scenario() -> None:
        play = Play(uncounted)
        with trio.fail_after(100_000):
            await play.run(steps)
        for sure, printed in play.looks:
            assert play.printed & sure == printed
        for uuid, told in play.told.items():
            assert (uuid in play.printed) == told

    trio.run(scenario, clock=MockClock(autojump_threshold=0))
