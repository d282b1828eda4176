"""How what a register prints is laid out, whatever its make."""

from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from drivers.emulators.paper.columns import WIDTH, sides
from drivers.emulators.paper.picture import LINE, MARGIN, MOST_LINES, png_of
from drivers.emulators.paper.requisites import measure_of, requisites
from protocols.ffd.tlv import Tlv, Value, encode

HEADER = 4  # bytes before the value of a tag


def kept(tag: int, value: Value) -> str:
    """As a drive keeps what is no text."""
    return encode([Tlv(tag, value)])[HEADER:].hex()


@pytest.mark.parametrize(
    ("tag", "data", "lines"),
    [
        (1021, "Иванова", ["КАССИР                                   Иванова"]),
        (1173, "01", ["ТИП КОРРЕКЦИИ                     ПО ПРЕДПИСАНИЮ"]),
        (1222, "20", ["АГЕНТ                                КОМИССИОНЕР"]),
        (1229, kept(1229, 12345), ["АКЦИЗ                                     123.45"]),
        (1023, kept(1023, Decimal("1.50")), ["Количество предмета расчета (тег 1023)      1.50"]),
        (1077, "0102030405ff", ["ФПД (тег 1077)                      0102030405ff"]),
        (
            1084,
            kept(1084, (Tlv(1085, "Карта"), Tlv(1086, "77"))),
            ["ДОП. РЕКВИЗИТ                              Карта", "ЗНАЧЕНИЕ                                      77"],
        ),
    ],
)
def test_a_tag_is_printed_in_words(tag: int, data: str, lines: list[str]) -> None:
    assert list(requisites({tag: data})) == lines


@pytest.mark.parametrize("data", ["01ff", "нет", "0"])
def test_a_tag_that_holds_something_else_is_printed_as_it_is(data: str) -> None:
    assert list(requisites({1173: data})) == list(sides("ТИП КОРРЕКЦИИ", data))


def test_the_codes_of_goods_are_not_printed_and_the_measure_stands_with_the_quantity() -> None:
    tags = {1162: "444d", 1163: "010203", 2108: "0b"}

    assert (list(requisites(tags)), measure_of(tags)) == ([], " кг")
    assert [measure_of({1197: "упак."}), measure_of({2108: "ff"}), measure_of({})] == [" упак.", "", ""]


def test_words_too_long_for_a_line_are_set_on_several_at_their_edges() -> None:
    assert list(sides("слева " * 9, "справа " * 9)) == [
        ("слева " * 8).rstrip(),
        "слева",
        ("справа " * 7).rstrip(),
        "справа справа".rjust(WIDTH),
    ]


def test_a_picture_has_an_end() -> None:
    with Image.open(BytesIO(png_of(["строка"] * (MOST_LINES + 5000), ""))) as image:
        assert image.height == (MOST_LINES + 2) * LINE + 2 * MARGIN
