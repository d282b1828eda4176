"""What a client may send to the gRPC port that no client should: raw bytes."""

from collections.abc import Callable
from dataclasses import dataclass

import h2.config
import h2.connection
import h2.settings

from tests.fakes.grpc_client import PLAIN, PSEUDO, framed

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEALTH, WATCH = "/kassir.v1.FiscalGateway/Health", "/kassir.v1.FiscalGateway/WatchStatus"


@dataclass(frozen=True)
class Hostile:
    """`ends`: the server hangs up by itself, and at once."""

    name: str
    sent: bytes
    ends: bool = True


def _frame(kind: int, payload: bytes, flags: int = 0, stream: int = 0) -> bytes:
    """An HTTP/2 frame (RFC 9113, 4.1)."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _greeted(*frames: bytes) -> bytes:
    return PREFACE + _frame(4, b"") + b"".join(frames)


def _fields(*headers: tuple[bytes, bytes]) -> bytes:
    """Literal fields (RFC 7541, 6.2.2) of up to 126 bytes."""
    return b"".join(b"\x00%c%b%c%b" % (len(name), name, len(value), value) for name, value in headers)


CALL = (
    (b":method", b"POST"),
    (b":scheme", b"http"),
    (b":path", HEALTH.encode()),
    (b":authority", b"till"),
    (b"te", b"trailers"),
    (b"content-type", b"application/grpc"),
)


def _head(*headers: tuple[bytes, bytes], flags: int = 4, stream: int = 1) -> bytes:
    return _frame(1, _fields(*headers), flags, stream)


def _said(*say: Callable[[h2.connection.H2Connection], None], window: int | None = None) -> bytes:
    """What a real HTTP/2 library sends."""
    client = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    if window is not None:
        values = {h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window}
        client.local_settings = h2.settings.Settings(client=True, initial_values=values)
    client.initiate_connection()
    for each in say:
        each(client)
    return client.data_to_send()


def _call(path: str, body: bytes, *, end: bool = True) -> Callable[[h2.connection.H2Connection], None]:
    def say(client: h2.connection.H2Connection) -> None:
        number = client.get_next_available_stream_id()
        client.send_headers(number, [*PSEUDO, (":path", path), *PLAIN])
        client.send_data(number, body, end_stream=end)

    return say


FIELDS = _fields((b"x", b"y" * 100)) * 150

INPUTS = [
    Hostile("one NUL", b"\0", ends=False),
    Hostile("nothing", b"", ends=False),
    Hostile("noise", bytes(range(256)) * 16),
    Hostile("bytes of TLS", bytes.fromhex("16030100a5010000a10303") + b"\xab" * 64),
    Hostile("a request of HTTP/1.1", b"GET / HTTP/1.1\r\nHost: till\r\n\r\n"),
    Hostile("an upgrade to HTTP/2", b"GET / HTTP/1.1\r\nHost: till\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n\r\n"),
    Hostile("half a preface", PREFACE[:10], ends=False),
    Hostile("a preface and noise", PREFACE + b"\xff" * 100),
    Hostile("a frame longer than there may be", _greeted(b"\xff\xff\xff\x00\x00\x00\x00\x00\x01" + b"x" * 100)),
    Hostile("settings of a wrong length", PREFACE + _frame(4, b"12345")),
    Hostile("a window of more than 2^31", _greeted(_frame(8, b"\x7f\xff\xff\xff") * 2)),
    Hostile("data on a stream that is not open", _greeted(_frame(0, b"x", 0, 7))),
    Hostile("a stream of the server", _greeted(_head(*CALL, stream=2))),
    Hostile("headers without end", _greeted(_frame(1, b"", 0, 1) + _frame(9, b"", 0, 1) * 100)),
    Hostile("compressed headers that are none", _greeted(_frame(1, b"\xff\xff\xff\xff\xff\xff", 4, 1))),
    Hostile("a head of 1 MB", _greeted(_frame(1, FIELDS, 0, 1), _frame(9, FIELDS, 0, 1) * 62, _frame(9, FIELDS, 4, 1))),
    Hostile("a path that is no UTF-8", _greeted(_head(*CALL[:2], (b":path", b"/\xff/\xfe"), *CALL[3:]))),
    Hostile("a head without a method", _greeted(_head(*CALL[1:]))),
    Hostile("CONNECT", _greeted(_head((b":method", b"CONNECT"), *CALL[3:])), ends=False),
    Hostile("GET", _greeted(_head((b":method", b"GET"), *CALL[1:])), ends=False),
    Hostile("a head that ends the call", _greeted(_head(*CALL, flags=5)), ends=False),
    Hostile("a message that is no protobuf", _said(_call(HEALTH, framed(b"\xff" * 50))), ends=False),
    Hostile("a message of 4 GB", _said(_call(HEALTH, b"\0\xff\xff\xff\xffabc", end=False)), ends=False),
    Hostile("a message that does not come", _said(_call(HEALTH, framed(b"x" * 100)[:20], end=False)), ends=False),
    Hostile("more calls than there may be", _said(*[_call(WATCH, framed(b""))] * 101)),
    Hostile("a flood of settings", _greeted(_frame(4, b"\x00\x04\x00\x00\xff\xff") * 5000)),
    Hostile("a flood of pings", _greeted(_frame(6, b"12345678") * 5000)),
    Hostile("a watcher that makes no room", _said(_call(WATCH, framed(b"")), window=0), ends=False),
    Hostile("a goodbye and more", _greeted(_frame(7, b"\0" * 8), _head(*CALL))),
]
