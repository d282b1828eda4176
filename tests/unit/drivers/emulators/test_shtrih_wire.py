"""The emulated register on its socket: one host, held answers, faults of the line, a journal that outlives it all."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import trio

from drivers.emulators.fiscal.drive import Drive
from protocols.shtrih import receipts, service
from protocols.shtrih.codes import Mode
from protocols.shtrih.commands import Refused
from protocols.shtrih.frames import ACK, ENQ, NAK, encode_frame
from tests.emulated_register import Host, Served, emulated

OPEN = receipts.OpenReceipt(1, kind=0)
TEA = receipts.Operation(password=1, kind=1, quantity=Decimal(1), price=10000, vat=0x08, name="Чай")
CLOSE = receipts.CloseReceipt(password=1, payments=(10000, *(0,) * 15), taxation=1)
STATUS = service.ReadShortStatus(1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drive.jsonl"


async def fill(host: Host) -> None:
    """A receipt with all but its close."""
    await host.ask(OPEN)
    await host.ask(TEA)


async def gone(host: Host) -> bool:
    """Whether the register has ended the connection."""
    try:
        return await host.read(1) == b""
    except trio.BrokenResourceError:
        return True


async def turned_away(served: Served) -> bool:
    try:
        host = await served.connect()
        await host.write(bytes([ENQ]))
    except (OSError, trio.BrokenResourceError):
        return True
    return await gone(host)


async def test_a_receipt_is_sold_over_the_wire(path: Path) -> None:
    async with emulated(path) as served:
        host = await served.connect()
        await fill(host)
        closed = await host.ask(CLOSE)

        (document,) = await served.documents()
        assert (document["fd"], int(document["fp"]), document["total_kopecks"]) == (closed.number, closed.sign, 10000)


async def test_the_answer_to_a_close_comes_when_it_is_printed(path: Path) -> None:
    async with emulated(path, print_delay=0.3) as served:
        host = await served.connect()
        await fill(host)
        assert await host.send(CLOSE) == ACK

        assert await host.silent(0.2)
        assert len(await served.documents()) == 1
        assert (await host.answer())[:3] == b"\xff\x45\x00"


async def test_a_refusal_is_not_printed(path: Path) -> None:
    async with emulated(path, print_delay=60.0) as served:
        host = await served.connect()

        with pytest.raises(Refused), trio.fail_after(30):
            await host.ask(CLOSE)


async def test_an_answer_not_confirmed_is_repeated_on_enq(path: Path) -> None:
    async with emulated(path) as served:
        host = await served.connect()
        await fill(host)
        await host.send(CLOSE)
        first = await host.answer()
        await host.write(bytes([NAK]))

        assert await host.probe() == ACK
        assert await host.answer() == first
        assert len(await served.documents()) == 1


@pytest.mark.parametrize(("holds", "says"), [(True, ACK), (False, NAK)])
async def test_an_answer_survives_a_reconnect_if_so_set(path: Path, holds: bool, says: int) -> None:
    async with emulated(path, holds_answers=holds) as served:
        host = await served.connect()
        await fill(host)
        await host.send(CLOSE)
        await host.answer()

        again = await served.connect()

        assert await again.probe() == says
        assert not holds or (await again.answer())[:3] == b"\xff\x45\x00"
        assert len(await served.documents()) == 1


async def test_a_command_goes_on_when_its_host_is_gone(path: Path) -> None:
    async with emulated(path, print_delay=0.2) as served:
        host = await served.connect()
        await fill(host)
        await host.send(CLOSE)
        await host.stream.aclose()

        again = await served.connect()

        assert await again.probe() == ACK  # "an answer is being prepared"
        assert (await again.answer())[:3] == b"\xff\x45\x00"
        assert len(await served.documents()) == 1


async def test_a_new_connection_takes_the_place_of_the_old(path: Path) -> None:
    async with emulated(path) as served:
        old = await served.connect()
        await old.ask(STATUS)

        new = await served.connect()

        assert (await new.ask(STATUS)).mode is Mode.SHIFT_OPEN
        assert await gone(old)


async def test_half_a_frame_is_forgotten_with_its_connection(path: Path) -> None:
    async with emulated(path, byte_timeout=60.0) as served:
        host = await served.connect()
        await host.probe()
        await host.write(encode_frame(OPEN.encode())[:4])
        await trio.testing.wait_all_tasks_blocked(0.05)

        again = await served.connect()

        assert (await again.ask(STATUS)).mode is Mode.SHIFT_OPEN


async def test_a_frame_that_stops_in_the_middle_is_declined(path: Path) -> None:
    async with emulated(path) as served:
        host = await served.connect()
        await host.probe()
        await host.write(encode_frame(OPEN.encode())[:-1])

        assert await host.read(1) == bytes([NAK])
        assert (await host.ask(STATUS)).mode is Mode.SHIFT_OPEN


async def test_noise_ends_neither_the_server_nor_the_link(path: Path) -> None:
    async with emulated(path) as served:
        host = await served.connect()
        await host.write(bytes(range(256)) * 20)
        await host.stream.aclose()
        await trio.testing.wait_all_tasks_blocked(0.05)

        again = await served.connect()
        while await again.probe() != NAK:
            await again.answer()
            await again.write(bytes([ACK]))
        assert (await served.documents()) == []


async def test_a_lost_answer_is_gone_and_its_work_is_done(path: Path) -> None:
    async with emulated(path) as served:
        await served.behave(lose_answer_next=1)
        host = await served.connect()
        await fill(host)
        assert (await host.ask(STATUS)).mode is Mode.RECEIPT_OPEN  # a poll uses the fault up for nobody

        assert await host.send(CLOSE) == ACK

        assert await host.silent(0.2)
        assert await host.probe() == NAK
        assert len(await served.documents()) == 1


async def test_a_lost_command_was_never_heard(path: Path) -> None:
    async with emulated(path) as served:
        await served.behave(lose_command_next=1)
        host = await served.connect()
        await fill(host)
        await host.probe()
        await host.write(encode_frame(CLOSE.encode()))

        assert await host.silent(0.2)
        assert (await host.ask(CLOSE)).number == 1


async def test_power_fails_in_the_middle_of_a_receipt_which_stays_open(path: Path) -> None:
    async with emulated(path) as served:
        await served.behave(power_off_in_receipt=True)
        host = await served.connect()
        await fill(host)

        assert await host.send(CLOSE) == ACK
        assert await gone(host)
        assert await turned_away(served)
        assert (await served.documents(), (await served.state())["power"]) == ([], "off")

        await served.behave(power="on")
        again = await served.connect()
        assert (await again.ask(STATUS)).mode is Mode.RECEIPT_OPEN
        assert (await again.ask(CLOSE)).number == 1


async def test_power_that_fails_while_a_document_is_printed_takes_its_answer(path: Path) -> None:
    async with emulated(path, print_delay=0.2) as served:
        host = await served.connect()
        await fill(host)
        await host.send(CLOSE)
        while not await served.documents():  # noqa: ASYNC110  the register is another program, it has no events for us
            await trio.sleep(0.01)
        await served.behave(power="off")
        await served.behave(power="on")

        again = await served.connect()
        assert (await again.ask(STATUS)).mode is Mode.SHIFT_OPEN
        assert await again.silent(0.3)
        assert len(await served.documents()) == 1


async def test_a_register_that_is_down_takes_no_connection_until_it_is_up(path: Path) -> None:
    async with emulated(path) as served:
        host = await served.connect()
        await host.ask(STATUS)
        await served.behave(down=True)

        assert await gone(host)
        assert await turned_away(served)
        await served.behave(down=False)
        assert (await (await served.connect()).ask(STATUS)).mode is Mode.SHIFT_OPEN


async def test_a_register_started_again_goes_on_with_its_numbers(path: Path) -> None:
    fds = []
    for _ in range(3):
        async with emulated(path) as served:
            host = await served.connect()
            await fill(host)
            fds.append((await host.ask(CLOSE)).number)

    assert fds == [1, 2, 3]
    with Drive(path, now=datetime.now(UTC)) as drive:
        assert drive.counters.fd == 3
