"""A serial line on pseudo-terminals, which the kernel takes for serial ports: speeds, cables pulled, ports taken."""

import os
import tty
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from drivers.errors import LinkError, LinkLost, LinkSilent
from drivers.kkt.serial_line import PROBE, SPEEDS, SerialLine
from drivers.kkt.serial_stream import SerialStream, open_serial
from drivers.kkt.shtrih import ShtrihRegister
from protocols.shtrih.frames import ACK, ENQ, NAK, encode_frame
from tests.emulated_register import emulated_pty
from tests.samples import sale


@dataclass
class Pair:
    """Both ends of a pseudo-terminal: `path` for the host, the other as if soldered to it."""

    path: str
    end: int

    def write(self, data: bytes) -> None:
        os.write(self.end, data)

    def read(self, count: int) -> bytes:
        return os.read(self.end, count)

    def pull(self) -> None:
        os.close(self.end)
        self.end = -1


@pytest.fixture
def pair() -> Iterator[Pair]:
    end, host = os.openpty()
    tty.setraw(end)
    pair = Pair(os.ttyname(host), end)
    os.close(host)
    yield pair
    if pair.end >= 0:
        os.close(pair.end)


LINK = "ttyKKT"


async def test_bytes_go_both_ways_as_they_are(pair: Pair) -> None:
    every = bytes(range(256))
    port = await open_serial(pair.path, 115_200)

    await port.send_all(every)
    sent = pair.read(300)
    pair.write(every)
    came = b""
    while len(came) < 256:
        came += await port.receive_some(100)

    assert (sent, came) == (every, every)
    await port.aclose()


async def test_a_port_is_ours_alone_until_it_is_closed(pair: Pair) -> None:
    port = await open_serial(pair.path, 115_200)

    with pytest.raises(OSError, match="lock"):
        await open_serial(pair.path, 9_600)
    await trio.aclose_forcefully(port)

    await (await open_serial(pair.path, 9_600)).aclose()


async def test_a_pulled_cable_ends_a_wait_and_a_write(pair: Pair) -> None:
    port = await open_serial(pair.path, 115_200)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(broken, port.receive_some)
        await trio.testing.wait_all_tasks_blocked()
        pair.pull()
    await broken(partial(port.send_all, b"\x05"))

    await port.aclose()


async def broken(act: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(trio.BrokenResourceError):
        await act()


async def test_a_register_that_takes_nothing_is_given_up_and_its_port_is_free_at_once(pair: Pair) -> None:
    port = await open_serial(pair.path, 115_200)

    with trio.move_on_after(0.1) as patience:
        await port.send_all(bytes(200_000))
    assert patience.cancelled_caught
    with trio.fail_after(10):
        await trio.aclose_forcefully(port)

    with pytest.raises(trio.ClosedResourceError):
        await port.send_all(b"\x05")
    await (await open_serial(pair.path, 115_200)).aclose()


async def test_what_nobody_reads_is_lost_and_takes_no_memory(pair: Pair) -> None:
    port = await open_serial(pair.path, 115_200)

    sent = kept = 0
    os.set_blocking(pair.end, False)
    while sent < 1024 * 1024:
        await trio.lowlevel.wait_writable(pair.end)
        sent += os.write(pair.end, b"\xff" * 1024)
    with trio.move_on_after(0.1):
        while True:
            kept += len(await port.receive_some())

    assert 0 < kept < 128 * 1024  # and of those the kernel held a part
    await port.aclose()


async def test_an_opening_that_is_cancelled_leaves_the_port_free(pair: Pair) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(open_serial, pair.path, 115_200)
        await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()
    await trio.testing.wait_all_tasks_blocked(0.05)

    await (await open_serial(pair.path, 115_200)).aclose()


@pytest.mark.parametrize("path", ["/dev/no-such-port", "/dev/null"])
async def test_what_is_no_serial_port_is_a_lost_link(path: str) -> None:
    with pytest.raises(LinkLost, match=path):
        await SerialLine(path).open()


async def test_a_register_is_found_at_its_speed_and_sells(tmp_path: Path) -> None:
    async with emulated_pty(tmp_path / "drive.jsonl", tmp_path / LINK, only_at=4_800):
        line = SerialLine(str(tmp_path / LINK))
        register = ShtrihRegister(line, ZoneInfo("UTC"), read_timeout=2.0)
        await register.connect()

        document = await register.print_receipt(sale())

        assert line.speed == 4_800
        assert (await register.status()).last.fd == document.fd == 1
        await register.close()


async def test_a_register_that_was_unplugged_is_back_at_the_next_connection(tmp_path: Path) -> None:
    async with emulated_pty(tmp_path / "drive.jsonl", tmp_path / LINK) as http:
        register = ShtrihRegister(SerialLine(str(tmp_path / LINK)), ZoneInfo("UTC"), read_timeout=2.0)
        await register.connect()
        assert (await register.print_receipt(sale())).fd == 1

        await http.post("/kkt/_test/behave", json={"down": True})
        with pytest.raises(LinkError):
            await register.status()
        await register.close()
        with pytest.raises(LinkLost):
            await register.connect()
        await http.post("/kkt/_test/behave", json={"down": False})
        await until_there(tmp_path / LINK)
        await register.connect()

        assert (await register.print_receipt(sale())).fd == 2
        await register.close()


async def until_there(path: Path) -> None:
    while not await trio.Path(path).exists():  # noqa: ASYNC110  another program in all but process: no event tells
        await trio.sleep(0.01)


# the search, on virtual time


@dataclass
class Speeds:
    """Ports that react at one speed only; `dialled` is what was tried."""

    at: int
    reaction: bytes = bytes([NAK])
    without: frozenset[int] = frozenset()
    dialled: list[int] = field(default_factory=list)
    open: list[trio.abc.Stream] = field(default_factory=list)

    async def dial(self, path: str, speed: int) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        self.dialled.append(speed)
        if speed in self.without:
            raise ValueError(f"no {speed}")
        ours, theirs = memory_stream_pair()
        if speed == self.at:
            await theirs.send_all(self.reaction)
        else:
            await theirs.send_all(b"\xfe\x80"[: speed % 3])  # what the wrong speed makes of it
        self.open.append(theirs)
        return ours


async def test_the_likely_speeds_are_tried_first_and_a_silent_port_costs_little(autojump_clock: MockClock) -> None:
    ports = Speeds(at=0)

    with pytest.raises(LinkSilent):
        await SerialLine("/dev/ttyS0", dial=ports.dial).open()

    assert tuple(ports.dialled) == SPEEDS
    assert trio.current_time() <= PROBE * len(SPEEDS)


async def test_the_speed_that_was_found_is_tried_first_the_next_time(autojump_clock: MockClock) -> None:
    ports = Speeds(at=19_200)
    line = SerialLine("/dev/ttyS0", dial=ports.dial)

    await line.open()
    first, ports.dialled = ports.dialled, []
    await line.open()
    second, ports.dialled, ports.at = ports.dialled, [], 4_800  # reset by the feed button
    await line.open()

    assert first == [115_200, 4_800, 9_600, 19_200]
    assert second == [19_200]
    assert ports.dialled == [19_200, 115_200, 4_800]


async def test_a_speed_that_is_given_is_the_only_one(autojump_clock: MockClock) -> None:
    ports = Speeds(at=19_200)

    await SerialLine("/dev/ttyS0", 9_600, dial=ports.dial).open()

    assert ports.dialled == [9_600]


async def test_a_register_with_an_answer_in_hand_is_found_as_well(autojump_clock: MockClock) -> None:
    ports = Speeds(at=115_200, reaction=bytes([0xFF, ACK]))
    line = SerialLine("/dev/ttyS0", dial=ports.dial)

    await line.open()

    assert line.speed == 115_200
    assert await ports.open[0].receive_some() == bytes([ENQ])


async def test_a_speed_that_the_port_cannot_have_is_passed_over_or_told(autojump_clock: MockClock) -> None:
    ports = Speeds(at=4_800, without=frozenset({115_200}))
    line = SerialLine("/dev/ttyS0", dial=ports.dial)

    await line.open()

    assert line.speed == 4_800
    with pytest.raises(LinkLost, match="no 115200"):
        await SerialLine("/dev/ttyS0", 115_200, dial=ports.dial).open()


async def test_a_frame_that_is_still_on_its_way_at_a_slow_speed_is_waited_for(autojump_clock: MockClock) -> None:
    ours, theirs = memory_stream_pair()
    body, answer = b"\x17" + bytes(254), b"\x17\x00\x1e"

    async def dial(path: str, speed: int) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        return ours

    async def register() -> None:
        assert await theirs.receive_some(1) == bytes([ENQ])
        await theirs.send_all(bytes([NAK]))
        assert len(await theirs.receive_some()) == len(body) + 3
        with pytest.raises(trio.TooSlowError), trio.fail_after((len(body) + 3) * 10 / 2_400):  # a second and more
            await theirs.receive_some()  # an ENQ in the middle of the frame
        await theirs.send_all(bytes([ACK]) + encode_frame(answer))

    line = SerialLine("/dev/ttyS0", 2_400, dial=dial)
    await line.open()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(register)

        assert await line.exchange(body, within=1.0) == answer


async def test_a_search_leaves_no_port_open_but_the_one_it_found(pair: Pair) -> None:
    opened: list[SerialStream] = []

    async def dial(path: str, speed: int) -> trio.abc.Stream:
        opened.append(await open_serial(path, speed))
        if len(opened) == 3:
            pair.write(bytes([NAK]))
        return opened[-1]

    line = SerialLine(pair.path, dial=dial)

    await line.open()

    assert line.speed == SPEEDS[2]
    with pytest.raises(OSError, match="lock"):  # and it could not have been opened thrice
        await open_serial(pair.path, 115_200)
    await line.drop()
    await (await open_serial(pair.path, 115_200)).aclose()
