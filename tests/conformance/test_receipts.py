"""Every receipt that the port can say is printed as it was asked for, or refused in plain words."""

import re

import pytest

from drivers.kkt.port import RegisterRefused
from protocols.receipt import Receipt
from tests.conformance.agreement import disagreements
from tests.conformance.rig import Rig
from tests.conformance.samples import GROUPS

RUSSIAN = re.compile("[а-яё]{3}", re.IGNORECASE)


@pytest.mark.every_format
@pytest.mark.parametrize("group", GROUPS)
async def test_receipts_are_printed_as_asked_or_refused_in_plain_words(rig: Rig, group: str) -> None:
    await rig.fill_drawer()

    wrong = {name: problems for name, receipt in GROUPS[group].items() if (problems := await tried(rig, name, receipt))}

    assert wrong == {}


async def tried(rig: Rig, name: str, receipt: Receipt) -> list[str]:
    """What is wrong with how the receipt ended."""
    if name in rig.cannot:
        return await refused(rig, receipt, rig.cannot[name])
    try:
        told, kept = await rig.sell(receipt)
    except RegisterRefused as refusal:
        await rig.register.cancel_receipt()
        return [f"refused: {refusal}"]
    found = await rig.register.find(told.fd)
    missing = [] if found == told else [f"told {told} and found {found}"]
    return disagreements(receipt, told, kept, rig.ffd) + missing


async def refused(rig: Rig, receipt: Receipt, word: str) -> list[str]:
    """A receipt that is known to be beyond this driver: nothing of it is left, on paper or open."""
    before = await rig.entries()
    with pytest.raises(RegisterRefused) as raised:
        await rig.register.print_receipt(receipt)
    await rig.register.cancel_receipt()
    text = raised.value.text
    wrong = [] if word in text and RUSSIAN.search(text) else [f"refused in other words: {text}"]
    wrong += ["passing: it would be tried for ever"] if raised.value.passing else []
    wrong += ["a receipt is left open"] if (await rig.register.status()).receipt_open else []
    return wrong + ([] if await rig.entries() == before else ["something was printed"])
