"""Control bytes and frames of the Штрих-М standard link (protocol 1.17, p. 8): `STX LEN CMD DATA LRC`.

LEN counts CMD and DATA, 1..255; LRC is the exclusive or of LEN, CMD and DATA.
"""

from enum import Enum
from functools import reduce
from operator import xor

from protocols.errors import ProtocolError

STX = 0x02
ENQ = 0x05
ACK = 0x06
NAK = 0x15
STRAY = 0xFF  # over USB-RNDIS a register adds one FF after the host's ACK of an answer (protocol 1.17, p. 74)

MAX_BODY = 255


class FrameError(ProtocolError):
    """A frame is empty, longer than 255 bytes or has a wrong LRC."""


class Wait(Enum):
    """Which of its time-outs a side of the link waits under; the seconds belong to whoever holds the line."""

    BYTE = "byte"
    CONFIRMATION = "confirmation"
    ANSWER = "answer"


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

    def feed(self, data: bytes) -> int:
        """How many of these bytes belong to the frame; the rest is somebody else's."""
        used = 0
        while used < len(data) and (missing := self._missing()):
            piece = data[used : used + missing]
            self._got += piece
            used += len(piece)
        return used

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
