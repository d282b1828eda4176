"""The emulated register on a pseudo-terminal, and its line at the speed of a real one."""

import os
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trio
import trio.testing

from drivers.emulators.shtrih.pace import PacedStream
from drivers.emulators.shtrih.terminal import TerminalListener
from protocols.shtrih import service
from protocols.shtrih.frames import NAK
from tests.emulated_register import Host, emulated, emulated_pty

STATUS = service.ReadShortStatus(1)
OUTPUT_SPEED, INPUT_SPEED = 5, 4


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "kkt0"


@pytest.fixture
async def control(tmp_path: Path, link: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with emulated_pty(tmp_path / "drive.jsonl", link) as control:
        yield control


@asynccontextmanager
async def plugged(link: Path, speed: int | None = None) -> AsyncIterator[Host]:
    """A host with that port open."""
    port = os.open(link, os.O_RDWR | os.O_NOCTTY)
    if speed:
        attributes = termios.tcgetattr(port)
        attributes[INPUT_SPEED] = attributes[OUTPUT_SPEED] = speed
        termios.tcsetattr(port, termios.TCSANOW, attributes)
    async with trio.lowlevel.FdStream(port) as stream:
        yield Host(stream)


async def test_hosts_come_and_go_on_a_terminal(control: httpx.AsyncClient, link: Path) -> None:
    for _ in range(2):
        async with plugged(link) as host:
            assert (await host.ask(STATUS)).operator == 1


async def test_all_bytes_pass_the_terminal_as_they_are(control: httpx.AsyncClient, link: Path) -> None:
    text = "".join(map(chr, range(1, 32))) + "ABC"
    async with plugged(link) as host:
        await host.ask(service.PrintLine(1, 2, text.ljust(40, "-")))
        await host.ask(service.Cut(1))

    assert (await control.get("/kkt/v1/state")).json()["sheets"] == 1


async def test_a_register_that_is_unplugged_takes_its_terminal_along_and_comes_back_on_the_same_path(
    control: httpx.AsyncClient, link: Path
) -> None:
    async with plugged(link) as host:
        await host.ask(STATUS)
        await control.post("/kkt/_test/behave", json={"down": True})
        with pytest.raises((trio.BrokenResourceError, OSError)):
            await host.write(b"\x05")
    assert not await trio.Path(link).is_symlink()

    await control.post("/kkt/_test/behave", json={"down": False})

    await trio.testing.wait_all_tasks_blocked(0.01)
    async with plugged(link) as host:
        assert (await host.ask(STATUS)).operator == 1


async def test_a_port_set_to_another_speed_is_not_understood(tmp_path: Path, link: Path) -> None:
    async with emulated_pty(tmp_path / "drive.jsonl", link, only_at=115200):
        async with plugged(link, termios.B4800) as host:
            await host.write(b"\x05")
            assert await host.silent(0.1)
        async with plugged(link, termios.B115200) as host:
            assert await host.probe() == NAK


def test_a_file_of_somebody_else_is_not_replaced_by_the_link(link: Path) -> None:
    link.write_text("mine")

    async def open_one() -> None:
        TerminalListener(link, trio.lowlevel.checkpoint, only_at=None, said=lambda path: None)

    with pytest.raises(FileExistsError):
        trio.run(open_one)

    assert link.read_text() == "mine"


async def test_bytes_take_ten_bits_each_way(autojump_clock: trio.testing.MockClock) -> None:
    host, register = trio.testing.memory_stream_pair()
    paced = PacedStream(register, 9600, coarse=0)

    await host.send_all(bytes(96))
    assert len(await paced.receive_some(512)) == 96
    assert trio.current_time() == pytest.approx(0.1)
    await paced.send_all(bytes(192))

    assert trio.current_time() == pytest.approx(0.3)
    assert len(await host.receive_some(512)) == 192


async def test_an_idle_line_saves_no_time_up(autojump_clock: trio.testing.MockClock) -> None:
    host, register = trio.testing.memory_stream_pair()
    paced = PacedStream(register, 9600, coarse=0)
    await trio.sleep(60)

    await paced.send_all(bytes(96))

    assert trio.current_time() == pytest.approx(60.1)
    assert len(await host.receive_some(512)) == 96


async def test_a_slow_line_is_as_slow_over_tcp(tmp_path: Path) -> None:
    async with emulated(tmp_path / "drive.jsonl", baud=4800) as served:
        host = await served.connect()
        before = trio.current_time()
        await host.ask(STATUS)

    bytes_passed = 1 + 1 + 8 + 1 + 19
    assert trio.current_time() - before >= bytes_passed * 10 / 4800
