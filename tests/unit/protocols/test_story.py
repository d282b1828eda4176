"""The story of an order in words: each move as shop people would say it."""

from datetime import timedelta

import pytest

from protocols.life import CONFIRMED, INTERRUPTED, MOVES, RETRIED, State
from protocols.story import Happened, Story, told
from tests.samples import NOON

SOLD = [
    (State.ACCEPTED, None),
    (State.PRINTING, "after document 4 of 9999078900001234"),
    (State.PENDING, "document 5, sign 0000039595"),
]
FAILED = [(State.SYNCING, None), (State.PENDING, "no answer within 5 s")]


def story(
    *moves: tuple[State, str | None], left_out: int = 0, last: list[tuple[State, str | None]] | None = None
) -> Story:
    began, went_on = _happened(list(moves)), _happened(last or [])
    return Story(NOON, (went_on or began)[-1].state if began else State.SYNCED, began, left_out, went_on)


def _happened(moves: list[tuple[State, str | None]]) -> list[Happened]:
    return [Happened(NOON + timedelta(seconds=second), *move) for second, move in enumerate(moves)]


def said(of: Story) -> list[str]:
    return [step.message_ru for step in told(of)]


def test_a_reason_that_is_a_sentence_ends_with_one_full_stop() -> None:
    refused = story(*SOLD, (State.SYNCING, None), (State.DEAD, "answer 422 It is refused."))

    assert said(refused)[-1] == (
        "Не доставлено, попытки кончились: ОФД ответил кодом 422 It is refused. Ждёт решения человека."
    )
    assert "It is refused. It waits" in told(refused)[-1].message


def test_a_sale_is_taken_printed_and_delivered() -> None:
    delivered = story(*SOLD, (State.SYNCING, None), (State.SYNCED, "OFD-7"))

    assert said(delivered) == [
        "Принято и записано на диск.",
        "Напечатано: документ № 5, ФПД 0000039595. Ждёт отправки в ОФД.",
        "Доставлено в ОФД, номер там: OFD-7.",
    ]
    assert [step.message for step in told(delivered)] == [
        "Taken, and kept on disk.",
        "Printed as document 5, sign 0000039595. Waits for the OFD.",
        "Delivered to the OFD, where it is OFD-7.",
    ]
    assert [step.at for step in told(delivered)] == [NOON + timedelta(seconds=second) for second in (0, 2, 4)]


def test_what_is_under_way_is_told_while_it_is() -> None:
    assert said(story(*SOLD[:2]))[-1] == "Передано в ККТ на печать."
    assert said(story(*SOLD, (State.SYNCING, None)))[-1] == "Отправляется в ОФД."


def test_the_same_failure_in_a_row_is_one_step_and_another_is_one_more() -> None:
    refused = [(State.SYNCING, None), (State.PENDING, "answer 422 NO_SUCH_SHIFT: no")]

    steps = told(story(*SOLD, *FAILED * 3, *refused))

    assert [step.message_ru for step in steps[2:]] == [
        "Отправить не удалось: ОФД не ответил за 5 с. Попытка повторится сама. Раз подряд: 3.",
        "Отправить не удалось: ОФД ответил кодом 422 NO_SUCH_SHIFT: no. Попытка повторится сама.",
    ]
    assert steps[2].at == NOON + timedelta(seconds=4)


def test_a_dead_letter_says_why_and_by_whose_word_it_lives_again() -> None:
    dead = (State.DEAD, "answer 400")
    again = (State.PENDING, f"{RETRIED}; decided by Иванова")

    assert said(story(*SOLD, (State.SYNCING, None), dead, again))[2:] == [
        "Не доставлено, попытки кончились: ОФД ответил кодом 400. Ждёт решения человека.",
        "Снова поставлено в очередь на отправку в ОФД. Решение: Иванова.",
    ]


def test_a_decision_of_a_person_is_told_with_the_name() -> None:
    unknown = (State.UNKNOWN, "two documents might be it")
    printed = (State.PENDING, "document 5, sign 0000039595; decided by Петрова")

    assert said(story(*SOLD[:2], unknown, printed))[1:] == [
        "ККТ не может сказать, напечатано ли это. Нужно посмотреть на ленту и решить.",
        "Напечатано: документ № 5, ФПД 0000039595. Ждёт отправки в ОФД. Решение: Петрова.",
    ]


def test_what_was_not_printed_is_printed_anew_or_refused() -> None:
    again = [(State.ACCEPTED, "the register has no document of it"), (State.PRINTING, "after document 4 of FN")]

    assert said(story(*SOLD[:2], *again, (State.REJECTED, "смена не открыта")))[1:] == [
        "В ККТ такого документа нет; будет напечатано.",
        "Ничего не напечатано: смена не открыта.",
    ]


def test_till_work_ends_on_paper() -> None:
    assert said(story(*SOLD[:2], (State.DONE, "slip 3 of the shift")))[-1] == "Напечатано: квитанция № 3 смены."
    assert said(story(*SOLD[:2], (State.DONE, "document 8, sign 1")))[-1] == "Напечатано: документ № 8, ФПД 1."


def test_what_its_drive_confirms_is_delivered() -> None:
    assert said(story(*SOLD, (State.SYNCED, CONFIRMED)))[-1].startswith("Доставлено: в фискальном накопителе")


def test_between_the_beginning_and_the_end_of_a_long_story_a_gap_is_said() -> None:
    long = story(*SOLD, *FAILED, left_out=4000, last=[(State.PENDING, INTERRUPTED), (State.SYNCING, None)])

    assert said(long)[2:] == [
        "Отправить не удалось: ОФД не ответил за 5 с. Попытка повторится сама.",
        "Ещё событий между ними, не показано: 4000.",
        "Отправить не удалось: отправка прервалась. Попытка повторится сама.",
        "Отправляется в ОФД.",
    ]


def test_of_what_is_cleaned_up_and_forgotten_its_end_is_told() -> None:
    assert said(Story(NOON, State.SYNCED, ())) == [
        "Принято тогда; чем кончилось: доставлено в ОФД. Подробности уже не хранятся."
    ]


@pytest.mark.parametrize(("before", "after"), [(one, other) for one in State for other in sorted(MOVES[one])])
def test_every_move_that_is_drawn_has_words_in_both_languages(before: State, after: State) -> None:
    step = told(story((before, None), (after, "something")))[-1]

    assert step.message.endswith(".")
    assert any("а" <= letter <= "я" for letter in step.message_ru)
    assert step.state is after
