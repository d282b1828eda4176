"""What can befall an order while every promise is kept, and histories made of it."""

from collections.abc import Callable

from hypothesis import strategies as st

from protocols.audit.witnesses import OTHER, Outcome
from protocols.life import RETRIED, State
from protocols.receipt import Kind
from protocols.till import Work
from tests.unit.protocols.audit.history import (
    ACCEPTED,
    NO_ROOM,
    NOON,
    ONE,
    PENDING,
    PRINTING,
    REFUSED,
    REUSED,
    TWO,
    History,
)

Heard = list[int | None]

NOTHING = (Outcome(NOON), Outcome(NOON, 503, b"{}"))
SUMS = (100, 200)  # they repeat: what is right by its content alone is not right by its number
HEARD: tuple[Heard, ...] = ([200], [None, 200], [503, 200, 200], [None], [])
LAST_FATES = ("in doubt", "in doubt on paper", "unknown", "unknown on paper")


Fate = Callable[[History, int, str, Heard], object]
"""Gets the sum, the register, and what the till hears."""


def sold(kind: str) -> Fate:
    return lambda history, kopecks, pos_id, heard: history.sells(kopecks, pos_id, kind, heard)


def buried(kind: str) -> Fate:
    return lambda history, kopecks, pos_id, heard: history.buries(history.sells(kopecks, pos_id, kind, heard))


def never_came(history: History, kopecks: int, pos_id: str, _: object) -> None:
    history.asks_in_vain(kopecks, *NOTHING, Outcome(NOON, 503, NO_ROOM), pos_id=pos_id)


def wrong_request(history: History, kopecks: int, pos_id: str, _: object) -> None:
    history.asks_in_vain(kopecks, Outcome(NOON, 422, REFUSED), pos_id=pos_id)


def other_body(history: History, kopecks: int, pos_id: str, heard: Heard) -> None:
    row = history.sells(kopecks, pos_id, heard=heard)
    history.asks_in_vain(kopecks + 1, Outcome(NOON), Outcome(NOON, 409, REUSED), pos_id=pos_id, key=row.key)


def recovered(history: History, kopecks: int, pos_id: str, _: object) -> None:
    row = history.prints(kopecks, pos_id, before=[ACCEPTED, PRINTING])
    history.asks(row, Outcome(NOON))
    history.delivers(row)


def decided(history: History, kopecks: int, pos_id: str, _: object) -> None:
    row = history.prints(kopecks, pos_id, before=[State.UNKNOWN])
    history.undecidable.add(row.receipt_id)
    history.asks(row, *NOTHING)
    history.delivers(row)


def dead(history: History, kopecks: int, pos_id: str, _: object) -> None:
    row = history.dies(history.prints(kopecks, pos_id))
    history.asks(row, Outcome(NOON, 200, row.answer))


def brought_back(history: History, kopecks: int, pos_id: str, _: object) -> None:
    row = history.moves(history.dies(history.prints(kopecks, pos_id)), PENDING, RETRIED)
    history.asks(row, Outcome(NOON, 200, row.answer))
    history.delivers(history.changes(row, attempts=0))


FATES: dict[str, Fate] = {
    **{kind: sold(kind) for kind in (*Kind, *Work)},
    **{f"{kind} buried": buried(kind) for kind in (*Kind, *Work)},
    "rejected": lambda history, kopecks, pos_id, _: history.rejects(kopecks, pos_id),
    "rejected and buried": lambda history, kopecks, pos_id, _: history.buries(history.rejects(kopecks, pos_id)),
    "never came": never_came,
    "wrong request": wrong_request,
    "other body": other_body,
    "recovered": recovered,
    "decided": decided,
    "dead": dead,
    "brought back": brought_back,
    "shift turned": lambda history, _, pos_id, __: history.shift_turns(pos_id),
    "a stranger's": lambda history, kopecks, pos_id, _: history.stranger_prints(kopecks, pos_id),
    "of no order": lambda history, _, pos_id, __: history.puts_on_paper(pos_id, OTHER),
}


def end_in(history: History, fate: str, kopecks: int, pos_id: str) -> None:
    """What only the last order of a register can be left in."""
    row = history.begins(kopecks, pos_id)
    if fate.startswith("unknown"):
        row = history.moves(row, State.UNKNOWN)
        history.undecidable.add(row.receipt_id)
    history.asks(row, *NOTHING)
    if fate.endswith("on paper"):
        history.puts_on_paper(pos_id, Kind.SALE, kopecks)


CIRCUMSTANCES = st.tuples(st.sampled_from(SUMS), st.sampled_from((ONE, TWO)), st.sampled_from(HEARD))
STEPS = st.builds(lambda fate, how: (fate, *how), st.sampled_from(sorted(FATES)), CIRCUMSTANCES)


@st.composite
def histories(draw: st.DrawFn, *, settled: bool = False, of_all: bool = False) -> History:
    """`settled`: nothing is left half done. `of_all`: every fate is among them, so that there is what to damage."""
    history = History()
    steps = draw(st.lists(STEPS, max_size=12))
    if of_all:
        steps += [(fate, *draw(CIRCUMSTANCES)) for fate in draw(st.permutations(sorted(FATES)))]
    for fate, kopecks, pos_id, heard in steps:
        FATES[fate](history, kopecks, pos_id, heard)
    for pos_id in (ONE, TWO):
        last = draw(st.none() | st.sampled_from([fate for fate in LAST_FATES if "unknown" in fate or not settled]))
        if last is not None:
            end_in(history, last, draw(st.sampled_from(SUMS)), pos_id)
    return history
