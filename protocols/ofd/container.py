"""A document on its way: 32 bytes of header, then the document and the sign of whoever made it, often encrypted.

| offset | size | what |
| --- | --- | --- |
| 0 | 2 | length with this header, little-endian |
| 2 | 2 | CRC, little-endian |
| 4 | 1 | kind of message, A5h |
| 5 | 1 | code of the document |
| 6 | 1 | version, 1 |
| 7 | 2 | service data |
| 9 | 8 | number of the fiscal drive, two digits a byte, F where there is none |
| 17 | 3 | number of the document, big-endian |
| 20 | 12 | service data |
"""

import re
from binascii import crc_hqx
from struct import Struct as Layout

from msgspec import Struct

from protocols.errors import ProtocolError
from protocols.ffd.tlv import Tlv, decode_one

HEADER_SIZE = 32
CONTAINER = 0xA5
VERSION = 1
MOST_FD = 0xFFFFFF
SERVICE_1 = b"\x10\x09"
SERVICE_2 = bytes(12)
"""What service data says no source tells; the first is the same in both real messages."""

_HEADER = Layout("<HHBBB2s8s3s12s")
_CRC_AT = slice(2, 4)  # skipped by the CRC, not zeroed: so both real messages prove it (CRC 60419 and 30757)
_CRC_INIT = 0xFFFF  # CRC-16/CCITT-FALSE
_FN = re.compile("([0-9]{1,16})f*")


class NotAContainer(ProtocolError):
    """The bytes are no container; what came and what is allowed."""


class Container(Struct, frozen=True):
    """`code`: of the document, as a tag has it; `fn` and `fd`: whose and which it is. The body is kept as it came."""

    code: int
    fn: str
    fd: int
    body: bytes
    service_1: bytes = SERVICE_1
    service_2: bytes = SERVICE_2

    @property
    def crc(self) -> int:
        return _crc(_header(self, 0), self.body)

    def encode(self) -> bytes:
        """Raises NotAContainer: a number or the length does not fit."""
        if not 0 <= self.fd <= MOST_FD or not 1 <= len(self.fn) <= 16 or not self.fn.isdecimal():
            raise NotAContainer(f"document {self.fd} of the drive {self.fn!r} has no place in a header")
        if HEADER_SIZE + len(self.body) > 0xFFFF:
            raise NotAContainer(f"{len(self.body)} bytes do not fit")
        return _header(self, self.crc) + self.body

    def document(self) -> tuple[Tlv, bytes]:
        """The document and the sign behind it, of a body that is not encrypted. Raises NotTlv."""
        return decode_one(self.body)


def decode(data: bytes) -> Container:
    """Raises NotAContainer."""
    if len(data) < HEADER_SIZE:
        raise NotAContainer(f"{len(data)} bytes, a container has {HEADER_SIZE} and more")
    length, crc, kind, code, version, service_1, fn, fd, service_2 = _HEADER.unpack_from(data)
    if length != len(data):
        raise NotAContainer(f"a length of {length}, and {len(data)} bytes came")
    if (kind, version) != (CONTAINER, VERSION):
        raise NotAContainer(f"kind {kind:02X}h version {version}, and A5h version 1 is known")
    body = bytes(data[HEADER_SIZE:])
    if (expected := _crc(data[:HEADER_SIZE], body)) != crc:
        raise NotAContainer(f"CRC {crc:04X}h, and {expected:04X}h is right")
    return Container(code, _fn(fn), int.from_bytes(fd, "big"), body, service_1, service_2)


def _fn(field: bytes) -> str:
    found = _FN.fullmatch(field.hex())
    if found is None:
        raise NotAContainer(f"the fiscal drive's number is {field.hex()}, and digits are allowed, F behind them")
    return found[1]


def _header(container: Container, crc: int) -> bytes:
    return _HEADER.pack(
        HEADER_SIZE + len(container.body),
        crc,
        CONTAINER,
        container.code,
        VERSION,
        container.service_1,
        bytes.fromhex(container.fn.ljust(16, "f")),
        container.fd.to_bytes(3, "big"),
        container.service_2,
    )


def _crc(header: bytes, body: bytes) -> int:
    return crc_hqx(header[: _CRC_AT.start] + header[_CRC_AT.stop :] + body, _CRC_INIT)
