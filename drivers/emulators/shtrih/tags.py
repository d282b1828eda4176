"""The tags a host adds to a document (FF0Ch): number, length, value, all little-endian."""

from struct import Struct

from drivers.emulators.fiscal.texts import TEXTS
from drivers.emulators.shtrih.refuse import Refuse
from protocols.ffd.tlv import NotTlv, Unencodable, decode, encode
from protocols.shtrih.codes import Error

MAX_TAGS = 100  # in one document or line
BAD_VALUE = 0x09
_HEADER = Struct("<HH")


def add_tags(data: bytes, tags: dict[int, str]) -> dict[int, str]:
    """The tags with those in the data: text where the tag is a text, else hex. Raises Refuse."""
    added = dict(tags)
    _check(data)
    while data:
        tag, length = _HEADER.unpack_from(data)
        value, data = data[_HEADER.size : _HEADER.size + length], data[_HEADER.size + length :]
        added[tag] = value.decode("cp866").rstrip() if tag in TEXTS else value.hex()
    if len(added) > MAX_TAGS:
        raise Refuse(Error.DRIVE_TLV_TOO_LARGE)
    return added


def _check(data: bytes) -> None:
    """Raises Refuse for what could not be told to the OFD."""
    try:
        encode(decode(data))
    except (NotTlv, Unencodable):
        raise Refuse(BAD_VALUE) from None
