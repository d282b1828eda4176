"""Fiscal data goes both ways, and what is no fiscal data is refused where it stops being it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.ffd.dictionary import TAGS
from protocols.ffd.tags import Tag, Type
from protocols.ffd.tlv import MAX_BYTES, MAX_DEPTH, NotTlv, Tlv, Unencodable, decode, encode, first
from tests.unit.protocols.ffd.strategies import LEAVES, moment, trees

LARGEST: dict[Type, Callable[[int], Any]] = {
    Type.FVLN: lambda size: Decimal(2**56 - 1).scaleb(-6),
    Type.TEXT: lambda size: "Щ" * size,
    Type.TIME: lambda size: moment(2**32 - 1),
    Type.BYTES: lambda size: b"\xff" * size,
}


def largest(tag: Tag) -> Any:
    size = tag.size or 100
    return LARGEST[tag.type](size) if tag.type in LARGEST else 256**size - 1


@settings(deadline=None)  # a machine busy with other work is no failure
@given(trees)
def test_what_was_encoded_is_decoded(tags: tuple[Tlv, ...]) -> None:
    assert decode(encode(tags)) == tags


@pytest.mark.parametrize("tag", LEAVES, ids=lambda tag: str(tag.number))
def test_every_tag_holds_its_largest_value_and_none_larger(tag: Tag) -> None:
    value = largest(tag)

    data = encode([Tlv(tag.number, value)])

    assert decode(data) == (Tlv(tag.number, value),)
    if tag.size is not None:
        assert len(data) == 4 + tag.size


@pytest.mark.parametrize("tag", [tag for tag in LEAVES if tag.size], ids=lambda tag: str(tag.number))
def test_a_value_beyond_its_tag_is_refused_by_the_tags_number(tag: Tag) -> None:
    beyond = {Type.TEXT: lambda: largest(tag) + "!", Type.BYTES: lambda: largest(tag) + b"!"}
    value = beyond[tag.type]() if tag.type in beyond else -1 if tag.type is not Type.TIME else moment(0).replace(1969)

    with pytest.raises(Unencodable) as caught:
        encode([Tlv(tag.number, value)])

    assert caught.value.tag == tag.number


def test_every_structure_holds_tags_that_are_known() -> None:
    assert [(tag.number, held) for tag in TAGS.values() for held in tag.holds if held not in TAGS] == []


@pytest.mark.parametrize(
    ("tag", "value", "data"),
    [
        (1020, 0, "00"),
        (1020, 404_969, "e92d06"),
        (1023, Decimal("1234567.89"), "0215cd5b07"),
        (1023, Decimal("1.50"), "0296"),
        (1023, Decimal("1E+3"), "00e803"),
        (1018, "7702203276", "373730323230333237362020"),
        (1021, "Иван", "88a2a0ad"),
        (1012, datetime(2018, 2, 22, 16, 17), "fcec8e5a"),  # noqa: DTZ001 - the register's own time
        (1055, 8, "08"),
        (1290, 256, "00010000"),
        (60_000, b"\x01\x02", "0102"),
    ],
)
def test_a_value_is_written_in_these_bytes(tag: int, value: Any, data: str) -> None:
    assert encode([Tlv(tag, value)])[4:].hex() == data


@pytest.mark.parametrize(
    ("tag", "data", "value"),
    [
        (1020, "", 0),
        (1020, "c40900000000", 2500),
        (1023, "0264", Decimal(1)),
        (1023, "02", Decimal(0)),
        (1041, "39393939303738393031323334353620", "999907890123456"),
        (1203, "2020", ""),
    ],
)
def test_other_spellings_that_registers_use_are_read(tag: int, data: str, value: Any) -> None:
    raw = bytes.fromhex(data)

    assert decode(tag.to_bytes(2, "little") + len(raw).to_bytes(2, "little") + raw) == (Tlv(tag, value),)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Сыр «Российский» — 1 шт.", 'Сыр "Российский" - 1 шт.'),
        ("Crème brûlée, 5 €", "Creme brulee, 5 EUR"),
        ("Ёлка йод № 5", "Ёлка йод № 5"),
        ("10 × 20…", "10 x 20..."),
    ],
)
def test_signs_that_cp866_lacks_are_replaced_by_plain_ones(text: str, read: str) -> None:
    assert first(decode(encode([Tlv(1030, text)])), 1030) == read


@pytest.mark.parametrize(
    ("tags", "tag", "why"),
    [
        ([Tlv(1030, "Рис 米")], 1030, "знака «米» нет"),
        ([Tlv(1192, "я" * 17)], 1192, "17 знаков, а помещается 16"),
        ([Tlv(1084, (Tlv(1085, "я" * 65), Tlv(1086, "")))], 1085, "65 знаков"),
        ([Tlv(1224, tuple([Tlv(1225, "я" * 250)] * 3))], 1224, "762 байт, а помещается 512"),
        ([Tlv(1077, b"\x31\x04")], 1077, "2 байт, а нужно 6"),
        ([Tlv(1020, 2**48)], 1020, "помещается 6"),
        ([Tlv(1054, 256)], 1054, "вне пределов"),
        ([Tlv(1023, Decimal("NaN"))], 1023, "вне пределов"),
        ([Tlv(1023, Decimal("1E-256"))], 1023, "вне пределов"),
        ([Tlv(1023, Decimal("-1.5"))], 1023, "вне пределов"),
        ([Tlv(1020, "сто")], 1020, "не того типа"),
        ([Tlv(1023, 1)], 1023, "не того типа"),
        ([Tlv(1021, 5)], 1021, "не того типа"),
        ([Tlv(1174, 5)], 1174, "не того типа"),
        ([Tlv(1012, datetime(2026, 3, 1, tzinfo=UTC))], 1012, "не того типа"),
        ([Tlv(60_000, 5)], 60_000, "не того типа"),
        ([Tlv(60_000, b"!" * 65_536)], 60_000, "длина 65536"),
        ([Tlv(65_536, b"")], 65_536, "номер тега"),
    ],
)
def test_what_a_tag_cannot_hold_is_named_with_the_reason(tags: list[Tlv], tag: int, why: str) -> None:
    with pytest.raises(Unencodable, match=why) as caught:
        encode(tags)

    assert caught.value.tag == tag
    assert str(tag) in str(caught.value)


def nested(depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = (3).to_bytes(2, "little") + len(data).to_bytes(2, "little") + data
    return data


@pytest.mark.parametrize(
    ("data", "offset", "why"),
    [
        ("f4", 0, "1 bytes are left"),
        ("f40304", 0, "3 bytes are left"),
        ("fc030100ff" + "f4030400fcec8e", 9, "announces 4 bytes, 3 are left"),
        ("1e0402000100", 4, "tag 1054: 2 bytes, and not 1"),
        ("f4030300fcec8e", 4, "tag 1012: 3 bytes, and not 4"),
        ("fc03070001000000000000", 4, "tag 1020: 7 bytes, at most 6"),
        ("ff030000", 4, "tag 1023: 0 bytes, 1 to 8"),
        ("0300" + "0600" + "fc030300" + "0102", 8, "announces 3 bytes, 2 are left"),
        (nested(MAX_DEPTH + 1).hex(), 4 * MAX_DEPTH + 4, "nested deeper"),
        ("00" * (MAX_BYTES + 1), MAX_BYTES, "at most"),
    ],
)
def test_what_is_no_fiscal_data_is_refused_where_it_stops_being_it(data: str, offset: int, why: str) -> None:
    with pytest.raises(NotTlv, match=why) as caught:
        decode(bytes.fromhex(data))

    assert caught.value.offset == offset


def test_structures_as_deep_as_allowed_are_read() -> None:
    assert encode(decode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)


@settings(deadline=None)  # as above
@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(NotTlv):
        decode(data)


def test_the_first_of_several_tags_is_found_and_none_where_there_is_none() -> None:
    receipt = Tlv(3, (Tlv(1059, (Tlv(1030, "А"),)), Tlv(1059, (Tlv(1030, "Б"),))))

    assert first(receipt.first(1059), 1030) == "А"
    assert receipt.first(1008) is None
    assert Tlv(1021, "А").first(1021) is None
