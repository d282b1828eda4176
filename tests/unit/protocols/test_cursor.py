"""Cursors: good for the list that gave them, and for nothing else."""

from base64 import urlsafe_b64encode

import pytest

from protocols import cursor
from protocols.api import BadRequest


@pytest.mark.parametrize("number", [0, 1, 200_000, 2**63 - 1])
def test_a_cursor_is_read_back_in_its_own_list(number: int) -> None:
    assert cursor.read(cursor.write(number, "all"), "all") == number


@pytest.mark.parametrize(
    "text", ["", "x", "не курсор", "AAAA", "=", cursor.write(5, "dead"), urlsafe_b64encode(b"\0" * 12).decode()]
)
def test_what_this_list_did_not_give_is_a_bad_parameter_that_is_named(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        cursor.read(text, "all")

    assert refused.value.code == "INVALID_PARAMETER"
    assert refused.value.details == [{"field": "cursor", "problem": refused.value.message.removeprefix("cursor: ")}]
