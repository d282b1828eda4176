"""Damages to an honest history: each gives the properties of which one at least must show as broken."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import assume

from protocols.audit.properties import Property
from protocols.audit.witnesses import Outcome, StoredReceipt, TillRequest
from protocols.life import State
from protocols.receipt import Kind
from tests.unit.protocols.audit.history import NOON, ONE, PENDING, REFUSED, SYNCED, SYNCING, TWO, History

T = TypeVar("T")
Choice = Callable[[list[Any]], Any]
"""Takes one of these; the list is not empty."""


STRAY = {Property.P1, Property.P5, Property.P6, Property.P7, Property.P18}
"""With equal sums about, a document too many may be the one of this receipt or of another that was refused."""


def heard_yes(history: History) -> list[TillRequest]:
    return [request for request in history.tills if any(outcome.status == 200 for outcome in request.outcomes)]


def rows(history: History, *states: State) -> list[StoredReceipt]:
    return [row for row in history.rows if row.state in states and row.kind == Kind.SALE]


def certain(history: History, *states: State) -> list[StoredReceipt]:
    """Without those whose second document could as well be that of another receipt, which is in doubt."""
    in_doubt = {(row.pos_id, row.total_kopecks) for row in rows(history, State.PRINTING, State.UNKNOWN)}
    return [row for row in rows(history, *states) if (row.pos_id, row.total_kopecks) not in in_doubt]


def some(candidates: list[T], choose: Choice) -> T:
    assume(candidates)
    chosen: T = choose(candidates)
    return chosen


def print_again(history: History, choose: Choice) -> set[Property]:
    row = some(certain(history, SYNCED, State.DEAD), choose)
    history.puts_on_paper(row.pos_id, row.kind, row.total_kopecks)
    return STRAY


def print_rejected(history: History, choose: Choice) -> set[Property]:
    row = some(certain(history, State.REJECTED), choose)
    history.puts_on_paper(row.pos_id, row.kind, row.total_kopecks)
    return STRAY


def print_for_nobody(history: History, choose: Choice) -> set[Property]:
    assume(any(row.pos_id == ONE for row in history.rows))
    history.puts_on_paper(ONE, Kind.SALE, 98_765)
    return {Property.P2}


def lose_row(history: History, choose: Choice) -> set[Property]:
    answered = {request.key for request in heard_yes(history)}
    row = some([row for row in history.rows if row.key in answered], choose)
    history.rows.remove(row)
    return {Property.P14}


def lose_paper(history: History, choose: Choice) -> set[Property]:
    row = some(rows(history, SYNCED, State.DEAD), choose)
    journal = history.journals[row.pos_id]
    journal[:] = [entry for entry in journal if entry.fd != row.fd]
    return {Property.P2}


def skip_number(history: History, choose: Choice) -> set[Property]:
    pos_id = some([pos_id for pos_id in (ONE, TWO) if history.baseline(pos_id).fd], choose)
    history.stranger_prints(1, pos_id)
    history.stranger_prints(2, pos_id)
    history.journals[pos_id].pop(-2)
    return {Property.P10}


def change_answer(history: History, choose: Choice) -> set[Property]:
    request = some(heard_yes(history), choose)
    changed = [
        replace(each, body=(each.body or b"") + b" ") if each.status == 200 else each for each in request.outcomes
    ]
    hear(history, request, *changed)
    return {Property.P4}


def swap_answers(history: History, choose: Choice) -> set[Property]:
    one = some([request for request in heard_yes(history) if request.kind == Kind.SALE], choose)
    other = some([request for request in heard_yes(history) if request.kind == Kind.SALE and request != one], choose)
    hear(history, one, *other.outcomes)
    hear(history, other, *one.outcomes)
    return {Property.P4}  # and P3, where the sums differ


def turn_yes_into_no(history: History, choose: Choice) -> set[Property]:
    request = some(heard_yes(history), choose)
    hear(history, request, *request.outcomes, Outcome(NOON, 422, REFUSED))
    return {Property.P4}


def hear(history: History, request: TillRequest, *outcomes: Outcome) -> None:
    history.tills[history.tills.index(request)] = replace(request, outcomes=outcomes)


def share_document(history: History, choose: Choice) -> set[Property]:
    row = some(rows(history, SYNCED), choose)
    history.changes(row, fd=some([other.fd for other in rows(history, SYNCED) if other.fd != row.fd], choose))
    return {Property.P10, Property.P2, Property.P3}


def double_delivery(history: History, choose: Choice) -> set[Property]:
    history.ofd.append(some(history.ofd, choose))
    return {Property.P9}


def lose_delivery(history: History, choose: Choice) -> set[Property]:
    history.ofd.remove(some(history.ofd, choose))
    return {Property.P9}


def swap_deliveries(history: History, choose: Choice) -> set[Property]:
    alive = {row.numbers for row in history.rows if all(event.state is not State.DEAD for event in row.events)}
    places = [n for n, entry in enumerate(history.ofd) if entry.fn.endswith("1") and entry.numbers in alive]
    one = some(places, choose)
    other = some([n for n in places if n != one], choose)
    history.ofd[one], history.ofd[other] = history.ofd[other], history.ofd[one]
    return {Property.P9}


def forge_sign(history: History, choose: Choice) -> set[Property]:
    place = some(list(range(len(history.ofd))), choose)
    history.ofd[place] = replace(history.ofd[place], fp="0000000000")
    return {Property.P9}


def jump(history: History, choose: Choice) -> set[Property]:
    row = some(rows(history, SYNCED), choose)
    history.changes(row, events=tuple(event for event in row.events if event.state is not SYNCING))
    return {Property.P15}


def move_in_silence(history: History, choose: Choice) -> set[Property]:
    row = some(history.rows, choose)
    history.changes(row, state=PENDING if row.state is not PENDING else SYNCED)
    return {Property.P15}


def bury_alive(history: History, choose: Choice) -> set[Property]:
    row = some(rows(history, State.DEAD), choose)
    first = [event for event in row.events if event.state is not State.DEAD][:-4]
    history.changes(row, events=(*first, row.events[-1]), attempts=18)
    return {Property.P20}


def print_while_halted(history: History, choose: Choice) -> set[Property]:
    row = some(rows(history, State.UNKNOWN), choose)
    history.sells(300, row.pos_id)
    return {Property.P12}


def use_key_twice(history: History, choose: Choice) -> set[Property]:
    row = some(rows(history, SYNCED), choose)
    history.asks(row, Outcome(NOON, 200, row.answer))  # in case its till had walked away
    history.asks_in_vain(row.total_kopecks, Outcome(NOON, 200, row.answer), pos_id=row.pos_id, key=row.key)
    return {Property.P7}


Damage = Callable[[History, Choice], set[Property]]

DAMAGES: tuple[Damage, ...] = (
    print_again,
    print_rejected,
    print_for_nobody,
    lose_row,
    lose_paper,
    skip_number,
    change_answer,
    swap_answers,
    turn_yes_into_no,
    share_document,
    double_delivery,
    lose_delivery,
    swap_deliveries,
    forge_sign,
    jump,
    move_in_silence,
    bury_alive,
    print_while_halted,
    use_key_twice,
)
