"""The emulated register as a program of its own."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import structlog
import trio

from drivers.ofd_session import OfdSession
from protocols.ofd import confirmation, session
from protocols.ofd.container import Container, decode
from protocols.shtrih import service
from supervisors.standalone import Options, emulate
from tests.emulated_register import WITHIN, Host

STATUS = service.ReadShortStatus(1)
FORMAT = service.ReadTable(30, 17, 1, 17)


@asynccontextmanager
async def running(options: Options, name: str = "shtrih") -> AsyncIterator[list[dict[str, str]]]:
    """Where each of the emulators is, once all are there."""
    with structlog.testing.capture_logs() as said:
        async with trio.open_nursery() as nursery:
            with trio.fail_after(WITHIN):
                await nursery.start(partial(emulate, name, options))
            ready = [each for each in said if each["event"] == "emulator_ready"]
            yield [{name: str(value) for name, value in place.items()} for place in ready]
            nursery.cancel_scope.cancel()


async def test_several_registers_stand_on_ports_and_drives_of_their_own(tmp_path: Path) -> None:
    async with running(Options(data=tmp_path, count=3, ffd="1.2", print_delay=0)) as places:
        for place in places:
            port = int(place["device_path"].rpartition(":")[2])
            async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
                assert (await Host(stream).ask(FORMAT)).value == b"\x04"

    assert len({place["device_path"] for place in places}) == 3
    assert len([each for each in os.listdir(tmp_path) if each.endswith(".jsonl")]) == 3


async def test_a_register_stands_on_a_terminal_while_it_runs(tmp_path: Path) -> None:
    link = tmp_path / "kkt"
    async with running(Options(data=tmp_path, pty=str(link), baud=115200, count=2)) as places:
        assert [place["device_path"] for place in places] == [str(link), f"{link}1"]
        async with trio.lowlevel.FdStream(os.open(link, os.O_RDWR | os.O_NOCTTY)) as stream:
            assert (await Host(stream).ask(STATUS)).operator == 1

    assert not await trio.Path(link).is_symlink()


async def test_the_ofd_is_reached_over_http_and_by_drives(tmp_path: Path) -> None:
    message = session.message("9999000000000001", Container(3, "9999000000000001", 5, b"\xff").encode())
    async with running(Options(data=tmp_path), "ofd") as (place,):
        host, port = place["relay_address"].split(":")
        answer = await OfdSession(host, int(port), WITHIN).exchange(message.encode())
        async with httpx.AsyncClient(base_url=place["url"]) as client:
            listing = (await client.get("/ofd/v1/_test/documents")).json()

    assert confirmation.read(decode(answer.body)).code == 11  # for what cannot be read
    assert listing == {"documents": [], "total": 0, "duplicates": 0}


async def test_a_register_may_leave_its_documents_to_the_host(tmp_path: Path) -> None:
    async with running(Options(data=tmp_path, carried=True)) as (place,):
        port = int(place["device_path"].rpartition(":")[2])
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            assert (await Host(stream).ask(service.ReadTable(30, 21, 1, 2))).value == b"\0"
