"""Applications served on loopback for one test, and a client of bare bytes."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import trio
from quart_trio import QuartTrio

from drivers.web import HandshakeFailed, Limits, SocketEntrance, Tls, bind, serve, url


@dataclass(frozen=True)
class Site:
    """A running server."""

    listener: socket.socket
    stopping: trio.Event
    ended: trio.Event

    @property
    def url(self) -> str:
        return url(self.listener)

    async def dial(self) -> trio.SocketStream:
        """A bare connection, for the caller to close."""
        host, port = self.listener.getsockname()
        return await trio.open_tcp_stream(host, port)


@asynccontextmanager
async def served(
    app: QuartTrio,
    *,
    limits: Limits | None = None,
    grace: float = 0.2,
    tls: Tls | None = None,
    refused: Callable[[Any, HandshakeFailed], None] | None = None,
) -> AsyncIterator[Site]:
    """`app` on a free port of 127.0.0.1, until the block is left."""
    with bind("127.0.0.1", 0) as listener:
        async with trio.open_nursery() as nursery:
            site = Site(listener, trio.Event(), trio.Event())
            entrance = SocketEntrance(listener, tls)
            how: dict[str, Any] = {"grace": grace, "limits": limits or Limits(), "refused": refused}
            run = partial(serve, app, entrance, stopping=site.stopping, **how)

            async def until_stopped(*, task_status: trio.TaskStatus[None]) -> None:
                await run(task_status=task_status)
                site.ended.set()

            await nursery.start(until_stopped)
            yield site
            site.stopping.set()


async def read_all(stream: trio.abc.ReceiveStream, *, within: float = 8.0) -> bytes:
    """Everything up to the end of the stream, also if it is reset. Raises trio.TooSlowError if it does not end."""
    got = bytearray()
    with trio.fail_after(within):
        try:
            while data := await stream.receive_some():
                got += data
        except trio.BrokenResourceError:
            got += b"(reset)"
    return bytes(got)


async def read_until(stream: trio.abc.ReceiveStream, end: bytes, *, within: float = 8.0) -> bytes:
    """Everything up to and including `end`, and what came with it. Raises trio.TooSlowError, EOFError."""
    got = bytearray()
    with trio.fail_after(within):
        while end not in got:
            data = await stream.receive_some()
            if not data:
                raise EOFError(bytes(got))
            got += data
    return bytes(got)


async def send_until_broken(stream: trio.abc.SendStream, data: bytes, *, pause: float = 0) -> None:
    """Sends `data` again and again, `pause` seconds apart, until the other side has broken the connection."""
    with suppress(trio.BrokenResourceError):
        while True:
            await stream.send_all(data)
            await trio.sleep(pause)


async def get(site: Site, path: str = "/") -> bytes:
    """The raw answer to a plain GET over a connection of its own."""
    async with await site.dial() as stream:
        await stream.send_all(f"GET {path} HTTP/1.1\r\nHost: till\r\nConnection: close\r\n\r\n".encode())
        return await read_all(stream)
