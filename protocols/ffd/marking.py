"""The code of a marked product as formats before 1.2 carry it (tag 1162): two bytes of kind, then the code."""

import re

from protocols.ffd.charset import to_cp866

SIZE = 32  # bytes of tag 1162
DATA_MATRIX = b"\x44\x4d"
UNKNOWN = b"\x00\x00"

_GS1 = re.compile(r"\x1d?01(?P<gtin>[0-9]{14})21(?P<serial>[!-z]{1,20})(\x1d|$)")


def product_code(scanned: str) -> bytes:
    """Tag 1162 of a marking code. A GS1 code gives GTIN (six bytes, most significant first) and serial number.

    Any other code goes as "of unknown kind", as much of it as the tag holds. Raises UnicodeEncodeError.
    """
    gs1 = _GS1.match(scanned)
    if gs1 is None:
        return (UNKNOWN + to_cp866(scanned))[:SIZE]
    return DATA_MATRIX + int(gs1["gtin"]).to_bytes(6, "big") + gs1["serial"].encode("ascii")
