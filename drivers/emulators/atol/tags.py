"""Tags that a host adds to a document, as the drive keeps them: text where the tag is a text, else hex."""

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from drivers.emulators.atol.errors import Error, Refuse


def texts(wanted: Mapping[int, str | int]) -> Iterator[tuple[int, str]]:
    """Those that say something."""
    return ((tag, str(text)) for tag, text in wanted.items() if text)


def number(value: int, size: int) -> str:
    """Little-endian."""
    return value.to_bytes(size, "little").hex()


def value(data: str) -> int:
    """What `number` wrote."""
    return int.from_bytes(bytes.fromhex(data), "little")


def day(text: str) -> str:
    """Seconds since 1970 as the register's clock counts them (FFD tag 1178), from `yyyy.MM.dd`. Raises Refuse."""
    try:
        moment = datetime.strptime(text, "%Y.%m.%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refuse(Error.INVALID_DATE_TIME, text) from error
    seconds = int(moment.timestamp())
    if not 0 <= seconds < 2**32:
        raise Refuse(Error.INVALID_DATE_TIME, text)
    return number(seconds, 4)


def code(text: str) -> str:
    """A marking code out of Base64. Raises Refuse."""
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refuse(Error.INVALID_MARKING_CODE, "imc") from error
    if not found:
        raise Refuse(Error.INVALID_MARKING_CODE, "imc")
    return found.hex()
