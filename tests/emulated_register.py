"""An emulated register served on loopback, and a plain host to talk to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import trio

from drivers import web
from drivers.emulators.shtrih.register import EmulatedRegister
from protocols.shtrih.commands import Command, decode_answer
from protocols.shtrih.frames import ACK, ENQ, NAK, STX, encode_frame

A = TypeVar("A")
WITHIN = 30.0
"""Seconds after which a test that waits for the register has failed."""


@dataclass
class Served:
    """A register being served: `port` for the wire, `http` for the control calls."""

    port: int
    http: httpx.AsyncClient
    hosts: "list[Host]" = field(default_factory=list)

    async def connect(self) -> "Host":
        """A host on a connection of its own, closed with the register."""
        self.hosts.append(Host(await trio.open_tcp_stream("127.0.0.1", self.port)))
        return self.hosts[-1]

    async def behave(self, **wanted: Any) -> dict[str, Any]:
        """The faults then in force."""
        answer = await self.http.post("/kkt/_test/behave", json=wanted)
        answer.raise_for_status()
        return dict(answer.json())

    async def state(self) -> dict[str, Any]:
        return dict((await self.http.get("/kkt/v1/state")).json())

    async def documents(self) -> list[dict[str, Any]]:
        """The journal: what was printed, for certain."""
        return list((await self.http.get("/kkt/_test/journal")).json()["documents"])


@asynccontextmanager
async def emulated(
    path: Path,
    *,
    print_delay: float = 0.0,
    byte_timeout: float = 0.2,
    holds_answers: bool = True,
    ffd: str | None = None,
    baud: int | None = None,
    carried: bool | None = None,
) -> AsyncIterator[Served]:
    """A register with its journal at `path`; prints in no time unless told."""
    register = EmulatedRegister(
        path,
        clock=lambda: datetime.now(UTC),
        print_delay=print_delay,
        byte_timeout=byte_timeout,
        holds_answers=holds_answers,
        ffd=ffd,
        baud=baud,
        carried=carried,
    )
    with web.bind("127.0.0.1", 0) as wire, web.bind("127.0.0.1", 0) as http:
        async with httpx.AsyncClient(base_url=web.url(http)) as client, trio.open_nursery() as nursery:
            await nursery.start(register.serve, wire, http)
            served = Served(wire.getsockname()[1], client)
            yield served
            for host in served.hosts:
                await trio.aclose_forcefully(host.stream)
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def emulated_pty(path: Path, link: Path, *, only_at: int | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A register on a pseudo-terminal to which `link` leads; the client is for its control calls."""
    register = EmulatedRegister(path, clock=lambda: datetime.now(UTC), print_delay=0, byte_timeout=0.2)
    with web.bind("127.0.0.1", 0) as http:
        async with httpx.AsyncClient(base_url=web.url(http)) as client, trio.open_nursery() as nursery:
            await nursery.start(partial(register.serve_pty, link, http, only_at=only_at))
            yield client
            nursery.cancel_scope.cancel()


class Host:
    """The plainest host there can be: it does what the manual says and mends nothing."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self.stream = stream
        self._came = bytearray()

    async def write(self, data: bytes) -> None:
        await self.stream.send_all(data)

    async def read(self, count: int) -> bytes:
        """So many bytes, fewer if the connection ends before. Raises trio.TooSlowError."""
        with trio.fail_after(WITHIN):
            while len(self._came) < count and (data := await self.stream.receive_some()):
                self._came += data
        read, self._came = bytes(self._came[:count]), self._came[count:]
        return read

    async def silent(self, seconds: float) -> bool:
        """Whether the register says nothing for so long."""
        with trio.move_on_after(seconds):
            await self.read(1)
            return False
        return True

    async def probe(self) -> int:
        """What it says to ENQ."""
        await self.write(bytes([ENQ]))
        return (await self.read(1))[0]

    async def send(self, request: Command[Any]) -> int:
        """What it says to the frame."""
        assert await self.probe() == NAK
        await self.write(encode_frame(request.encode()))
        return (await self.read(1))[0]

    async def answer(self) -> bytes:
        """The frame that comes, not confirmed: CMD ERR data."""
        assert (await self.read(1))[0] == STX
        length = (await self.read(1))[0]
        return (await self.read(length + 1))[:-1]

    async def ask(self, request: Command[A]) -> A:
        """A whole exchange. Raises Refused."""
        assert await self.send(request) == ACK
        body = await self.answer()
        await self.write(bytes([ACK]))
        return decode_answer(request, body)
