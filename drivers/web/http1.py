"""Hypercorn's HTTP/1.1 with its gaps closed (hypercorn 0.18; what is said of "the stock" was seen in that version)."""

from collections.abc import Sequence
from struct import Struct

import h11
from hypercorn.events import Closed, RawData
from hypercorn.protocol.h11 import H11Protocol, H11WSConnection
from hypercorn.protocol.ws_stream import WSStream
from hypercorn.typing import H11SendableEvent
from wsproto.connection import ConnectionState

BODY = {b"content-length", b"transfer-encoding"}
FINAL_TEXT, EXTENDED = 0x81, 126  # the first byte of a whole text frame; sizes that take another 2 bytes, 8 if 127
HEAD_OF_16, HEAD_OF_64 = Struct("!BBH"), Struct("!BBQ")
ANSWERED = {h11.SEND_BODY, h11.DONE, h11.MUST_CLOSE, h11.CLOSED}
MOST_HEADERS = 100  # of one request; a head of 16 KiB has room for thousands, which take longer than a sale may wait
HANDSHAKE = (b"connection", b"upgrade", b"sec-websocket-")


class Http1(H11Protocol):
    """One connection's requests in, answers out; no more than HTTP/1.1.

    HTTP/2 is not offered: on a cleartext port the stock always is ready for it, and three of its crashes come from
    there. `Upgrade: h2c` is ignored, as RFC 9110 (7.8) allows, and a client that begins with HTTP/2 is told 505.
    """

    _held = b""  # the head of an answer, waiting for what comes with it
    _has_body = False  # the request that is being answered brings one

    @property
    def heard_out(self) -> bool:
        """Whether all that the client sent has been read, so that closing cannot make TCP reset the connection."""
        heard = self.connection.their_state in {h11.DONE, h11.MUST_CLOSE, h11.CLOSED}
        return heard and not self.connection.trailing_data[0]

    async def _check_protocol(self, event: h11.Request) -> None:
        """Where the stock turns to HTTP/2."""

    async def _create_stream(self, request: h11.Request) -> None:
        self._has_body = any(name in BODY and value != b"0" for name, value in request.headers)
        if status := refusal(request):
            await self._send_error_response(status)
            await self.send(Closed())
        else:
            await super()._create_stream(_plain(request))

    async def _handle_events(self) -> None:
        await super()._handle_events()
        stream = self.stream
        # The stock answers 400 to a bad handshake but never closes, and goes on collecting a message that is too big.
        if isinstance(stream, WSStream) and (stream.closed or stream.buffer.length > stream.buffer.max_length):
            await self.send(Closed())

    async def send_texts(self, texts: Sequence[bytes]) -> None:
        """Several messages of a websocket in one write; none once it is being closed.

        The stock takes them one by one through three layers, at ten times the cost, to the same effect: a
        server's frame is a head of two to ten bytes and the text (RFC 6455, 5.2).
        """
        stream = self.stream
        if isinstance(stream, WSStream) and not stream.closed and stream.connection.state is ConnectionState.OPEN:
            await self.send(RawData(b"".join(map(_text_frame, texts))))

    @property
    def _is_answered(self) -> bool:
        """Whether the head of an answer to this request is out already."""
        stock = self.connection
        return (stock.h11_connection if isinstance(stock, H11WSConnection) else stock).our_state in ANSWERED

    async def _send_h11_event(self, event: H11SendableEvent) -> None:
        """Sends as the stock does, but an answer's head together with the first of its body: one write, not three.

        So the head of a stream is seen only with its first chunk: a handler with nothing to say yet yields a comment.
        An answer that comes before the end of its request's body says that the connection closes with it: a client
        that were not told would send its next request to nobody.
        """
        if isinstance(event, h11.Response) and self._has_body and self.connection.their_state is h11.SEND_BODY:
            event = h11.Response(status_code=event.status_code, headers=[*event.headers, (b"connection", b"close")])
        if isinstance(event, (h11.Response, h11.InformationalResponse)) and self._is_answered:
            return  # a handshake was refused, for what came behind it, at the very moment its handler accepted it
        try:
            data = self.connection.send(event)
        except h11.LocalProtocolError:
            if self.connection.their_state != h11.ERROR:
                raise
            return
        self._held += data or b""
        if not isinstance(event, h11.Response):
            held, self._held = self._held, b""
            await self.send(RawData(held))


def _text_frame(text: bytes) -> bytes:
    size = len(text)
    if size < EXTENDED:
        return bytes((FINAL_TEXT, size)) + text
    if size < 1 << 16:
        return HEAD_OF_16.pack(FINAL_TEXT, EXTENDED, size) + text
    return HEAD_OF_64.pack(FINAL_TEXT, EXTENDED + 1, size) + text


def refusal(request: h11.Request) -> int | None:
    """The status to refuse a request with, whose head is well formed but which must reach no handler."""
    names = {name for name, _ in request.headers}
    if request.http_version not in {b"1.0", b"1.1"}:
        return 505
    if len(request.headers) > MOST_HEADERS:
        return 431
    if {b"content-length", b"transfer-encoding"} <= names:
        return 400  # two opinions about where the body ends: request smuggling (RFC 9112, 6.3)
    if _origin_form(request.target) is None:
        return 400  # Quart fails on it
    if any(name.startswith(HANDSHAKE) and not value.isascii() for name, value in request.headers):
        return 400  # wsproto fails on it, and with it the connection
    return None


def _plain(request: h11.Request) -> h11.Request:
    """The request with a target that Quart can read, and no offer to compress websocket messages.

    The stock takes up every such offer, and 64 KiB from the wire may then become 64 MiB before any limit is checked.
    """
    target = _origin_form(request.target)
    headers = [(name, value) for name, value in request.headers if name != b"sec-websocket-extensions"]
    if target == request.target and len(headers) == len(request.headers):
        return request
    return h11.Request(method=request.method, target=target or b"", headers=headers, http_version=request.http_version)


def _origin_form(target: bytes) -> bytes | None:
    """`/path?query` of a request target that has one (RFC 9112, 3.2); `*` stays."""
    if target.startswith(b"/") or target == b"*":
        return target
    scheme, _, rest = target.partition(b"://")
    host, _, path = rest.partition(b"/")
    return b"/" + path if host and scheme.lower() in {b"http", b"https"} else None
