"""How a client comes in: there is a place for it, and its handshake is done."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
import trio

from drivers.web.listen import Entrance
from drivers.web.peer import Peer, address_of
from drivers.web.shares import Shares, stranger
from drivers.web.tls import HandshakeFailed, Tls

log = structlog.get_logger()

Refused = Callable[[tuple[str, int] | None, HandshakeFailed], None]
"""Whose connection was not let in, and why."""


class Door(trio.abc.Listener[trio.abc.HalfCloseableStream]):
    """Lets in as many clients at once as there are places; the others wait outside, but for one that has its share.

    `of_one`: places that an address of another computer may have.
    """

    def __init__(self, entrance: Entrance, places: int, of_one: int) -> None:
        self._listener = entrance.listen()
        self._places = trio.Semaphore(places)
        self._shares = Shares(of_one)
        self._inside: dict[trio.abc.HalfCloseableStream, str | None] = {}  # a socket that is closed tells no address

    async def accept(self) -> trio.abc.HalfCloseableStream:
        await self._places.acquire()
        try:
            while True:
                stream = await self._listener.accept()
                address = stranger(stream)
                if self._shares.enter(address):
                    self._inside[stream] = address
                    return stream
                await trio.aclose_forcefully(stream)
        except BaseException:  # cancelled too: nobody came in, so the place is free
            self._places.release()
            raise

    def leave(self, stream: trio.abc.HalfCloseableStream) -> None:
        self._shares.leave(self._inside.pop(stream))
        self._places.release()

    async def aclose(self) -> None:
        await self._listener.aclose()


@dataclass(frozen=True)
class Reception:
    """Greets a client. `within`: seconds for its handshake. `refused` hears of those that failed in it."""

    tls: Tls | None
    within: float
    refused: Refused | None

    async def greet(self, stream: trio.abc.Stream) -> tuple[trio.abc.Stream, Peer] | None:
        """None: it was not let in, and its connection is closed."""
        address = address_of(stream)
        if self.tls is None:
            return stream, Peer(address)
        try:
            secure, certificate = await self.tls.welcome(stream, within=self.within)
        except HandshakeFailed as failed:
            log.debug("handshake_failed", client=address, reason=failed.reason)
            if self.refused is not None:
                self.refused(address, failed)
            return None
        return secure, Peer(address, certificate, secure=True)
