"""Hand-overs on disk: which register takes whose sales, since when, and who said so.

A row is both the fact and its record: who began it and why, who ended it. Nothing is ever removed from here; a shop
writes a few a year.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update

from drivers.store.schema import handovers, receipts
from protocols.life import State
from protocols.till import Work

LISTED = 100  # the newest so many, those in force before all others

OPEN = (State.ACCEPTED, State.PRINTING, State.UNKNOWN)

_IN_FORCE = handovers.c.ended_at.is_(None)
_OF = select(handovers).where(handovers.c.pos_id == bindparam("pos_id")).order_by(handovers.c.number.desc()).limit(1)
_STAND_IN = select(handovers.c.stand_in).where(handovers.c.pos_id == bindparam("pos_id"), _IN_FORCE)
_LIST = select(handovers).order_by(_IN_FORCE.desc(), handovers.c.number.desc()).limit(LISTED)
_CHAINS = (
    select(handovers)
    .where(
        _IN_FORCE,
        or_(handovers.c.pos_id == bindparam("stand_in"), handovers.c.stand_in == bindparam("pos_id")),
    )
    .limit(1)
)
_BEGIN = insert(handovers).returning(handovers)
_END = (
    update(handovers)
    .where(handovers.c.pos_id == bindparam("of"), _IN_FORCE)
    .values(ended_at=bindparam("now"), ended_by=bindparam("by"))
)
_STAYS = (
    select(receipts.c.id, receipts.c.state)
    .where(
        receipts.c.pos_id == bindparam("pos_id"), receipts.c.state.in_(OPEN), receipts.c.kind.not_in([*map(str, Work)])
    )
    .order_by(receipts.c.number)
)


@dataclass(frozen=True, slots=True)
class Handover:
    """The sales of `pos_id` are printed by `stand_in`, in force while `ended_at` is None. Times are aware, UTC."""

    pos_id: str
    stand_in: str
    who: str
    reason: str
    began_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Stays:
    """A receipt whose fate was open when its register was put aside: it stays with that register and its key."""

    receipt_id: str
    state: State


@dataclass(frozen=True, slots=True)
class Begun:
    """In force. `stays`: what the register that was put aside still has in hand, oldest first."""

    handover: Handover
    stays: tuple[Stays, ...]


@dataclass(frozen=True, slots=True)
class Chained:
    """Not begun: another hand-over, in force, has one of the two registers in it."""

    by: Handover


class Handovers:
    """On one connection, inside of a transaction. `now` gives the wall clock as an aware datetime."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection, self._now = connection, now

    def begin(self, pos_id: str, stand_in: str, who: str, reason: str) -> Begun | Chained:
        """From now on only `stand_in` may claim the sales of `pos_id`. Begun twice, it stays as it was begun.

        No chains: a register stands in for others or is put aside, never both, so a sale has one way to go.
        """
        found = self._latest(pos_id)
        if found is None or found.ended_at is not None:
            chain = self._connection.execute(_CHAINS, {"pos_id": pos_id, "stand_in": stand_in}).first()
            if chain is not None:
                return Chained(_handover(chain))
            row = {"pos_id": pos_id, "stand_in": stand_in, "who": who, "reason": reason, "began_at": self._stamp()}
            found = _handover(self._connection.execute(_BEGIN, row).one())
        elif found.stand_in != stand_in:
            return Chained(found)
        stays = self._connection.execute(_STAYS, {"pos_id": pos_id})
        return Begun(found, tuple(Stays(row.id, State(row.state)) for row in stays))

    def end(self, pos_id: str, who: str) -> Handover | None:
        """The register prints its own sales again. Ended twice, it stays as it was ended; None: there never was one."""
        self._connection.execute(_END, {"of": pos_id, "now": self._stamp(), "by": who})
        return self._latest(pos_id)

    def stand_in(self, pos_id: str) -> str | None:
        """Who prints its sales now; None: itself."""
        return self._connection.execute(_STAND_IN, {"pos_id": pos_id}).scalar()

    def listed(self) -> list[Handover]:
        """Those in force first, then the newest."""
        return [_handover(row) for row in self._connection.execute(_LIST)]

    def _latest(self, pos_id: str) -> Handover | None:
        row = self._connection.execute(_OF, {"pos_id": pos_id}).first()
        return None if row is None else _handover(row)

    def _stamp(self) -> int:
        return int(self._now().timestamp() * 1000)


def _handover(row: Row[Any]) -> Handover:
    ended_at = None if row.ended_at is None else _time(row.ended_at)
    return Handover(row.pos_id, row.stand_in, row.who, row.reason, _time(row.began_at), ended_at, row.ended_by)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
