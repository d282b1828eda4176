"""JSON over HTTP to one service outside: the plumbing that its clients share."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from math import inf
from typing import Self, TypeVar

import httpx
import msgspec
import trio

from drivers.clock import utc_now
from drivers.errors import LinkLost, LinkSilent
from protocols.jsontext import dumps
from protocols.retry_after import pause_of

CALLS = 64
"""At once, as many as a link's bulkhead may let out: who waits here is taken for a call that the other side does not
answer. More than these wait here and not in httpx's pool, which loses a place for ever when a request is cancelled
while it waits for one (httpcore 1.0.9, issue 1093)."""
TOO_MANY = 429  # says how fast we are, and nothing of the link
SLOWER = 5.0  # seconds until the next call where a 429 does not say: no breaker opens for it and makes us slower
MAX_REPLY = 1024 * 1024
MAX_REASON = 300
HEADERS = {
    "Content-Type": "application/json",
    "Accept-Encoding": "identity",
    # A service, or a proxy before it, that answers twice leaves the second answer on the connection, and the next
    # call would take it for its own: a receipt would count as delivered that never was
    "Connection": "close",
}

T = TypeVar("T")


class Malformed(Exception):
    """The answer is not what was agreed; the message says where."""


@dataclass(frozen=True)
class Reply:
    """An answer, whatever it says."""

    status: int
    body: bytes
    pause: float | None = None  # seconds that the server asks for before the next call

    def read(self, kind: type[T]) -> T:
        """The body's JSON as a `kind`, which may have less fields. Raises Malformed."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            # cut: it may quote a megabyte of the answer, and goes into logs and rows
            raise Malformed(f"malformed answer {self.status}: {error}"[:MAX_REASON]) from error


class HttpLink:
    """Calls to `base_url`, each over a connection of its own; used as a context manager.

    `timeout` in seconds is for a whole call, from the wait for a free place to the last byte of the answer; None: the
    caller sees to it.
    `transport` carries the calls instead of httpx's own sockets.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float | None,
        headers: Mapping[str, str] | None = None,
        verify_ssl: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._timeout = timeout
        self._places = trio.CapacityLimiter(CALLS)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={**HEADERS, **(headers or {})},
            timeout=timeout,
            limits=httpx.Limits(max_connections=2 * CALLS, max_keepalive_connections=0),
            # The machine's own roots, not httpx's: that is where a shop installs those of its OFD
            verify=ssl.create_default_context() if verify_ssl and base_url.startswith("https:") else False,
            transport=transport,
            trust_env=False,  # receipts go where the configuration says and through no proxy that it does not name
        )
        # Nobody here has a session, and whoever names each of its cookies anew would fill memory and every request
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def post(self, path: str, body: object, *, headers: Mapping[str, str] | None = None) -> Reply:
        """The answer to `body` sent as JSON. Raises LinkSilent, LinkLost; then the body may have arrived or not."""
        return await self._call("POST", path, dumps(body), headers)

    async def get(self, path: str) -> Reply:
        """Raises LinkSilent, LinkLost."""
        return await self._call("GET", path)

    async def delete(self, path: str) -> Reply:
        """Raises LinkSilent, LinkLost; then the order may have arrived or not."""
        return await self._call("DELETE", path)

    async def _call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        try:
            with trio.fail_after(inf if self._timeout is None else self._timeout):
                async with self._places:
                    return await self._send(method, path, body, headers)
        except (trio.TooSlowError, httpx.TimeoutException):
            raise LinkSilent(f"no answer within {self._timeout:g} s") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise LinkLost(str(error) or type(error).__name__) from error

    async def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None) -> Reply:
        request = self._client.build_request(method, path, content=body or None, headers=headers)
        request.stream = InOnePiece(body)
        async with aclosing(await self._client.send(request, stream=True)) as answer:
            said = pause_of(answer.headers.get("Retry-After"), answer.headers.get("Date"), utc_now())
            pause = SLOWER if said is None and answer.status_code == TOO_MANY else said
            return Reply(answer.status_code, await _read(answer), pause)


class InOnePiece(httpx.AsyncByteStream):
    """A request's body. Httpx's own is a generator that a cancelled request leaves unfinished, which Trio reports."""

    def __init__(self, body: bytes) -> None:
        self._left = [body]

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    with trio.CancelScope() as reading:
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > MAX_REPLY:
                reading.cancel()  # unwinds httpx's generators one by one; leaving the loop would only drop them
    if reading.cancelled_caught:
        raise LinkLost(f"the answer is over {MAX_REPLY} bytes")
    return bytes(body)
