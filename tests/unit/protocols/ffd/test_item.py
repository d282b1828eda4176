"""What goes with an item beside what a register's own command carries."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from protocols.ffd.item import UNITS, item_tags, subject_of
from protocols.ffd.tlv import Tlv, decode, encode, first
from protocols.item import Item, Marking, Measure, Subject, Vat
from tests.unit.protocols.ffd.receipts import CODE, FULL_ITEM, INN, MARKED_ITEM, receipt

PLAIN = Item("Хлеб", Decimal(1), 5_000, Vat.V10)


def tags_of(item: Item, ffd: str) -> tuple[Tlv, ...]:
    return item_tags(next(item.lines()), receipt(item), ffd)


def test_a_plain_piece_needs_nothing_but_its_measure_in_1_2() -> None:
    assert tags_of(PLAIN, "1.05") == tags_of(PLAIN, "1.1") == ()
    assert tags_of(PLAIN, "1.2") == (Tlv(2108, 0),)


def test_what_is_said_of_an_item_becomes_its_tags() -> None:
    assert tags_of(FULL_ITEM, "1.2") == (
        Tlv(2108, 11),
        Tlv(1222, 1),
        Tlv(
            1223,
            (
                Tlv(1075, "+74950000002"),
                Tlv(1075, "+74950000003"),
                Tlv(1044, "Приём платежа"),
                Tlv(1073, "+74950000001"),
                Tlv(1026, "Банк"),
                Tlv(1005, "Москва"),
                Tlv(1016, INN),
            ),
        ),
        Tlv(1224, (Tlv(1171, "+74950000004"), Tlv(1225, "ООО Сыры"))),
        Tlv(1226, INN),
        Tlv(1229, 100),
        Tlv(1230, "643"),
        Tlv(1231, "10702030/100126/0000001"),
        Tlv(1191, "партия 7"),
    )


@pytest.mark.parametrize("ffd", ["1.05", "1.1"])
def test_before_1_2_a_measure_is_a_word(ffd: str) -> None:
    assert tags_of(FULL_ITEM, ffd)[0] == Tlv(1197, "кг")


@pytest.mark.parametrize("measure", UNITS)
def test_every_word_for_a_measure_fits_its_tag(measure: Measure) -> None:
    tags = tags_of(replace(PLAIN, measure=measure), "1.05")

    assert decode(encode(tags)) == tags


def test_before_1_2_a_marking_code_is_a_product_code_of_gtin_and_serial_number() -> None:
    code = first(tags_of(MARKED_ITEM, "1.05"), 1162)

    assert code == bytes.fromhex("444d" + "042f67e4ed78") + b"7x!Ab2"


@pytest.mark.parametrize("code", ["SOMETHING", "0104601653030264", "01x4601653030264217x!Ab2", "9" * 60])
def test_a_code_of_another_kind_goes_as_unknown_as_far_as_it_fits(code: str) -> None:
    marked = replace(MARKED_ITEM, marking=Marking(code))

    assert first(tags_of(marked, "1.05"), 1162) == b"\0\0" + code.encode()[:30]


def test_in_1_2_the_code_goes_by_a_command_of_its_own_and_only_a_fraction_with_the_item() -> None:
    third = replace(MARKED_ITEM, marking=Marking(CODE, fraction=(1, 3)))

    assert tags_of(MARKED_ITEM, "1.2") == (Tlv(2108, 0),)
    assert tags_of(third, "1.2") == (Tlv(2108, 0), Tlv(1291, (Tlv(1293, 1), Tlv(1294, 3))))


@pytest.mark.parametrize(
    ("subject", "marked", "old", "new"),
    [
        (Subject.COMMODITY, False, 1, 1),
        (Subject.COMMODITY, True, 1, 33),
        (Subject.EXCISE, True, 2, 31),
        (Subject.EXCISE_WITHOUT_MARKING, False, 2, 30),
        (Subject.COMMODITY_WITH_MARKING, True, 1, 33),
        (Subject.SERVICE, False, 4, 4),
    ],
)
def test_only_1_2_tells_marked_goods_from_others(subject: Subject, marked: bool, old: int, new: int) -> None:
    item = replace(PLAIN, subject=subject, marking=Marking(CODE) if marked else None)

    assert [int(subject_of(item, ffd)) for ffd in ("1.05", "1.1", "1.2")] == [old, old, new]
