"""The words for each move of an order, English and Russian. Impersonal: a receipt and a shift are told the same way."""

import re
from collections.abc import Callable
from typing import NamedTuple

from protocols import details
from protocols.life import CONFIRMED, INTERRUPTED, State


class Words(NamedTuple):
    message: str
    message_ru: str


REASONS = [
    (re.compile(r"answer (\d+) ?(.*)", re.DOTALL), r"ОФД ответил кодом \1 \2"),
    (re.compile(r"no answer within (\S+) s"), r"ОФД не ответил за \1 с"),
    (re.compile(re.escape(INTERRUPTED)), "отправка прервалась"),
    (re.compile("the gateway stopped"), "шлюз останавливали"),
    (re.compile("none of the attempts to deliver it came to an end"), "ни одна попытка не дошла до конца"),
]
"""Why a delivery failed, as those who deliver say it. What is in no row stays as it was said."""

ENDS = {
    State.SYNCED: Words("delivered to the OFD", "доставлено в ОФД"),
    State.DONE: Words("printed", "напечатано"),
    State.REJECTED: Words("refused, nothing was printed", "отказ, ничего не напечатано"),
    State.DEAD: Words("never delivered to the OFD", "в ОФД так и не доставлено"),
}


def of_move(before: State | None, state: State, detail: str | None) -> Words:
    """`before`: the state it came from; None for the first."""
    what, who = details.parted(detail)
    words = WORDS[state](before, what.removesuffix("."))  # it stands within a sentence
    return words if who is None else Words(f"{words.message} So {who} decided.", f"{words.message_ru} Решение: {who}.")


def of_gone(state: State) -> Words:
    """Of one whose moves are no longer kept."""
    end = ENDS[state]
    return Words(
        f"Taken then; its end: {end.message}. What happened in between is no longer kept.",
        f"Принято тогда; чем кончилось: {end.message_ru}. Подробности уже не хранятся.",
    )


def of_gap(moves: int) -> Words:
    return Words(f"{moves} more moves in between are not shown.", f"Ещё событий между ними, не показано: {moves}.")


def _accepted(before: State | None, _: str) -> Words:
    if before is None:
        return Words("Taken, and kept on disk.", "Принято и записано на диск.")
    return Words(
        "The register has no document of it; it is to be printed.",
        "В ККТ такого документа нет; будет напечатано.",
    )


def _printing(before: State | None, _: str) -> Words:
    return Words("Given to the register.", "Передано в ККТ на печать.")


def _pending(before: State | None, what: str) -> Words:
    if before in (State.PRINTING, State.UNKNOWN):
        paper = _document(what)
        return Words(
            f"Printed{paper.message}. Waits for the OFD.", f"Напечатано{paper.message_ru}. Ждёт отправки в ОФД."
        )
    if before is State.DEAD:
        return Words("To be sent to the OFD again.", "Снова поставлено в очередь на отправку в ОФД.")
    return Words(
        f"An attempt to deliver failed: {what}. It is repeated by itself.",
        f"Отправить не удалось: {_reason(what)}. Попытка повторится сама.",
    )


def _syncing(before: State | None, _: str) -> Words:
    return Words("On its way to the OFD.", "Отправляется в ОФД.")


def _synced(before: State | None, what: str) -> Words:
    if what == CONFIRMED:
        return Words(
            "Delivered: the fiscal drive has the OFD's confirmation.",
            "Доставлено: в фискальном накопителе есть подтверждение ОФД.",
        )
    return Words(f"Delivered to the OFD, where it is {what}.", f"Доставлено в ОФД, номер там: {what}.")


def _done(before: State | None, what: str) -> Words:
    paper = _document(what)
    return Words(f"Printed{paper.message}.", f"Напечатано{paper.message_ru}.")


def _rejected(before: State | None, what: str) -> Words:
    return Words(f"Nothing was printed: {what}.", f"Ничего не напечатано: {what}.")


def _unknown(before: State | None, what: str) -> Words:
    return Words(
        f"The register cannot tell whether it was printed: {what}. A person must look at the paper and say so.",
        "ККТ не может сказать, напечатано ли это. Нужно посмотреть на ленту и решить.",
    )


def _dead(before: State | None, what: str) -> Words:
    return Words(
        f"Not delivered, and not tried any more: {what}. It waits for a person.",
        f"Не доставлено, попытки кончились: {_reason(what)}. Ждёт решения человека.",
    )


WORDS: dict[State, Callable[[State | None, str], Words]] = {
    State.ACCEPTED: _accepted,
    State.PRINTING: _printing,
    State.PENDING: _pending,
    State.SYNCING: _syncing,
    State.SYNCED: _synced,
    State.DONE: _done,
    State.REJECTED: _rejected,
    State.UNKNOWN: _unknown,
    State.DEAD: _dead,
}


def _document(what: str) -> Words:
    """As what it is on paper, in the middle of a sentence."""
    if found := details.DOCUMENT.fullmatch(what):
        return Words(
            f" as document {found['fd']}, sign {found['fp']}", f": документ № {found['fd']}, ФПД {found['fp']}"
        )
    if found := details.SLIP.fullmatch(what):
        return Words(f" as slip {found['number']} of the shift", f": квитанция № {found['number']} смены")
    return Words("", "")


def _reason(what: str) -> str:
    for pattern, russian in REASONS:
        if found := pattern.fullmatch(what):
            return found.expand(russian).strip()
    return what
