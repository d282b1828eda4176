"""The value of one tag as bytes and back, for each type of value."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from protocols.ffd.charset import to_cp866
from protocols.ffd.tags import Tag, Type

Reader = Callable[[bytes], Any]  # raises ValueError
Writer = Callable[[Any], bytes]  # raises ValueError with Russian words; ArithmeticError: out of range

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - seconds are counted in the register's own time, without a zone
_SECOND = timedelta(seconds=1)


def raw(value: Any) -> bytes:
    """Bytes as they are."""
    if not isinstance(value, bytes):
        raise TypeError("bytes are needed")
    return value


def reader_of(tag: Tag) -> Reader | None:
    """None for a structure: its tags are read, not its bytes."""
    return None if tag.type is Type.STLV else _READERS[tag.type](tag)


def writer_of(tag: Tag) -> Writer:
    """For all but structures."""
    return _WRITERS[tag.type](tag)


def _number_reader(tag: Tag) -> Reader:
    size = tag.size

    def read(data: bytes) -> int:
        if len(data) != size:
            raise ValueError(f"{len(data)} bytes, and not {size}")
        return int.from_bytes(data, "little")

    return read


def _number_writer(tag: Tag) -> Writer:
    size = tag.size or 0
    return lambda value: value.to_bytes(size, "little")


def _vln_reader(tag: Tag) -> Reader:
    """Empty is zero, and zeros at the end are taken: registers differ in how they pack."""
    most = tag.size or 0

    def read(data: bytes) -> int:
        if len(data) > most:
            raise ValueError(f"{len(data)} bytes, at most {most} are allowed")
        return int.from_bytes(data, "little")

    return read


def _vln_writer(tag: Tag) -> Writer:
    """The shortest form, one byte at least, as real registers write it."""
    most = tag.size or 0

    def write(value: int) -> bytes:
        data = value.to_bytes((value.bit_length() + 7) // 8 or 1, "little")
        return _at_most(most, data)

    return write


def _fvln_reader(tag: Tag) -> Reader:
    most = tag.size or 0

    def read(data: bytes) -> Decimal:
        if not 1 <= len(data) <= most:
            raise ValueError(f"{len(data)} bytes, 1 to {most} are allowed")
        return Decimal(int.from_bytes(data[1:], "little")).scaleb(-data[0])

    return read


def _fvln_writer(tag: Tag) -> Writer:
    """Digits after the point as the Decimal has them: 1.50 is written with two."""
    most = tag.size or 0

    def write(value: Decimal) -> bytes:
        if not value.is_finite():
            raise ArithmeticError
        digits = max(0, -int(value.as_tuple().exponent))
        whole = int(value.scaleb(digits))
        return _at_most(
            most, digits.to_bytes(1, "little") + whole.to_bytes((whole.bit_length() + 7) // 8 or 1, "little")
        )

    return write


def _text_reader(tag: Tag) -> Reader:
    if tag.fixed:
        return lambda data: data.decode("cp866").rstrip(" ")
    return lambda data: data.decode("cp866")


def _text_writer(tag: Tag) -> Writer:
    size, fixed = tag.size, tag.fixed

    def write(value: str) -> bytes:
        data = to_cp866(value)
        if size is not None and len(data) > size:
            raise ValueError(f"{len(data)} знаков, а помещается {size}")
        return data.ljust(size or 0) if fixed else data

    return write


def _time_reader(tag: Tag) -> Reader:
    number = _number_reader(tag)
    return lambda data: _EPOCH + _SECOND * number(data)


def _time_writer(tag: Tag) -> Writer:
    return lambda value: ((value - _EPOCH) // _SECOND).to_bytes(4, "little")


def _octets_reader(tag: Tag) -> Reader:
    return bytes


def _octets_writer(tag: Tag) -> Writer:
    size, fixed = tag.size or 0, tag.fixed

    def write(value: bytes) -> bytes:
        if fixed and len(value) != size:
            raise ValueError(f"{len(value)} байт, а нужно {size}")
        return _at_most(size, raw(value))

    return write


def _at_most(size: int, data: bytes) -> bytes:
    if len(data) > size:
        raise ValueError(f"{len(data)} байт, а помещается {size}")
    return data


_READERS: dict[Type, Callable[[Tag], Reader]] = {
    **dict.fromkeys((Type.BYTE, Type.U16, Type.U32, Type.MASK), _number_reader),
    Type.VLN: _vln_reader,
    Type.FVLN: _fvln_reader,
    Type.TEXT: _text_reader,
    Type.TIME: _time_reader,
    Type.BYTES: _octets_reader,
}
_WRITERS: dict[Type, Callable[[Tag], Writer]] = {
    **dict.fromkeys((Type.BYTE, Type.U16, Type.U32, Type.MASK), _number_writer),
    Type.VLN: _vln_writer,
    Type.FVLN: _fvln_writer,
    Type.TEXT: _text_writer,
    Type.TIME: _time_writer,
    Type.BYTES: _octets_writer,
}
