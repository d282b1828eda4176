"""The catalogue of the driver's errors: whole, in Russian, and each with what it says of the task."""

import pytest

from protocols.atol.error_texts import ERRORS
from protocols.atol.errors import (
    ABOUT_SHIFTS,
    DOUBTFUL,
    MENDED_BY_OFD,
    NO_DOCUMENT,
    PASSING,
    Class,
    meaning_of,
)

BLOCKING = [2, 3, 4, 15, *range(115, 120), 133, 134, 135, 138, 159, 44, 45, 46, 114, 241, 166, 177]
"""What makes the server itself look whether the document came to be (its old sources; Web Requests 1.0.4.0), without
the end of a drive's life, the clock and the shift: those are found before anything is made."""


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_error_has_a_class_a_name_and_russian_words(code: int) -> None:
    meaning = meaning_of(code)

    assert meaning.name.isupper()
    assert any("а" <= sign <= "я" for sign in meaning.text)
    assert meaning.advice.endswith(".")


@pytest.mark.parametrize("code", BLOCKING)
def test_error_that_makes_the_server_itself_look_is_doubt(code: int) -> None:
    assert meaning_of(code).doubtful


@pytest.mark.parametrize("code", [68, 73, 227, 66, 80, 409, 501, 96, 120, 62])
def test_error_that_the_task_earned_is_no_doubt(code: int) -> None:
    assert not meaning_of(code).doubtful


def test_unknown_error_is_doubt_in_the_servers_own_words() -> None:
    meaning = meaning_of(9999, "Новая ошибка")

    assert (meaning.text, meaning.doubtful, meaning.passing) == ("Новая ошибка", True, False)


def test_nothing_is_both_doubtful_and_passing() -> None:
    assert not DOUBTFUL & PASSING
    assert not any(meaning_of(code).doubtful and meaning_of(code).passing for code in ERRORS)


@pytest.mark.parametrize("code", sorted(ABOUT_SHIFTS))
def test_shift_as_it_was_to_be_is_final_for_work_on_shifts_only(code: int) -> None:
    assert not meaning_of(code, turns_shift=True).passing


def test_drive_that_waits_for_the_ofd_passes_and_one_at_its_end_does_not() -> None:
    assert all(meaning_of(code).passing for code in MENDED_BY_OFD)
    assert not any(meaning_of(code).passing for code in (120, 121, 136, 137, 224))
    assert meaning_of(120).kind is Class.DRIVE_END


def test_missing_document_is_no_doubt() -> None:
    assert not any(meaning_of(code).doubtful for code in NO_DOCUMENT)
