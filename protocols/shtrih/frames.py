"""Control bytes and frames of the Штрих-М standard link (protocol 1.17, p. 8): `STX LEN CMD DATA LRC`.

LEN counts CMD and DATA, 1..255; LRC is the exclusive or of LEN, CMD and DATA.
"""

from functools import reduce
from operator import xor

from protocols.errors import ProtocolError

STX = 0x02
ENQ = 0x05
ACK = 0x06
NAK = 0x15

MAX_BODY = 255


class FrameError(ProtocolError):
    """A frame is empty, longer than 255 bytes or has a wrong LRC."""


def lrc(data: bytes) -> int:
    """Exclusive or of all bytes; of nothing, zero."""
    return reduce(xor, data, 0)


def encode_frame(body: bytes) -> bytes:
    """The frame around CMD+DATA. Raises FrameError unless it is 1..255 bytes long."""
    if not 1 <= len(body) <= MAX_BODY:
        raise FrameError(f"a frame holds 1 to {MAX_BODY} bytes, not {len(body)}")
    counted = bytes([len(body)]) + body
    return bytes([STX]) + counted + bytes([lrc(counted)])


class FrameReader:
    """Collects one frame from the byte after STX on; never holds more than LEN, 255 bytes and LRC."""

    def __init__(self) -> None:
        self._got = bytearray()

    def feed(self, data: bytes, at: int = 0) -> int:
        """Takes what belongs to the frame from `at` on; where the rest begins."""
        while at < len(data) and (missing := self._missing()):
            piece = data[at : at + missing]
            self._got += piece
            at += len(piece)
        return at

    @property
    def complete(self) -> bool:
        """Whether nothing is missing any more; the frame may still be a bad one."""
        return not self._missing()

    def body(self) -> bytes:
        """CMD+DATA of a complete frame. Raises FrameError for a zero LEN or a wrong LRC."""
        if not self._got[0]:
            raise FrameError("a frame of zero length")
        if damage := lrc(bytes(self._got)):
            raise FrameError(f"LRC is {self._got[-1]:02X}, the bytes give {self._got[-1] ^ damage:02X}")
        return bytes(self._got[1:-1])

    def _missing(self) -> int:
        if not self._got:
            return 1
        length = self._got[0]
        return length + 2 - len(self._got) if length else 0
