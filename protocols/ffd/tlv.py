"""Fiscal data as bytes and back: a tag's number and length, two bytes each, least significant first, then its value.

A value is an int, a Decimal, a str, a naive datetime (the register's own wall clock), bytes, or the tags of a
structure, as the tables of `tags` say. A tag that no table has is kept as the bytes it came in. Order is kept; tags may
repeat.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from struct import Struct as Layout
from typing import Any, TypeAlias

from msgspec import Struct

from protocols.errors import ProtocolError
from protocols.ffd.dictionary import TAGS, name_of
from protocols.ffd.tags import Tag, Type
from protocols.ffd.values import Reader, Writer, raw, reader_of, writer_of

Value: TypeAlias = "int | Decimal | str | datetime | bytes | tuple[Tlv, ...]"

MAX_BYTES = 2**16 + 3  # what one header can announce, and the header: the largest document has 32 768
MAX_DEPTH = 8  # the deepest known is 5: a report, its totals, corrections, a sign, a sum

_HEADER = Layout("<HH")
_MAX_LENGTH = 2**16 - 1


class NotTlv(ProtocolError):
    """The bytes are no fiscal data: `why` they are not, `offset` bytes from the start."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(f"at byte {offset}: {why}")
        self.offset, self.why = offset, why


class Unencodable(ValueError):
    """The tag cannot hold the value; `why` is Russian, since a cashier may have to read it."""

    def __init__(self, tag: int, why: str) -> None:
        super().__init__(f"{name_of(tag)}: {why}")
        self.tag, self.why = tag, why


class Tlv(Struct, frozen=True):
    """A tag and its value. `encode` says whether they fit each other."""

    tag: int
    value: Value

    def first(self, tag: int) -> Any:
        """The value of the first such tag in this structure; None where it has none."""
        return first(self.value, tag) if isinstance(self.value, tuple) else None


def first(tags: Iterable[Tlv], tag: int) -> Any:
    """The value of the first such tag; None where there is none."""
    return next((each.value for each in tags if each.tag == tag), None)


def encode(tags: Iterable[Tlv]) -> bytes:
    """Raises Unencodable: a value is not of its tag's type, too long, or in letters that CP866 lacks."""
    parts = []
    for each in tags:
        value = _value_bytes(each)
        parts.append(_HEADER.pack(each.tag, len(value)))
        parts.append(value)
    return b"".join(parts)


def decode(data: bytes) -> tuple[Tlv, ...]:
    """The tags in their order, structures and all. Raises NotTlv."""
    if len(data) > MAX_BYTES:
        raise NotTlv(MAX_BYTES, f"{len(data)} bytes, at most {MAX_BYTES} are taken")
    return _decode(data, 0, len(data), 1)


def decode_one(data: bytes) -> tuple[Tlv, bytes]:
    """The first tag, which must be whole, and the bytes behind it. Raises NotTlv."""
    if len(data) < _HEADER.size:
        raise NotTlv(0, f"{len(data)} bytes are left, a tag and its length need {_HEADER.size}")
    end = _HEADER.size + _HEADER.unpack_from(data)[1]
    (found,) = decode(data[:end])
    return found, data[end:]


def _value_bytes(each: Tlv) -> bytes:
    try:
        data = _WRITERS.get(each.tag, raw)(each.value)
    except Unencodable:
        raise  # a tag inside this one says it better
    except UnicodeEncodeError as error:
        raise Unencodable(each.tag, f"знака «{error.object[error.start]}» нет в кодировке чека (CP866)") from None
    except ValueError as error:
        raise Unencodable(each.tag, str(error)) from None
    except ArithmeticError:
        raise Unencodable(each.tag, "число вне пределов, которые вмещает тег") from None
    except (AttributeError, TypeError):
        raise Unencodable(each.tag, f"значение не того типа ({type(each.value).__name__})") from None
    if len(data) > _MAX_LENGTH or not 0 <= each.tag <= _MAX_LENGTH:
        raise Unencodable(each.tag, f"номер тега и длина не более {_MAX_LENGTH}, а длина {len(data)}")
    return data


def _decode(data: bytes, at: int, end: int, depth: int) -> tuple[Tlv, ...]:
    tags = []
    while at < end:
        if end - at < _HEADER.size:
            raise NotTlv(at, f"{end - at} bytes are left, a tag and its length need {_HEADER.size}")
        tag, length = _HEADER.unpack_from(data, at)
        start, at = at + _HEADER.size, at + _HEADER.size + length
        if at > end:
            raise NotTlv(start, f"tag {tag} announces {length} bytes, {end - start} are left")
        reader = _READERS.get(tag, bytes)
        if reader is None:
            if depth > MAX_DEPTH:
                raise NotTlv(start, f"tag {tag} is nested deeper than {MAX_DEPTH}")
            value: Value = _decode(data, start, at, depth + 1)
        else:
            try:
                value = reader(data[start:at])
            except ValueError as error:
                raise NotTlv(start, f"tag {tag}: {error}") from None
        tags.append(Tlv(tag, value))
    return tuple(tags)


def _structure_writer(tag: Tag) -> Writer:
    size = _MAX_LENGTH if tag.size is None else tag.size

    def write(value: tuple[Tlv, ...]) -> bytes:
        data = encode(value)
        if len(data) > size:
            raise ValueError(f"{len(data)} байт, а помещается {size}")
        return data

    return write


_READERS: dict[int, Reader | None] = {number: reader_of(tag) for number, tag in TAGS.items()}
_WRITERS: dict[int, Writer] = {
    number: _structure_writer(tag) if tag.type is Type.STLV else writer_of(tag) for number, tag in TAGS.items()
}
