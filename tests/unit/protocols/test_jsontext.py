"""JSON without floats."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from protocols.jsontext import NotJson, dumps, loads, roubles


@pytest.mark.parametrize("text", [b"0.1", b"1e2", b"100.00", b"99999999.99", b"0.30000000000000004"])
def test_a_fraction_is_read_as_the_decimal_it_is(text: bytes) -> None:
    number = loads(text)

    assert isinstance(number, Decimal)
    assert number == Decimal(text.decode())


@pytest.mark.parametrize(
    "text", [b"", b"{", b"NaN", b"[1,]", b"'a'", b"\xff", b'"\\ud800"', b"9" * 5000, b"[" * 100_000, b"{} {}"]
)
def test_what_is_no_json_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(NotJson):
        loads(text)


def test_money_is_written_as_the_number_it_is() -> None:
    assert dumps({"total": roubles(30_100), "least": roubles(1)}) == b'{"total":301.00,"least":0.01}'


def test_a_time_is_written_with_its_offset() -> None:
    assert dumps(datetime(2026, 3, 1, 12, 0, tzinfo=UTC)) == b'"2026-03-01T12:00:00Z"'
