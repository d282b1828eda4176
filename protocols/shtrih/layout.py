"""A small language for the bytes of a message: a frozen dataclass whose annotations name the layout.

    @dataclass(frozen=True)
    class ShiftParameters:
        open: Flag
        shift: U16
        receipt: U16

Fields lie one after another in the order of declaration. One description serves the register and the host: `pack`
makes the bytes, `unpack` reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar, get_type_hints

from protocols.errors import ProtocolError
from protocols.shtrih.codecs import Codec, Optional, Reader, Rest

T = TypeVar("T")


class LayoutError(ProtocolError):
    """Bytes or values do not fit the layout; `field` names the culprit, `message` the class it is in."""

    def __init__(self, message: str, field: str, problem: str) -> None:
        super().__init__(f"{message}.{field}: {problem}" if field else f"{message}: {problem}")
        self.message, self.field = message, field


@dataclass(frozen=True)
class Nested:
    """Another message in the place of a field."""

    message: type[Any]

    def pack(self, value: Any) -> bytes:
        return pack(value)

    def unpack(self, reader: Reader) -> Any:
        inner = Reader(reader.data, reader.at)
        value = _read(self.message, inner)
        reader.at = inner.at
        return value


@dataclass(frozen=True)
class Choice:
    """The message that an earlier field `key` selects in the table; plain bytes if it selects none."""

    key: str
    table: Mapping[int, type[Any]]

    def pack(self, value: Any) -> bytes:
        return value if isinstance(value, bytes) else pack(value)

    def unpack(self, reader: Reader) -> Any:
        message = self.table.get(reader.seen[self.key])
        return Nested(message).unpack(reader) if message else Rest().unpack(reader)


Plan = tuple[tuple[str, Codec], ...]
_PLANS: dict[type[Any], Plan] = {}  # not functools.cache: mypy takes a class of dataclasses for unhashable


def _plan(message: type[Any]) -> Plan:
    if message not in _PLANS:
        hints = get_type_hints(message, include_extras=True)
        _PLANS[message] = tuple((each.name, hints[each.name].__metadata__[0]) for each in fields(message))
    return _PLANS[message]


def pack(message: Any) -> bytes:
    """The bytes of a message. Raises LayoutError naming the field whose value does not fit."""
    packed, ended_by = bytearray(), ""
    for name, codec in _plan(type(message)):
        value = getattr(message, name)
        try:
            piece = codec.pack(value)
        except (ValueError, ArithmeticError) as error:
            raise LayoutError(type(message).__name__, name, str(error)) from error
        if piece and ended_by:
            raise LayoutError(type(message).__name__, name, f"the message ends before, without {ended_by}")
        if value is None and isinstance(codec, Optional) and not codec.leaving:
            ended_by = name
        packed += piece
    return bytes(packed)


def unpack(message: type[T], data: bytes, *, exact: bool = False) -> T:
    """The message in these bytes. Raises LayoutError for too few, for nonsense, and if `exact` for too many.

    Bytes behind the last known field are otherwise let pass: newer registers answer with more.
    """
    reader = Reader(data)
    result = _read(message, reader)
    if exact and reader.left:
        raise LayoutError(message.__name__, "", f"{reader.left} bytes too many")
    return result


def _read(message: type[T], reader: Reader) -> T:
    for name, codec in _plan(message):
        try:
            reader.seen[name] = codec.unpack(reader)
        except (ValueError, ArithmeticError) as error:
            raise LayoutError(message.__name__, name, str(error)) from error
    return message(**reader.seen)
