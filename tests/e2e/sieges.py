"""What a client may do to the gateway over time: each holds a connection, or many, for as long as it is let."""

import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import trio

from tests.e2e.hostile_inputs import HANDSHAKE, HOST, PINGS, for_gateway, ws_frame
from tests.serving import read_until

Siege = Callable[[int], Awaitable[None]]
DRIP = 0.2  # seconds between two drops
GET = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = (
    b"POST /v1/kkt/receipt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Idempotency-Key: f47ac10b-58cc-4372-a567-0e02b2c3d479\r\n"
)
LENGTHY = POST + b"Content-Length: 9000\r\n\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
STREAM = for_gateway(HANDSHAKE) + b"\r\n"
LOGS = GET % b"/v1/kkt/buffer/logs?limit=500" + b"\r\n"
HEALTH = GET % b"/v1/health" + b"\r\n"
HANGS_UP = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing resets


async def holds(first: bytes, port: int) -> None:
    """Says that and then nothing, and reads nothing."""
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        await stream.send_all(first)
        await trio.sleep_forever()


async def drips(first: bytes, drop: bytes, port: int) -> None:
    """Says that, and then a drop at a time, until it is cut off; then again."""
    while True:
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            with suppress(trio.BrokenResourceError):
                await stream.send_all(first)
                while True:
                    await trio.sleep(DRIP)
                    await stream.send_all(drop)


async def pours(first: bytes, flood: bytes, port: int) -> None:
    """Says that, and then as much as fits into the buffers of both sides; reads nothing. When it is cut off, again."""
    while True:
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            with suppress(trio.BrokenResourceError):
                await stream.send_all(first)
                while True:
                    await stream.send_all(flood)
                    await trio.sleep(0.01)  # or the machine is the first to give in


async def pours_into_websocket(flood: bytes, port: int) -> None:
    """The same behind a handshake that was answered."""
    while True:
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            with suppress(trio.BrokenResourceError, EOFError):
                await stream.send_all(STREAM)
                await read_until(stream, b"\r\n\r\n")
                while True:
                    await stream.send_all(flood)
                    await trio.sleep(0.01)


async def half_closes(first: bytes, port: int) -> None:
    """Says that and no more will come, again and again; waits for no answer."""
    while True:
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            with suppress(trio.BrokenResourceError):
                await stream.send_all(first)
                await stream.send_eof()
            await trio.sleep(DRIP)


async def resets(first: bytes, port: int) -> None:
    """Says that and slams the door, again and again."""
    while True:
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANGS_UP)
            with suppress(trio.BrokenResourceError):
                await stream.send_all(first)
        await trio.sleep(0.02)


SIEGES: dict[str, Siege] = {
    "a connection without a word": partial(holds, b""),
    "half a head": partial(holds, b"GET / HTTP/1.1\r\nHos"),
    "half a body": partial(holds, LENGTHY + b'{"pos_id": '),
    "half a chunk": partial(holds, CHUNKED + b"ffff\r\nabc"),
    "a body that was promised behind 100-continue": partial(
        holds, POST + b"Expect: 100-continue\r\nContent-Length: 900\r\n\r\n"
    ),
    "half a handshake": partial(holds, STREAM[:-2]),
    "half a frame": partial(holds, STREAM + b"\x81"),
    "a connection that was used": partial(holds, HEALTH),
    "a viewer that does not read": partial(holds, STREAM),
    "a head by drops": partial(drips, GET % b"/v1/health", b"X: y\r\n"),
    "a body by drops": partial(drips, LENGTHY, b" "),
    "a body by chunks of a byte": partial(drips, CHUNKED, b"1\r\n \r\n"),
    "a handshake by drops": partial(drips, STREAM[:-2], b"X: y\r\n"),
    "requests without reading": partial(pours, HEALTH, HEALTH * 100),
    "long lists without reading": partial(pours, LOGS, LOGS * 20),
    "heads without an end": partial(pours, GET % b"/v1/health", b"X: " + b"y" * 1000 + b"\r\n"),
    "a body without an end": partial(pours, CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"),
    "pings without reading": partial(pours_into_websocket, PINGS),
    "fragments without an end": partial(pours_into_websocket, ws_frame(0, b"a", fin=0) * 500),
    "empty fragments without an end": partial(pours_into_websocket, ws_frame(0, b"", fin=0) * 500),
    "messages that nobody reads": partial(pours_into_websocket, ws_frame(1, b"a" * 1000) * 20),
    "empty messages that nobody reads": partial(pours_into_websocket, ws_frame(2, b"") * 500),
    "a frame of 2^62 bytes": partial(pours_into_websocket, ws_frame(1, b"", length=1 << 62) + b"a" * 4096),
    "closings without an end": partial(pours_into_websocket, ws_frame(8, b"\x03\xe8garbage") * 100),
    "a half-closed handshake": partial(half_closes, STREAM),
    "a half-closed request": partial(half_closes, LOGS),
    "a half-closed order": partial(half_closes, LENGTHY),
    "a reset of nothing": partial(resets, b""),
    "a reset in the head": partial(resets, b"GET / HT"),
    "a reset in the body": partial(resets, LENGTHY + b"{"),
    "a reset behind a handshake": partial(resets, STREAM),
    "a reset behind requests": partial(resets, LOGS * 5),
    "a strange host": partial(half_closes, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"),
}
