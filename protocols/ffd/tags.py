"""What a tag of the fiscal data formats holds. The tables themselves lie beside, by where the tags are met."""

from enum import Enum, auto

from msgspec import Struct


class Type(Enum):
    """How a value is written (order ЕД-7-20/662@, table 2); numbers are little-endian."""

    BYTE = auto()  # int of one byte
    U16 = auto()
    U32 = auto()
    VLN = auto()  # int, as few bytes as it needs; money in kopecks
    FVLN = auto()  # Decimal: digits after the point, then a VLN
    TEXT = auto()  # str in CP866; a fixed one is padded with spaces on the right
    TIME = auto()  # naive datetime: the register's wall clock
    MASK = auto()  # int, a bit each
    BYTES = auto()
    STLV = auto()  # a structure: tags


class Tag(Struct, frozen=True):
    """`size`: most bytes of a value, or exactly so many where `fixed`; None where the order gives no limit.

    `many`: may stand several times in its place. `holds`: the tags of a structure, as far as they are known.
    """

    number: int
    name: str
    type: Type
    size: int | None
    fixed: bool = False
    many: bool = False
    holds: tuple[int, ...] = ()


def byte(number: int, name: str) -> Tag:
    return Tag(number, name, Type.BYTE, 1, fixed=True)


def u16(number: int, name: str) -> Tag:
    return Tag(number, name, Type.U16, 2, fixed=True)


def u32(number: int, name: str, *, many: bool = False) -> Tag:
    return Tag(number, name, Type.U32, 4, fixed=True, many=many)


def vln(number: int, name: str, size: int = 6) -> Tag:
    return Tag(number, name, Type.VLN, size)


def fvln(number: int, name: str) -> Tag:
    return Tag(number, name, Type.FVLN, 8)


def text(number: int, name: str, size: int | None = None, *, fixed: bool = False, many: bool = False) -> Tag:
    return Tag(number, name, Type.TEXT, size, fixed, many)


def time(number: int, name: str) -> Tag:
    return Tag(number, name, Type.TIME, 4, fixed=True)


def mask(number: int, name: str, size: int = 1, *, many: bool = False) -> Tag:
    return Tag(number, name, Type.MASK, size, fixed=True, many=many)


def octets(number: int, name: str, size: int, *, fixed: bool = False) -> Tag:
    return Tag(number, name, Type.BYTES, size, fixed)


def stlv(number: int, name: str, size: int | None = None, *, many: bool = False, holds: tuple[int, ...] = ()) -> Tag:
    return Tag(number, name, Type.STLV, size, many=many, holds=holds)
