"""What a register says of itself is what it is."""

from datetime import UTC, datetime, timedelta

import pytest

from drivers.kkt.port import RegisterRefused
from protocols.fiscal import DriveWarning, Paper, Shift
from tests.conformance.rig import Rig
from tests.conformance.samples import SALE

DAY = 86_400  # seconds


async def test_the_status_tells_who_the_register_is_and_where_its_drive_stands(rig: Rig) -> None:
    _, kept = await rig.sell(SALE)

    status = await rig.register.status()

    assert (status.last.fn, status.last.fd, status.kkt_number) == (kept["fn"], kept["fd"], kept["rnm"])
    assert (status.shift, status.shift_number) == (Shift.OPEN, kept["shift_number"])
    assert (status.paper, status.busy, status.receipt_open) == (Paper.PRESENT, False, False)
    assert status.model
    assert status.serial


async def test_the_longer_look_tells_of_the_drive_and_of_the_clock(rig: Rig) -> None:
    _, kept = await rig.sell(SALE)

    condition = await rig.register.inspect()

    now = datetime.now(UTC)
    assert condition.fn == kept["fn"]
    assert condition.expires is not None
    assert condition.expires > now.date()
    assert condition.clock is not None
    assert abs(condition.clock - now) < timedelta(minutes=2)
    assert condition.ffd in (rig.ffd, None)
    assert condition.warnings == frozenset()
    assert not condition.cover_open


async def test_documents_that_the_ofd_has_not_are_counted_from_the_oldest(rig: Rig) -> None:
    first, _ = await rig.sell(SALE)
    await rig.sell(SALE)
    fresh = await rig.register.inspect()
    assert (fresh.unsent, fresh.unconfirmed) == (0, (await rig.register.status()).last.fd + 1)
    await rig.behave(ofd_queue=2)

    condition = await rig.register.inspect()

    assert condition.unsent == 2
    assert condition.oldest_unsent is not None
    assert abs(condition.oldest_unsent - first.fiscal_datetime) < timedelta(minutes=1)


async def test_a_clock_that_is_wrong_is_told_and_one_behind_the_drive_sells_nothing(rig: Rig) -> None:
    await rig.sell(SALE)
    await rig.behave(clock_offset_s=-2 * DAY)

    clock = (await rig.register.inspect()).clock
    with pytest.raises(RegisterRefused) as refused:
        await rig.register.print_receipt(SALE)
    await rig.register.cancel_receipt()

    assert clock is not None
    assert timedelta(days=1.9) < datetime.now(UTC) - clock < timedelta(days=2.1)
    assert refused.value.passing
    assert len(await rig.documents()) == 1
    await rig.behave(clock_offset_s=0)
    assert (await rig.register.print_receipt(SALE)).fd == 2


async def test_a_drive_that_is_nearly_full_warns_and_a_full_one_sells_nothing(rig: Rig) -> None:
    await rig.behave(fn_left=1)
    condition = await rig.register.inspect()
    assert condition.documents_left == 1 or DriveWarning.MEMORY_FULL in condition.warnings
    await rig.register.print_receipt(SALE)

    with pytest.raises(RegisterRefused) as refused:
        await rig.register.print_receipt(SALE)
    await rig.register.cancel_receipt()

    assert not refused.value.passing
    assert len(await rig.documents()) == 1
    assert not (await rig.register.status()).receipt_open
