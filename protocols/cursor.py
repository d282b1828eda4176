"""Where the next page of a list begins, as its caller carries it: opaque, and good for that very list only."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from struct import Struct, error
from zlib import crc32

from protocols.api import BadRequest

LAYOUT = Struct(">QI")  # number of the last row that was told; checksum of it and of what list it is in


def write(number: int, of: str) -> str:
    """`of`: everything that says which list it is, filters included."""
    return urlsafe_b64encode(LAYOUT.pack(number, _sum(number, of))).decode()


def read(text: str, of: str) -> int:
    """Raises BadRequest for what `write` did not give for this list."""
    try:
        number, told = LAYOUT.unpack(urlsafe_b64decode(text.encode()))
    except (Error, ValueError, error):
        number, told = 0, -1
    if told != _sum(number, of):
        problem = "not a cursor of this list; take the one under next, and the same filters"
        raise BadRequest("INVALID_PARAMETER", f"cursor: {problem}", [{"field": "cursor", "problem": problem}])
    return int(number)


def _sum(number: int, of: str) -> int:
    return crc32(f"{number} {of}".encode())
