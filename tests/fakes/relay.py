"""A wire between a client and a server that can be cut, or go silent; in TLS towards the client if asked for."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import trio

BROKEN = (OSError, trio.BrokenResourceError, trio.ClosedResourceError)


@dataclass
class Relay:
    """`address` is where clients come to; `taken`: what they sent."""

    port: int = 0
    silent: bool = False
    taken: bytearray = field(default_factory=bytearray)
    _scopes: list[trio.CancelScope] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"

    def cut(self) -> None:
        for scope in self._scopes:
            scope.cancel()
        self._scopes.clear()

    async def carry(self, client: trio.abc.Stream, server: trio.abc.Stream) -> None:
        scope = trio.CancelScope()
        self._scopes.append(scope)
        with scope, suppress(*BROKEN):
            async with client, server, trio.open_nursery() as nursery:
                nursery.start_soon(self._carry, client, server, scope, self.taken)
                nursery.start_soon(self._carry, server, client, scope, bytearray())

    async def _carry(
        self, here: trio.abc.Stream, there: trio.abc.Stream, scope: trio.CancelScope, copy: bytearray
    ) -> None:
        with suppress(*BROKEN):
            while data := await here.receive_some(65_536):
                copy += data
                if not self.silent:
                    await there.send_all(data)
        scope.cancel()


@asynccontextmanager
async def relay(host: str, port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[Relay]:
    """To a server on that port."""
    wire = Relay()

    async def serve(client: trio.SocketStream) -> None:
        stream = trio.SSLStream(client, tls, server_side=True, https_compatible=True) if tls else client
        await wire.carry(stream, await trio.open_tcp_stream(host, port))

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        wire.port = listener.socket.getsockname()[1]
        nursery.start_soon(trio.serve_listeners, serve, [listener])
        yield wire
        nursery.cancel_scope.cancel()
