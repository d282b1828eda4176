"""Children for supervisors under test: they note what happens to them and fail when told."""

from dataclasses import dataclass, field
from random import Random

import trio

from actors.mailbox import Ask, Mailbox, turn
from supervisors.ledger import Budget
from supervisors.supervisor import Child, Kind, Lifecycle, Start, Strategy, Supervised, Supervisor

PATIENT = Budget(restarts=10, per=60.0, backoff=1.0, ceiling=8.0)


@dataclass(frozen=True, eq=False)
class Echo(Ask[str]):
    """Answered with the text and the incarnation that took it."""

    text: str = ""


@dataclass(frozen=True)
class Fail:
    """Raised by whoever takes it."""

    error: Exception


@dataclass(frozen=True)
class Work:
    """Takes so many seconds."""

    seconds: float


class Boom(Exception):
    """A bug."""


@dataclass
class House:
    """Several actors, their mailboxes, and everything that happened: `events` by supervisors, `ran` by actors."""

    events: list[Lifecycle] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    boxes: dict[str, Mailbox[object]] = field(default_factory=dict)
    incarnations: dict[str, int] = field(default_factory=dict)
    fail_starts: dict[str, int] = field(default_factory=dict)  # how many starts of this one fail yet
    slow_starts: dict[str, float] = field(default_factory=dict)  # seconds

    def actor(self, name: str, kind: Kind = Kind.PERMANENT, grace: float = 5.0) -> Child:
        self.boxes[name] = Mailbox(name, 8)
        return Child(name, self._start(name), self.boxes[name], kind, grace)

    def actors(self, *names: str) -> list[Child]:
        return [self.actor(name) for name in names]

    def supervisor(
        self,
        *children: Supervised,
        strategy: Strategy = Strategy.ONE_FOR_ONE,
        budget: Budget = PATIENT,
        name: str = "top",
        kind: Kind = Kind.PERMANENT,
    ) -> Supervisor:
        return Supervisor(name, strategy, budget, children, watch=self.events.append, kind=kind, random=Random(1))

    def tell(self, name: str, message: object) -> None:
        self.boxes[name].address.tell(message)

    async def ask(self, name: str, text: str = "") -> str:
        return await self.boxes[name].address.ask(Echo(text), within=60)

    def happened(self, *kinds: str) -> list[tuple[str, str]]:
        return [(each.child, each.event) for each in self.events if not kinds or each.event in kinds]

    def crash(self, name: str) -> None:
        self.tell(name, Fail(Boom(name)))

    def _start(self, name: str) -> Start:
        async def start(*, task_status: trio.TaskStatus[None]) -> None:
            self.incarnations[name] = self.incarnations.get(name, 0) + 1
            await trio.sleep(self.slow_starts.get(name, 0))
            if self.fail_starts.get(name, 0) > 0:
                self.fail_starts[name] -= 1
                raise Boom(f"{name} did not start")
            task_status.started()
            self.ran.append(f"{name} began")
            try:
                await self._serve(name)
            finally:
                self.ran.append(f"{name} ended")

        return start

    async def _serve(self, name: str) -> None:
        async for message in self.boxes[name].inbox:
            with turn(message):
                match message:
                    case Echo(text=text):
                        message.answer(f"{text}{self.incarnations[name]}")
                    case Fail(error=error):
                        raise error
                    case Work(seconds=seconds):
                        await trio.sleep(seconds)
                        self.ran.append(f"{name} worked")
                    case "end":
                        return
