"""What BufferActor is asked of hand-overs. Each question does its own work in the store's transaction."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import TypeVar

from actors.mailbox import Ask
from drivers.store.handovers import Begun, Chained, Handover, Handovers
from drivers.store.records import DiskFull

R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Question(Ask[R]):
    @abstractmethod
    def do(self, handovers: Handovers) -> R:
        """The answer."""


@dataclass(frozen=True, eq=False)
class Begin(Question[Begun | Chained | DiskFull]):
    """`stand_in` takes the sales of `pos_id` from the moment this is durable."""

    pos_id: str
    stand_in: str
    who: str
    reason: str

    def do(self, handovers: Handovers) -> Begun | Chained:
        return handovers.begin(self.pos_id, self.stand_in, self.who, self.reason)


@dataclass(frozen=True, eq=False)
class End(Question[Handover | DiskFull | None]):
    """`pos_id` prints its own sales again. None: they were never handed over."""

    pos_id: str
    who: str

    def do(self, handovers: Handovers) -> Handover | None:
        return handovers.end(self.pos_id, self.who)


@dataclass(frozen=True, eq=False)
class StandIn(Question[str | None]):
    """Who prints the sales of `pos_id` now; None: itself."""

    pos_id: str

    def do(self, handovers: Handovers) -> str | None:
        return handovers.stand_in(self.pos_id)


@dataclass(frozen=True, eq=False)
class List(Question[list[Handover]]):
    """Those in force first, then the newest."""

    def do(self, handovers: Handovers) -> list[Handover]:
        return handovers.listed()
