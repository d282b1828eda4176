"""Receipts that no till would send: whole requests to the real route, and what each is to be answered."""

import gzip
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.e2e.gateway import sale

JSON = "application/json"
PIECE = b"x" * 4096


@dataclass(frozen=True)
class Body:
    """The bytes of a body and what its head says of them. `answer`: the status."""

    name: str
    sent: bytes
    answer: int
    kind: str = JSON
    head: str = ""

    @property
    def request(self) -> bytes:
        """Under a key of its own, so that none is the repeat of another."""
        head = (
            f"POST /v1/kkt/receipt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {self.kind}\r\n"
            f"Idempotency-Key: {uuid4()}\r\n{self.head}"
        )
        length = "" if "Transfer-Encoding" in self.head else f"Content-Length: {len(self.sent)}\r\n"
        return f"{head}{length}\r\n".encode() + self.sent


def _sale(**changes: Any) -> dict[str, Any]:
    return sale() | changes


def _text(**changes: Any) -> bytes:
    return json.dumps(_sale(**changes), ensure_ascii=False).encode()


def _priced(price: str) -> bytes:
    """A sale whose line has that price, spelled so."""
    return _text().replace(b'"price": "100.00"', f'"price": {price}'.encode())


def _named(name: bytes) -> bytes:
    return _text().replace("Оправа".encode(), name)


def _chunks(*chunks: bytes, trailer: bytes = b"") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailer + b"\r\n"


CHUNKED = "Transfer-Encoding: chunked\r\n"
LINE = _sale()["items"][0]

BODIES = [
    Body("nothing", b"", 400),
    Body("a NUL", b"\0", 400),
    Body("only blanks", b" " * 100_000, 400),
    Body("half a receipt", _text()[:40], 400),
    Body("two receipts in one", _text() * 2, 400),
    Body("a byte order mark", b"\xef\xbb\xbf" + _text(), 400),
    Body("UTF-16", _text().decode().encode("utf-16"), 400),
    Body("UTF-8 that is none", _named(b"\xff\xfe\xfd"), 400),
    Body("UTF-8 of a surrogate", _named(b"\xed\xa0\x80"), 400),
    Body("an escape of half a character", _named(b"\\ud800"), 400),
    Body("an escape of NUL", _named(b"a\\u0000b"), 422),
    Body("a raw line feed in a string", _named(b"a\nb"), 400),
    Body("arrays a hundred thousand deep", b"[" * 100_000 + b"]" * 100_000, 400),
    Body("a megabyte of brackets", b"[" * 1_000_000, 400),
    Body("objects a hundred thousand deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    Body("a deep item", _text(items=[]).replace(b"[]", b"[" * 50_000 + b"]" * 50_000, 1), 400),
    Body("a string of a megabyte", _named(b"a" * 1_000_000), 422),
    Body("a number beyond every float", _priced("1e999999"), 422),
    Body("a number below every float", _priced("1e-999999"), 422),
    Body("a number of 900,000 digits", _priced("9" * 900_000), 400),
    Body("a fraction of 900,000 digits", _priced("0." + "1" * 900_000), 422),
    Body("a sum that is text of 900,000 digits", _priced('"' + "9" * 900_000 + '"'), 422),
    Body("a sum with an exponent in text", _priced('"1e999999999"'), 422),
    Body("NaN", _priced("NaN"), 400),
    Body("NaN in text", _priced('"NaN"'), 422),
    Body("Infinity", _priced("-Infinity"), 400),
    Body("Infinity in text", _priced('"Infinity"'), 422),
    Body("digits of another alphabet", _priced('"١٠٠"'), 422),
    Body("digits with an underline", _priced('"1_00"'), 422),
    Body("a number in hex", _priced("0x64"), 400),
    Body("nine thousand lines", _text(items=[LINE] * 9_000), 422),
    Body("twenty thousand payments", _text(payments=[{"method": "cash", "amount": 1}] * 20_000), 422),
    Body("fifty thousand unknown fields", _text(**{f"f{number}": 0 for number in range(50_000)}), 422),
    Body("comments", b"/* hello */" + _text(), 400),
    Body("a comma too many", _text()[:-1] + b",}", 400),
    Body("a text in place of a receipt", b'"receipt"', 422),
    Body("a null", b"null", 422),
    Body("over the limit", b" " * 1_100_000, 413),
    Body("over every limit", b" " * 5_000_000, 413),
    Body("a body in gzip", gzip.compress(_text()), 400, head="Content-Encoding: gzip\r\n"),
    Body("a bomb in gzip", gzip.compress(b" " * 100_000_000), 400, head="Content-Encoding: gzip\r\n"),
    Body("a form", b"pos_id=POS-001", 415, kind="application/x-www-form-urlencoded"),
    Body("a form with a file", b"--x\r\n\r\n\r\n--x--", 415, kind="multipart/form-data; boundary=x"),
    Body("plain text", _text(), 415, kind="text/plain"),
    Body("a type that is none", _text(), 415, kind=";;;=\xad,"),
    Body("a charset that is none", _text(), 200, kind=f"{JSON}; charset=nonsense"),
    Body("two chunks", _chunks(_text()[:9], _text()[9:]), 200, head=CHUNKED),
    Body("a chunk for each byte", _chunks(*(bytes([byte]) for byte in _text())), 200, head=CHUNKED),
    Body("chunks with trailers", _chunks(_text(), trailer=b"Idempotency-Key: evil\r\n"), 200, head=CHUNKED),
    Body("chunks over the limit", _chunks(*[PIECE] * 400), 413, head=CHUNKED),
    Body("an offer to continue", _text(), 200, head="Expect: 100-continue\r\n"),
    Body("an unknown expectation", _text(), 200, head="Expect: miracles\r\n"),
    Body("two keys", _text(), 400, head="Idempotency-Key: x\r\n"),
    Body("a page of another site", _text(), 403, head="Origin: http://evil.example\r\n"),
    Body("an origin that is none", _text(), 403, head="Origin: null\r\n"),
]
