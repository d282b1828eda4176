"""Follows the status stream of a gateway, over lost connections too."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NoReturn
from urllib.parse import quote

import h11
import trio
from trio_websocket import (
    ConnectionClosed,
    ConnectionRejected,
    HandshakeError,
    WebSocketConnection,
    wrap_client_stream,
)
from wsproto.utilities import ProtocolError as NoWebsocket

from protocols.followed import Contact, Followed, NotAStream, Trouble, Why
from protocols.gateway_address import GatewayAddress
from protocols.jsontext import NotJson, loads

PATH, PROTOCOL = "/v1/status/stream", "kassir.v1"
CONNECT = 4.0  # seconds, to the first message
SILENCE = 4.5  # seconds; the gateway says something every 2.5 at the latest
LONGEST_MESSAGE = 16 * 1024 * 1024  # bytes; a snapshot of a thousand registers is 2 MB
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds between two attempts
NOT_US = 4000  # close codes from here on are the gateway's own: it does not let us look any longer

LOST = (
    OSError,
    trio.BrokenResourceError,
    trio.ClosedResourceError,
    trio.TooSlowError,
    ConnectionClosed,
    HandshakeError,
    NotAStream,
    NotJson,
    h11.ProtocolError,
    NoWebsocket,
)
TOKEN = re.compile(r"[!-~]*")  # what a header can carry


class BadAuthority(Exception):
    """There is no certificate in that file; the message says which and why."""


class BadToken(Exception):
    """It cannot be sent; the message does not show it."""


def trusting(authority: Path | None) -> ssl.SSLContext:
    """Gateways whose certificate that one signs; None: that the system trusts. Raises BadAuthority."""
    try:
        return ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise BadAuthority(f"{authority} has no certificate: {error}") from error


@dataclass(frozen=True)
class StatusClient:
    """`token` is sent to the gateway and told to nobody. `tls`: for an address that is secure. Raises BadToken."""

    address: GatewayAddress
    token: str = field(repr=False)
    tls: ssl.SSLContext

    def __post_init__(self) -> None:
        if not TOKEN.fullmatch(self.token):  # or the library would show it, in its own words for that
            raise BadToken("a token has letters, digits and signs of ASCII only, and this one has something else")

    async def follow(self, followed: Followed, changed: Callable[[], None], random: Random) -> NoReturn:
        """Keeps `followed` as the stream tells it, and calls `changed` each time; tries again for ever."""
        pause = FIRST_PAUSE
        while True:
            before = followed.number, followed.epoch
            await self.follow_once(followed, changed)
            if (followed.number, followed.epoch) != before:
                pause = FIRST_PAUSE
            await trio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def follow_once(self, followed: Followed, changed: Callable[[], None]) -> None:
        """Until the connection is lost; `followed` then says why."""
        trouble: tuple[Contact, Trouble] | None = None
        try:
            await self._follow(followed, changed)
        except* LOST as losses:
            trouble = _lost(_first(losses))
        if trouble is not None:
            followed.lose(*trouble)
            changed()

    async def _follow(self, followed: Followed, changed: Callable[[], None]) -> None:
        """Leaves by an error, or by a group of them."""
        with trio.CancelScope() as silence:
            silence.deadline = trio.current_time() + CONNECT
            # a stream of our own: the library leaves the one that it opens by itself to the collector
            async with await self._dial() as stream, trio.open_nursery() as nursery:
                if isinstance(stream, trio.SSLStream):  # the library would wait for ever where this fails
                    await stream.do_handshake()
                connection = await self._shake_hands(nursery, stream, followed.mark)
                while True:
                    followed.take(loads(_bytes(await connection.get_message())))
                    silence.deadline = trio.current_time() + SILENCE
                    changed()
        raise trio.TooSlowError

    async def _dial(self) -> trio.abc.Stream:
        plain = await trio.open_tcp_stream(self.address.host, self.address.port)
        if not self.address.secure:
            return plain
        return trio.SSLStream(plain, self.tls, server_hostname=self.address.host, https_compatible=True)

    async def _shake_hands(
        self, nursery: trio.Nursery, stream: trio.abc.Stream, mark: str | None
    ) -> WebSocketConnection:
        return await wrap_client_stream(
            nursery,
            stream,  # type: ignore[arg-type]  # any stream will do
            self.address.netloc,
            f"{PATH}?after={quote(mark)}" if mark else PATH,
            subprotocols=[PROTOCOL],
            extra_headers=[(b"Authorization", f"Bearer {self.token}".encode())] if self.token else [],
            max_message_size=LONGEST_MESSAGE,
        )


def _bytes(message: str | bytes) -> bytes:
    return message.encode() if isinstance(message, str) else message


def _lost(error: BaseException) -> tuple[Contact, Trouble]:
    match error:
        case trio.TooSlowError():
            return Contact.LOST, Trouble(Why.SILENT)
        case ConnectionRejected(status_code=status):
            contact = Contact.REFUSED if 400 <= status < 500 else Contact.LOST
            return contact, Trouble(Why.ANSWERED, f"HTTP {status}")
        case ConnectionClosed(reason=reason) if reason is not None:
            contact = Contact.REFUSED if reason.code >= NOT_US else Contact.LOST
            return contact, Trouble(Why.ENDED, f"{reason.code} {reason.reason or ''}".strip())
        case NotAStream() | NotJson():
            return Contact.LOST, Trouble(Why.GARBLED, str(error))
        case h11.ProtocolError() | NoWebsocket():
            return Contact.LOST, Trouble(Why.GARBLED, "no HTTP")
        case _:
            told = error.__cause__ or error  # what Trio says of a broken stream stands in its cause
            return Contact.LOST, Trouble(Why.UNREACHABLE, str(told) or type(told).__name__)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Of what lies at the bottom of groups."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
