"""The link may come and go at any time; what was asked in vain is a LinkError, and the next connect is enough."""

import pytest
import trio
import trio.testing

from drivers.errors import LinkError
from tests.conformance.rig import Rig
from tests.conformance.samples import SALE

BOUND = 60.0  # seconds


async def test_a_link_is_let_go_at_any_time_and_taken_up_again(rig: Rig) -> None:
    await rig.register.close()
    await rig.register.close()
    await rig.register.connect()
    await rig.register.connect()

    assert (await rig.register.print_receipt(SALE)).fd == 1


async def test_nothing_goes_over_a_link_that_was_let_go(rig: Rig) -> None:
    await rig.register.close()

    with pytest.raises(LinkError):
        await rig.register.status()
    with pytest.raises(LinkError):
        await rig.register.print_receipt(SALE)
    assert await rig.documents() == []


async def test_a_register_that_was_never_connected_can_be_let_go(rig: Rig) -> None:
    await rig.make(1.0).close()


async def test_a_register_that_is_unplugged_is_a_link_error_until_it_is_back(rig: Rig) -> None:
    await rig.unplug()
    for _ in range(2):
        with pytest.raises(LinkError):
            await rig.register.status()
        with pytest.raises(LinkError):
            await rig.register.connect()
    await rig.replug()
    await rig.reconnect()

    assert (await rig.register.print_receipt(SALE)).fd == 1


@pytest.fixture
def fast_clock() -> trio.testing.MockClock:
    """Twenty seconds in one: long patience is soon at its end."""
    return trio.testing.MockClock(rate=20)


async def test_a_silent_register_is_given_up_within_its_bound(fast_clock: trio.abc.Clock, rig: Rig) -> None:
    await rig.register.close()
    rig.register = rig.make(1.0)
    await rig.register.connect()
    await rig.behave(**rig.silence)

    with trio.fail_after(BOUND), pytest.raises(LinkError):
        await rig.register.print_receipt(SALE)


async def test_a_slow_print_within_its_bound_is_waited_for(rig: Rig) -> None:
    await rig.behave(print_delay_ms=400)

    assert (await rig.register.print_receipt(SALE)).fd == 1


async def test_a_print_that_was_given_up_in_mid_air_leaves_the_register_usable(rig: Rig) -> None:
    await rig.behave(print_delay_ms=200)
    with trio.move_on_after(0.05):
        await rig.register.print_receipt(SALE)
    await rig.behave(print_delay_ms=0)
    await rig.reconnect()

    if (await rig.register.status()).receipt_open:
        await rig.register.cancel_receipt()
    told, _ = await rig.sell(SALE)
    assert told.fd == len(await rig.documents())
