"""Links that break, or garble, at any byte of a receipt's way. Here a sample; `make crashtest` breaks at every byte."""

from tests.crash.links import farm
from tests.crash.sample import chance, quick_place, sample

REGISTERS, AT_REGISTERS, AT_OFD = 16, 48, 6  # and how many faults


async def test_a_link_broken_at_any_byte_loses_nothing_and_doubles_nothing() -> None:
    random = chance()
    with quick_place() as place:
        async with farm(place, REGISTERS) as shops:
            of_register, of_ofd = await shops.measure()
            met = await shops.break_registers(sample(of_register, AT_REGISTERS, random))
            for fault in sample(of_ofd, AT_OFD, random):
                met += await shops.break_ofd(fault)
            wrong = await shops.audit()

    assert wrong == []
    assert met > (AT_REGISTERS + AT_OFD) / 2  # others come when no byte does any more
