"""The tags a host adds to a document (FF0Ch): number, length, value, all little-endian."""

from struct import Struct

from drivers.emulators.shtrih.receipt import Refuse

_HEADER = Struct("<HH")
MAX_BYTES = 250  # Штрих-М protocol 1.17, FF0Ch
MAX_TAGS = 100  # in one document
# texts among the tags that a host may give; the drive keeps texts in CP866 (fiscal drive protocol 1.2)
TEXTS = frozenset({1005, 1008, 1016, 1021, 1026, 1044, 1073, 1074, 1075, 1085, 1086, 1117, 1171, 1187, 1191, 1192})
TEXTS |= frozenset({1203, 1226, 1227, 1228, 1230, 1231, 1243, 1244, 1246, 1254, 1260, 1264, 1275})


def parse(data: bytes) -> dict[int, str]:
    """Values by tag: text where the tag is a text, else hex. Raises Refuse."""
    if len(data) > MAX_BYTES:
        raise Refuse(0x10)
    tags: dict[int, str] = {}
    while data:
        if len(data) < _HEADER.size:
            raise Refuse(0x09)
        tag, length = _HEADER.unpack_from(data)
        value, data = data[_HEADER.size : _HEADER.size + length], data[_HEADER.size + length :]
        if len(value) < length:
            raise Refuse(0x09)
        tags[tag] = value.decode("cp866").rstrip() if tag in TEXTS else value.hex()
    return tags
