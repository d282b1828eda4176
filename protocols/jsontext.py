"""JSON in which a number is a Decimal both ways, so that no sum ever meets a float."""

from decimal import Decimal
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class NotJson(ValueError):
    """The text is no JSON; the message says where it stops being it."""


def loads(data: bytes) -> Any:
    """Raises NotJson. NaN and Infinity are no JSON; a fraction becomes a Decimal."""
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise NotJson(str(error)) from error


def dumps(value: object) -> bytes:
    """UTF-8. A Decimal is written as the number it is, a time as ISO 8601 with its offset."""
    return _ENCODER.encode(value)


def roubles(kopecks: int) -> Decimal:
    """30100 becomes 301.00."""
    return Decimal(kopecks).scaleb(-2)
