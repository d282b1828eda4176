from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import pytest

from protocols.shtrih.codecs import (
    S16,
    U8,
    U16,
    Array,
    Clock,
    DateDmy,
    DateYmd,
    MaybeMoney,
    Moment,
    Money,
    Number,
    Optional,
    Quantity,
    Raw,
    Rest,
    Scaled,
    ascii_text,
    printable,
    rest_text,
    text,
)
from protocols.shtrih.drive import FiscalDriveExpiry
from protocols.shtrih.layout import LayoutError, Nested, pack, unpack


@dataclass(frozen=True)
class Sums:
    price: Money
    total: MaybeMoney
    discount: S16
    quantity: Quantity


@dataclass(frozen=True)
class Times:
    day: DateDmy
    fiscal_day: DateYmd
    moment: Moment
    clock: Clock


@dataclass(frozen=True)
class Names:
    fixed: Annotated[str, text(4)]
    serial: Annotated[str, ascii_text(4)]
    line: Annotated[str, rest_text(least=2, most=6)]


@dataclass(frozen=True)
class Blocks:
    pair: Annotated[tuple[int, ...], Array(2, Number(2))]
    raw: Annotated[bytes, Raw(2)]
    rest: Annotated[bytes, Rest(most=3)]


@dataclass(frozen=True)
class Group:
    number: U16


@dataclass(frozen=True)
class Grown:
    group: Annotated[Group | None, Optional(Nested(Group), leaving=1)]
    end: U8


def test_sums_are_little_endian_kopecks() -> None:
    sums = Sums(550_00, 1, -1, Decimal("1.5"))

    packed = pack(sums)

    assert packed == bytes.fromhex("D8D6000000 0100000000 FFFF 60E316000000")
    assert unpack(Sums, packed) == sums


def test_a_sum_left_to_the_register_is_all_ff() -> None:
    assert pack(Sums(0, None, 0, Decimal(0)))[5:10] == b"\xff" * 5


def test_a_quantity_finer_than_its_field_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"Sums\.quantity: 1E-7 has more than 6 decimal places"):
        pack(Sums(0, 0, 0, Decimal("0.0000001")))


@pytest.mark.parametrize("quantity", [Decimal("NaN"), Decimal("Infinity"), Decimal(-1), Decimal(10**9)])
def test_a_quantity_that_is_none_is_refused(quantity: Decimal) -> None:
    with pytest.raises(LayoutError, match=r"Sums\.quantity"):
        pack(Sums(0, 0, 0, quantity))


def test_a_negative_sum_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"Sums\.price"):
        pack(Sums(-1, 0, 0, Decimal(0)))


def test_old_quantities_have_three_places() -> None:
    assert Scaled(5, 3).pack(Decimal("1.25")) == b"\xe2\x04\0\0\0"


def test_dates_have_the_order_of_their_command_family() -> None:
    times = Times(
        date(2026, 11, 20),
        date(2026, 11, 20),
        datetime.fromisoformat("2026-11-20T14:05"),
        datetime.fromisoformat("2026-11-20T14:05:59"),
    )

    packed = pack(times)

    assert packed == bytes.fromhex("140B1A 1A0B14 1A0B140E05 140B1A0E053B")
    assert unpack(Times, packed) == times


def test_a_date_of_zeros_is_no_date() -> None:
    assert unpack(Times, bytes(17)) == Times(None, None, None, None)
    assert pack(Times(None, None, None, None)) == bytes(17)


def test_an_impossible_date_is_named() -> None:
    with pytest.raises(LayoutError, match=r"Times\.fiscal_day"):
        unpack(Times, bytes.fromhex("140B1A 1A0D14") + bytes(11))


def test_a_year_that_has_no_byte_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"Times\.day"):
        pack(Times(date(1999, 1, 1), None, None, None))


def test_texts_fill_their_fields_with_zeros() -> None:
    packed = pack(Names("Ёж", "12", "я"))

    assert packed == b"\xa8\xe6\0\0" + b"12\0\0" + b"\xff\0"
    assert unpack(Names, packed) == Names("Ёж", "12", "я")


def test_a_text_ends_at_its_zero_and_its_trailing_spaces_do_not_count() -> None:
    assert unpack(Names, b"a  \0" + b"9\0\0\0" + b"b\0cd") == Names("a", "9", "b")
    assert unpack(Names, b"a   " + b"12  " + b" b  ") == Names("a", "12", " b")


@pytest.mark.parametrize("names", [Names("слово", "", ""), Names("", "12345", ""), Names("", "", "1234567")])
def test_a_text_longer_than_its_field_is_refused(names: Names) -> None:
    with pytest.raises(LayoutError, match="at most"):
        pack(names)


def test_a_letter_that_cp1251_lacks_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"Names\.fixed"):
        pack(Names("5₽", "", ""))


def test_a_byte_that_cp1251_lacks_is_read_as_a_replacement_mark() -> None:
    assert unpack(Names, b"\x98\0\0\0" + bytes(6)).fixed == "\ufffd"


def test_printable_text_fits_and_can_be_written() -> None:
    assert printable("5₽ за яблоко", 7) == "5? за я"


def test_arrays_and_bytes_lie_one_after_another() -> None:
    blocks = Blocks((1, 2), b"ab", b"cde")

    assert pack(blocks) == b"\1\0\2\0abcde"
    assert unpack(Blocks, b"\1\0\2\0abcde") == blocks


@pytest.mark.parametrize(
    "blocks", [Blocks((1,), b"ab", b""), Blocks((1, 2), b"a", b""), Blocks((1, 2), b"ab", b"cdef")]
)
def test_blocks_of_wrong_size_are_refused(blocks: Blocks) -> None:
    with pytest.raises(LayoutError):
        pack(blocks)


def test_what_an_older_answer_lacks_in_the_middle_is_none() -> None:
    assert unpack(Grown, b"\7") == Grown(None, 7)
    assert unpack(Grown, b"\1\0\7") == Grown(Group(1), 7)
    assert pack(Grown(None, 7)) == b"\7"


def test_nothing_follows_an_end_that_was_left_out() -> None:
    with pytest.raises(LayoutError, match="without reregistrations_left"):
        pack(FiscalDriveExpiry(None, None, 3))


def test_bytes_too_many_are_an_error_only_to_who_wants_exactness() -> None:
    assert unpack(Group, b"\1\0\2") == Group(1)
    with pytest.raises(LayoutError, match="Group: 1 bytes too many"):
        unpack(Group, b"\1\0\2", exact=True)


def test_the_error_says_which_field_of_what_lacks_how_much() -> None:
    with pytest.raises(LayoutError, match=r"Group\.number: needs 2 bytes, 1 left") as error:
        unpack(Group, b"\1")

    assert (error.value.message, error.value.field) == ("Group", "number")
