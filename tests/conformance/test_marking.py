"""Marked goods under FFD 1.2: what the check finds bad is not sold, and stands in nobody's way."""

import re

import pytest

from drivers.kkt.port import RegisterRefused
from protocols.item import Item, Marking, Subject
from tests.conformance.agreement import disagreements
from tests.conformance.rig import Rig
from tests.conformance.samples import MARK, SALE, item, receipt

BAD = "0104603934000793215s8QfcGS3yT9p\x1d91EE06\x1d92~BAD"
"""The emulators take a code that ends so for one that its owner may not sell."""
RUSSIAN = re.compile("[а-яё]{3}", re.IGNORECASE)


def marked(code: str, name: str = "Ботинки") -> Item:
    return item(name=name, marking=Marking(code), subject=Subject.COMMODITY_WITH_MARKING)


@pytest.mark.parametrize("before", [(), (marked(MARK),), (item(), marked(MARK))], ids=["alone", "second", "third"])
async def test_a_bad_code_is_refused_before_anything_is_printed(rig: Rig, before: tuple[Item, ...]) -> None:
    with pytest.raises(RegisterRefused) as refused:
        await rig.register.print_receipt(receipt(*before, marked(BAD)))
    await rig.register.cancel_receipt()

    assert RUSSIAN.search(refused.value.text)
    assert not refused.value.passing
    assert await rig.documents() == []
    assert not (await rig.register.status()).receipt_open


async def test_after_a_bad_code_the_rest_is_sold(rig: Rig) -> None:
    with pytest.raises(RegisterRefused):
        await rig.register.print_receipt(receipt(marked(MARK), marked(BAD)))
    await rig.register.cancel_receipt()
    rest = receipt(marked(MARK), item(5_000))

    told, kept = await rig.sell(rest)
    plain, _ = await rig.sell(SALE)

    assert disagreements(rest, told, kept, rig.ffd) == []
    assert (told.fd, plain.fd) == (1, 2)


async def test_codes_of_one_receipt_are_each_their_own_line(rig: Rig) -> None:
    codes = [MARK.replace("pRb", pair) for pair in ("AAA", "BBB", "CCC")]
    asked = receipt(*(marked(code, f"Пара {number}") for number, code in enumerate(codes)))

    told, kept = await rig.sell(asked)

    assert disagreements(asked, told, kept, rig.ffd) == []
    assert [found["code"] for found in kept["items"]] == [code.encode().hex() for code in codes]
