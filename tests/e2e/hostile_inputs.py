"""What a client may send that no client should: raw bytes, and what the server is to answer."""

from dataclasses import dataclass

HOST = b"Host: till\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
HANDSHAKE = b"GET /echo HTTP/1.1\r\n" + HOST + UPGRADE + KEY
H2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
ORDER = b"Content-Type: application/json\r\nIdempotency-Key: f47ac10b-58cc-4372-a567-0e02b2c3d479\r\n"
ROUTES = {
    b"Host: till": b"Host: 127.0.0.1",
    b"POST /size HTTP/1.1\r\n": b"POST /v1/kkt/receipt HTTP/1.1\r\n" + ORDER,
    b" /echo HTTP": b" /v1/status/stream HTTP",
    b" / HTTP": b" /v1/health HTTP",
    b"[::1 HTTP": b"[::1/none HTTP",
}
"""What a test's own application is asked, and the same to the gateway."""


@dataclass(frozen=True)
class Hostile:
    """Bytes sent in one piece, and the status of the answer (None: the connection ends without one)."""

    name: str
    sent: bytes
    answer: int | None = 400
    half_closed: bool = False  # no more will come; the server may see that before its answer is out


def _get(head: bytes, version: bytes = b"1.1") -> bytes:
    return b"GET / HTTP/" + version + b"\r\n" + head + b"\r\n"


def _post(head: bytes, body: bytes = b"") -> bytes:
    return b"POST /size HTTP/1.1\r\n" + HOST + head + b"\r\n" + body


def _frame(kind: int, payload: bytes, flags: int = 0, stream: int = 0) -> bytes:
    """An HTTP/2 frame (RFC 9113, 4.1)."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _h2(*headers: tuple[bytes, bytes]) -> bytes:
    """HTTP/2 by prior knowledge: preface, settings, and a request on stream 1 (literal fields, RFC 7541, 6.2.2)."""
    block = b"".join(b"\x00%c%b%c%b" % (len(name), name, len(value), value) for name, value in headers)
    return H2_PREFACE + _frame(4, b"") + _frame(1, block, flags=5, stream=1)


def ws_frame(opcode: int, payload: bytes, *, fin: int = 0x80, masked: int = 0x80, length: int | None = None) -> bytes:
    """A websocket frame under a mask of zeros (RFC 6455, 5.2); `length` may lie."""
    size = len(payload) if length is None else length
    width = 0 if size < 126 else 2 if size < 65536 else 8
    short, long = {0: size, 2: 126, 8: 127}[width], size.to_bytes(width, "big") if width else b""
    return bytes([fin | opcode, masked | short]) + long + b"\0" * (4 if masked else 0) + payload


def for_gateway(sent: bytes) -> bytes:
    """The same by the names of the gateway's own routes."""
    for here, there in ROUTES.items():
        sent = sent.replace(here, there)
    return sent


HEADS = [
    Hostile("nothing but a half close", b"", None, half_closed=True),
    Hostile("one NUL", b"\0"),
    Hostile("a line of NULs", b"\0" * 100 + b"\r\n\r\n"),
    Hostile("bytes of TLS", bytes.fromhex("16030100a5010000a10303") + b"\xab" * 64 + b"\r\n\r\n"),
    Hostile("words without a version", b"HELLO\r\n\r\n"),
    Hostile("a request of HTTP 0.9", b"GET /\r\n\r\n"),
    Hostile("version 3.7", _get(HOST, b"3.7"), 505),
    Hostile("version with letters", _get(HOST, b"one")),
    Hostile("no Host", _get(b"")),
    Hostile("two Hosts", _get(HOST + HOST)),
    Hostile("NUL in the target", b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n"),
    Hostile("NUL in a header", _get(HOST + b"X: a\0b\r\n")),
    Hostile("bare CR in a header", _get(HOST + b"X: a\rb\r\n")),
    Hostile("space before the colon", _get(HOST + b"X : a\r\n")),
    Hostile("header without a colon", _get(HOST + b"nothing\r\n")),
    Hostile("header with an empty name", _get(HOST + b": a\r\n")),
    Hostile("folded first header", b"GET / HTTP/1.1\r\n  folded\r\n" + HOST + b"\r\n"),
    Hostile("non-ASCII method", b"G\xc3\x89T / HTTP/1.1\r\n" + HOST + b"\r\n"),
    Hostile("non-ASCII target", b"GET /\xd1\x87 HTTP/1.1\r\n" + HOST + b"\r\n"),
    Hostile("target without a path", b"GET ? HTTP/1.1\r\n" + HOST + b"\r\n"),
    Hostile("absolute target with a broken host", b"GET http://[::1 HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    Hostile("absolute target without a host", b"GET http:/// HTTP/1.1\r\n" + HOST + b"\r\n"),
    Hostile("CONNECT as to a proxy", b"CONNECT evil:443 HTTP/1.1\r\n" + HOST + b"\r\n"),
    Hostile("OPTIONS of everything", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    Hostile("path of broken UTF-8", b"GET /%ff%fe%00 HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    Hostile("path up the tree", b"GET /../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    Hostile("lines that end in LF alone", b"GET / HTTP/1.1\nHost: till\n\n", 200),
    Hostile("folded header", _get(HOST + b"X: a\r\n b\r\n"), 200),
    Hostile("header name of 8 bits", _get(HOST + b"X\xe9: a\r\n")),
    Hostile("hundreds of headers", _get(HOST + b"".join(b"X-%d: a\r\n" % number for number in range(900))), 431),
    Hostile("a whole head of 100 KB", _get(HOST + b"X: " + b"a" * 100_000 + b"\r\n"), 431),
    Hostile("method of 100 KB", b"G" * 100_000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n", 431),
    Hostile("unknown method", b"STEAL / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    Hostile("TRACE", b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    Hostile("target of another scheme", b"GET file:///etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n"),
    Hostile("CR CR LF", b"GET / HTTP/1.1\r\r\nHost: till\r\n\r\n"),
    Hostile("header without an end", b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 100_000, 431),
    Hostile("a thousand headers without an end", b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 20_000, 431),
    Hostile("target without an end", b"GET /" + b"a" * 100_000, 431),
    Hostile("head broken off", b"GET / HTTP/1.1\r\nHos", None),
    Hostile("head broken off by a half close", b"GET / HTTP/1.1\r\nHos", None, half_closed=True),
]

BODIES = [
    Hostile("negative Content-Length", _post(b"Content-Length: -1\r\n")),
    Hostile("Content-Length in hex", _post(b"Content-Length: 0x10\r\n", b"a" * 16)),
    Hostile("Content-Length with a plus", _post(b"Content-Length: +3\r\n", b"abc")),
    Hostile("Content-Length of 10^30", _post(b"Content-Length: 1" + b"0" * 30 + b"\r\n")),
    Hostile("Content-Length of 10^18", _post(b"Content-Length: 1" + b"0" * 18 + b"\r\n"), 413),
    Hostile("two different Content-Lengths", _post(b"Content-Length: 3\r\nContent-Length: 4\r\n", b"abcd")),
    Hostile("length and chunks at once", _post(b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    Hostile("unknown transfer encoding", _post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 501),
    Hostile("transfer encoding in disguise", _post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n")),
    Hostile("chunks said twice", _post(b"Transfer-Encoding: chunked\r\n" * 2, b"0\r\n\r\n"), 501),
    Hostile("the same Content-Length twice", _post(b"Content-Length: 3\r\n" * 2, b"abc"), 200),
    Hostile("Content-Lengths in a list", _post(b"Content-Length: 3, 3\r\n", b"abc"), 200),
    Hostile("different Content-Lengths in a list", _post(b"Content-Length: 3, 4\r\n", b"abc")),
    Hostile("Content-Length with an underline", _post(b"Content-Length: 1_0\r\n", b"a" * 10)),
    Hostile("Content-Length of other digits", _post("Content-Length: ٣\r\n".encode(), b"abc")),
    Hostile("Content-Length of nothing", _post(b"Content-Length:\r\n", b"abc")),
    Hostile("chunks and then identity", _post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"), 501),
    Hostile("chunks by another name", _post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"), 501),
    Hostile("chunks in quotes", _post(b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n"), 501),
    Hostile("chunks on a folded line", _post(b"Transfer-Encoding:\r\n chunked\r\n", b"3\r\nabc\r\n0\r\n\r\n"), 200),
    Hostile("space before the colon of chunks", _post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n")),
    Hostile("chunk of 2^80 bytes", _post(b"Transfer-Encoding: chunked\r\n", b"1" + b"0" * 20 + b"\r\n")),
    Hostile("chunk length with a prefix", _post(b"Transfer-Encoding: chunked\r\n", b"0x3\r\nabc\r\n")),
    Hostile("chunk extension", _post(b"Transfer-Encoding: chunked\r\n", b'3;a="b"\r\nabc\r\n0;c\r\n\r\n'), 200),
    Hostile(
        "chunk extension of 100 KB", _post(b"Transfer-Encoding: chunked\r\n", b"3;" + b"a" * 100_000 + b"\r\n"), 431
    ),
    Hostile("trailers of 100 KB", _post(b"Transfer-Encoding: chunked\r\n", b"0\r\nX: " + b"a" * 100_000), 431),
    Hostile(
        "trailer that is a length", _post(b"Transfer-Encoding: chunked\r\n", b"0\r\nContent-Length: 9\r\n\r\n"), 200
    ),
    Hostile("chunk length that is no number", _post(b"Transfer-Encoding: chunked\r\n", b"xyz\r\n")),
    Hostile("negative chunk", _post(b"Transfer-Encoding: chunked\r\n", b"-5\r\nabcde\r\n")),
    Hostile("chunk length without an end", _post(b"Transfer-Encoding: chunked\r\n", b"1" * 100_000), 431),
    Hostile("chunk longer than said", _post(b"Transfer-Encoding: chunked\r\n", b"3\r\nabcdef\r\n0\r\n\r\n")),
    Hostile("chunk of NULs where the end should be", _post(b"Transfer-Encoding: chunked\r\n", b"1\r\na\0\0")),
    Hostile("trailer that is no header", _post(b"Transfer-Encoding: chunked\r\n", b"0\r\n\0\0\r\n\r\n")),
    Hostile("body broken off by a half close", _post(b"Content-Length: 9\r\n", b"abc"), None, half_closed=True),
    Hostile("a request hidden behind a body", _post(b"Content-Length: 3\r\n", b"abc" + b"\0GET / HTTP/1.1\r\n"), 200),
]

UPGRADES = [
    Hostile("frame right behind the handshake", HANDSHAKE + b"\r\n" + ws_frame(1, b"early")),
    Hostile("garbage right behind the handshake", HANDSHAKE + b"\r\n" + b"\xff" * 200),
    Hostile("two handshakes at once", (HANDSHAKE + b"\r\n") * 2),
    Hostile("non-ASCII subprotocol", HANDSHAKE + b"Sec-WebSocket-Protocol: caf\xc3\xa9\r\n\r\n"),
    Hostile("non-ASCII extension", HANDSHAKE + b"Sec-WebSocket-Extensions: \xff\r\n\r\n"),
    Hostile("non-ASCII key", HANDSHAKE.replace(b"dGhl", b"\xff\xff\xff\xff") + b"\r\n"),
    Hostile("non-ASCII Connection", HANDSHAKE.replace(b"n: Upgrade", b"n: Upgrade, \xff") + b"\r\n"),
    Hostile("handshake without a key", b"GET /echo HTTP/1.1\r\n" + HOST + UPGRADE + b"\r\n"),
    Hostile("handshake of version 99", HANDSHAKE.replace(b": 13", b": 99") + b"\r\n"),
    Hostile("handshake over HTTP 1.0", HANDSHAKE.replace(b"/1.1", b"/1.0") + b"\r\n"),
    Hostile("handshake to no route", HANDSHAKE.replace(b"/echo", b"/none") + b"\r\n", 404),
    Hostile("handshake by POST", HANDSHAKE.replace(b"GET", b"POST") + b"\r\n", 405),
    Hostile("handshake with a body", HANDSHAKE + b"Content-Length: 5\r\n\r\nhello"),
    Hostile("half-closed handshake", HANDSHAKE + b"\r\n", 101, half_closed=True),
    Hostile("h2c with badly padded settings", _get(HOST + b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"), 200),
    Hostile("h2c with settings that are no base64", _get(HOST + b"Upgrade: h2c\r\nHTTP2-Settings: =\r\n"), 200),
    Hostile("h2c without settings", _get(HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200),
]

HTTP2 = [
    Hostile("HTTP/2 preface alone", H2_PREFACE, 505),
    Hostile("HTTP/2 preface with garbage", H2_PREFACE + b"\xff" * 100, 505),
    Hostile(
        "HTTP/2 request",
        _h2((b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"till"), (b":path", b"/")),
        505,
    ),
    Hostile(
        "HTTP/2 non-ASCII path",
        _h2((b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"till"), (b":path", b"/\xc3\xa9")),
        505,
    ),
    Hostile(
        "HTTP/2 non-ASCII method",
        _h2((b":method", b"G\xc3\x89T"), (b":scheme", b"http"), (b":authority", b"till"), (b":path", b"/")),
        505,
    ),
    Hostile("HTTP/2 CONNECT without a path", _h2((b":method", b"CONNECT"), (b":authority", b"evil:443")), 505),
    Hostile("HTTP/2 frame of the wrong size", H2_PREFACE + _frame(4, b"odd"), 505),
    Hostile("HTTP/2 data on stream 0", H2_PREFACE + _frame(4, b"") + _frame(0, b"data"), 505),
]

INPUTS = [*HEADS, *BODIES, *UPGRADES, *HTTP2]

# After each the websocket is closed: with that code, or (None) without a word, which clients call 1006.
FRAMES = {
    "an unmasked frame": (ws_frame(1, b"bare", masked=0), None),
    "an unknown opcode": (ws_frame(3, b""), None),
    "a reserved bit": (ws_frame(1, b"", fin=0xC0), None),
    "a fragmented ping": (ws_frame(9, b"", fin=0), None),
    "a ping that is too long": (ws_frame(9, b"a" * 126), None),
    "a continuation of nothing": (ws_frame(0, b"tail"), None),
    "text that is no UTF-8": (ws_frame(1, b"\xff\xfe"), None),
    "a close code that may not be sent": (ws_frame(8, b"\x03\xed"), None),
    "a close frame of one byte": (ws_frame(8, b"\x03"), None),
    "a length of 2^63": (ws_frame(1, b"", length=1 << 63), None),
    "a message that is too big": (ws_frame(1, b"a" * 2000), 1009),
    "a message that is too big and without an end": (ws_frame(1, b"a" * 2000, fin=0), 1009),
}
PINGS = ws_frame(9, b"p" * 125) * 500
