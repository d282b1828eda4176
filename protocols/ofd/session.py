"""The outermost layer: 30 bytes of header, then a body of up to 32 768.

| offset | size | what |
| --- | --- | --- |
| 0 | 4 | signature |
| 4 | 2 | version of the session protocol |
| 6 | 2 | version of the protocol inside |
| 8 | 16 | number of the fiscal drive, ASCII, spaces behind it |
| 24 | 2 | length of the body |
| 26 | 2 | flags |
| 28 | 2 | CRC, 0 where it is not used |

Numbers are little-endian.
"""

import re
from binascii import crc_hqx
from enum import IntFlag
from struct import Struct as Layout

from msgspec import Struct

from protocols.errors import ProtocolError

SIGNATURE = b"\x2a\x08\x41\x0a"
MARKING_SIGNATURE = b"\xdd\x80\xca\xa1"
"""Of messages to the marking system, which go elsewhere; a single source has it (mitsuscanner)."""
HEADER_SIZE = 30
MOST_BODY = 32_768  # yandex/ofd: MAX_LEN
S_VERSION = b"\x81\xa2"
P_VERSION = b"\x01\x05"
"""What we write. A reader keeps what came: the real message of format 1.05 says 00 01, so it tells nothing."""

_HEADER = Layout("<4s2s2s16sHHH")
_CRC_COVERS = 28  # bytes of the header that its CRC is made of: all before it. A single source (mitsuscanner)
_CRC_INIT = 0xFFFF  # CRC-16/CCITT-FALSE
_FN = re.compile(rb"([0-9]{1,16}) *")


class NotAMessage(ProtocolError):
    """The bytes are no message; what came and what is allowed."""


class Flags(IntFlag):
    """The two lowest bits say what the CRC covers; both at once are forbidden."""

    CRC_OF_HEADER = 1 << 0
    CRC_OF_ALL = 1 << 1
    CONTAINER = 1 << 2  # the body is a container
    WANTS_ANSWER = 1 << 4


RESERVED = 0xFFFF ^ int(Flags.CRC_OF_HEADER | Flags.CRC_OF_ALL | Flags.CONTAINER | Flags.WANTS_ANSWER)
USUAL_FLAGS = Flags.CONTAINER | Flags.WANTS_ANSWER


class Message(Struct, frozen=True):
    """One message, either way. An empty body from the OFD ends the session: there is nothing to write back.

    `fn` is the number of the fiscal drive. `crc` is what stands in the header, right already.
    """

    fn: str
    body: bytes
    flags: Flags = USUAL_FLAGS
    crc: int = 0
    s_version: bytes = S_VERSION
    p_version: bytes = P_VERSION

    def encode(self) -> bytes:
        return _header(self) + self.body


def message(fn: str, body: bytes, flags: Flags = USUAL_FLAGS) -> Message:
    """To be sent. Raises NotAMessage for what no message can hold."""
    made = Message(fn, body, flags)
    if not _FN.fullmatch(fn.encode("ascii", "replace")):
        raise NotAMessage(f"{fn!r} is no number of a fiscal drive: 1 to 16 digits are")
    _check_flags(flags)
    _check_length(len(body))
    return Message(fn, body, flags, _crc(made))


def decode(data: bytes) -> Message:
    """The one message that the bytes are. Raises NotAMessage."""
    decoder = MessageDecoder()
    found = decoder.feed(data)
    if found is None:
        raise NotAMessage(f"{len(data)} bytes are the beginning of a message")
    if decoder.left:
        raise NotAMessage(f"{decoder.left} bytes follow the message")
    return found


class MessageDecoder:
    """Cuts messages out of a stream; never holds more than one of them and what came with its end."""

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def left(self) -> int:
        """Bytes that came and belong to no whole message."""
        return len(self._pending)

    def feed(self, data: bytes) -> Message | None:
        """The next message, None while it is unfinished. Feed nothing for one that came along. Raises NotAMessage."""
        self._pending += data
        _check_signature(self._pending)
        if len(self._pending) < HEADER_SIZE:
            return None
        length = _checked_length(self._pending)
        end = HEADER_SIZE + length
        if len(self._pending) < end:
            return None
        whole = bytes(self._pending[:end])
        del self._pending[:end]
        return _read(whole)


def _read(data: bytes) -> Message:
    _, s_version, p_version, fn, _, flags, crc = _HEADER.unpack_from(data)
    found = Message(_fn(fn).decode(), data[HEADER_SIZE:], Flags(flags), crc, s_version, p_version)
    if (expected := _crc(found)) != crc:
        raise NotAMessage(f"CRC {crc:04X}h, and {expected:04X}h is right")
    return found


def _check_signature(data: bytearray) -> None:
    """As soon as a byte of it is wrong: a stranger need not send thirty."""
    if not SIGNATURE.startswith(bytes(data[:4])):
        came = bytes(data[:4])
        whose = " (of the marking system)" if came == MARKING_SIGNATURE else ""
        raise NotAMessage(f"the signature {came.hex(' ')}{whose}, and {SIGNATURE.hex(' ')} is that of an OFD's")


def _checked_length(header: bytearray) -> int:
    _, _, _, fn, length, flags, _ = _HEADER.unpack_from(header)
    _fn(fn)
    _check_flags(flags)
    _check_length(length)
    return int(length)


def _fn(field: bytes) -> bytes:
    found = _FN.fullmatch(field)
    if found is None:
        raise NotAMessage(f"the fiscal drive's number is {field!r}, and 1 to 16 digits and spaces are allowed")
    return found[1]


def _check_length(length: int) -> None:
    if length > MOST_BODY:
        raise NotAMessage(f"a body of {length} bytes, at most {MOST_BODY} are allowed")


def _check_flags(flags: int) -> None:
    if reserved := flags & RESERVED:
        raise NotAMessage(f"flags {flags:04X}h, of which {reserved:04X}h are reserved")
    if flags & Flags.CRC_OF_HEADER and flags & Flags.CRC_OF_ALL:
        raise NotAMessage(f"flags {flags:04X}h: the CRC covers the header (01) or all (10), and 11 is forbidden")


def _header(message: Message, crc: int | None = None) -> bytes:
    return _HEADER.pack(
        SIGNATURE,
        message.s_version,
        message.p_version,
        message.fn.encode().ljust(16),
        len(message.body),
        message.flags,
        message.crc if crc is None else crc,
    )


def _crc(message: Message) -> int:
    """What must stand in its header; where the CRC is not used, whatever stands there."""
    covered = _header(message, 0)[:_CRC_COVERS]
    if message.flags & Flags.CRC_OF_ALL:
        return crc_hqx(covered + message.body, _CRC_INIT)
    if message.flags & Flags.CRC_OF_HEADER:
        return crc_hqx(covered, _CRC_INIT)
    return message.crc
