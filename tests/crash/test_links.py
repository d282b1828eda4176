"""Links that break, or garble, at any byte of a receipt's way. Here a sample; `make crashtest` breaks at every byte."""

import pytest

from tests.crash.links import farm
from tests.crash.makes import ATOL, SHTRIH, Make
from tests.crash.sample import chance, quick_place, sample

AT_OFD = 6  # faults


@pytest.mark.parametrize(("make", "registers", "faults"), [(SHTRIH, 16, 48), (ATOL, 4, 16)], ids=["shtrih", "atol"])
async def test_a_link_broken_at_any_byte_loses_nothing_and_doubles_nothing(
    make: Make, registers: int, faults: int
) -> None:
    random = chance()
    with quick_place() as place:
        async with farm(place, registers, make) as shops:
            of_register, of_ofd = await shops.measure()
            met = await shops.break_registers(sample(of_register, faults, random))
            for fault in sample(of_ofd, AT_OFD, random):
                met += await shops.break_ofd(fault)
            wrong = await shops.audit()

    assert wrong == []
    assert met > (faults + AT_OFD) / 2  # others come when no byte does any more
