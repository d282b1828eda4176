"""The kinds of fields that messages are made of, and names for the common ones.

Integers are little-endian, money is five bytes of kopecks, texts are CP1251 (protocol 1.17, p. 13).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Protocol


@dataclass
class Reader:
    """Bytes being read and the values read so far, by field name."""

    data: bytes
    at: int = 0
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """The next bytes. Raises ValueError when there are fewer."""
        if count > self.left:
            raise ValueError(f"needs {count} bytes, {self.left} left")
        self.at += count
        return self.data[self.at - count : self.at]


class Codec(Protocol):
    """Turns one field's value into bytes and back; ValueError and ArithmeticError say that it cannot."""

    def pack(self, value: Any) -> bytes: ...

    def unpack(self, reader: Reader) -> Any: ...


@dataclass(frozen=True)
class Number:
    """A little-endian integer, given to `kind`. With `absent`, all bytes FF mean None."""

    size: int
    kind: Callable[[int], Any] = int
    signed: bool = False
    absent: bool = False

    def pack(self, value: Any) -> bytes:
        if self.absent and value is None:
            return b"\xff" * self.size
        return int(value).to_bytes(self.size, "little", signed=self.signed)

    def unpack(self, reader: Reader) -> Any:
        raw = reader.take(self.size)
        if self.absent and raw == b"\xff" * self.size:
            return None
        return self.kind(int.from_bytes(raw, "little", signed=self.signed))


@dataclass(frozen=True)
class Scaled:
    """A decimal kept as an integer number of its smallest steps, `places` after the point."""

    size: int
    places: int

    def pack(self, value: Decimal) -> bytes:
        steps = int(value.scaleb(self.places))
        if Decimal(steps).scaleb(-self.places) != value:
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return steps.to_bytes(self.size, "little")

    def unpack(self, reader: Reader) -> Decimal:
        return Decimal(int.from_bytes(reader.take(self.size), "little")) / Decimal(10**self.places)


@dataclass(frozen=True)
class Calendar:
    """One byte for each of these attributes in this order, years since 2000. A date of all zeros is None."""

    kind: Callable[..., date | time]
    order: tuple[str, ...]

    def pack(self, value: date | time | None) -> bytes:
        if value is None:
            return bytes(len(self.order))
        return bytes(getattr(value, name) - 2000 * (name == "year") for name in self.order)

    def unpack(self, reader: Reader) -> date | time | None:
        raw = reader.take(len(self.order))
        if not any(raw) and "year" in self.order:
            return None
        values = {name: byte + 2000 * (name == "year") for name, byte in zip(self.order, raw, strict=True)}
        return self.kind(**values)


@dataclass(frozen=True)
class Text:
    """CP1251, closed by a zero byte or by the end of the field; trailing spaces do not count.

    On the wire it takes at least `least` bytes, filled up with zeros, and at most `most`. What CP1251 has no letter
    for is an error to write and a replacement mark to read.
    """

    least: int
    most: int
    encoding: str = "cp1251"

    def pack(self, value: str) -> bytes:
        raw = value.encode(self.encoding)
        if len(raw) > self.most:
            raise ValueError(f"{len(raw)} letters, at most {self.most} allowed")
        return raw.ljust(self.least, b"\0")

    def unpack(self, reader: Reader) -> str:
        raw = reader.take(max(self.least, min(reader.left, self.most)))
        return raw.split(b"\0", 1)[0].decode(self.encoding, "replace").rstrip(" ")


@dataclass(frozen=True)
class Raw:
    """Exactly this many bytes, as they are."""

    size: int

    def pack(self, value: bytes) -> bytes:
        if len(value) != self.size:
            raise ValueError(f"{len(value)} bytes, {self.size} wanted")
        return value

    def unpack(self, reader: Reader) -> bytes:
        return reader.take(self.size)


@dataclass(frozen=True)
class Rest:
    """All bytes to the end, at most so many."""

    most: int = 255

    def pack(self, value: bytes) -> bytes:
        if len(value) > self.most:
            raise ValueError(f"{len(value)} bytes, at most {self.most} allowed")
        return value

    def unpack(self, reader: Reader) -> bytes:
        return reader.take(min(reader.left, self.most))


@dataclass(frozen=True)
class Counted:
    """So many strings of bytes: first the length of each, one byte, then the strings."""

    count: int

    def pack(self, value: tuple[bytes, ...]) -> bytes:
        if len(value) != self.count:
            raise ValueError(f"{len(value)} strings, {self.count} wanted")
        return bytes(len(each) for each in value) + b"".join(value)

    def unpack(self, reader: Reader) -> tuple[bytes, ...]:
        return tuple(reader.take(length) for length in reader.take(self.count))


@dataclass(frozen=True)
class Array:
    """A tuple of exactly this many of one kind."""

    count: int
    item: Codec

    def pack(self, value: tuple[Any, ...]) -> bytes:
        if len(value) != self.count:
            raise ValueError(f"{len(value)} items, {self.count} wanted")
        return b"".join(self.item.pack(item) for item in value)

    def unpack(self, reader: Reader) -> tuple[Any, ...]:
        return tuple(self.item.unpack(reader) for _ in range(self.count))


@dataclass(frozen=True)
class Optional:
    """None when nothing but the last `leaving` bytes is left: answers grow with the model and its settings."""

    item: Codec
    leaving: int = 0

    def pack(self, value: Any) -> bytes:
        return b"" if value is None else self.item.pack(value)

    def unpack(self, reader: Reader) -> Any:
        return self.item.unpack(reader) if reader.left > self.leaving else None


def ascii_text(size: int) -> Text:
    """Digits and Latin letters, filled up to the size: serial and registration numbers."""
    return Text(size, size, "ascii")


def text(size: int) -> Text:
    """A CP1251 text in a field of fixed size."""
    return Text(size, size)


def rest_text(least: int = 0, most: int = 255) -> Text:
    """A CP1251 text up to the end of the message."""
    return Text(least, most)


def printable(value: str, size: int) -> str:
    """The text as a register can take it: cut to the size, `?` for what CP1251 has no letter for."""
    return value.encode("cp1251", "replace")[:size].decode("cp1251")


U8 = Annotated[int, Number(1)]
U16 = Annotated[int, Number(2)]
U32 = Annotated[int, Number(4)]
S16 = Annotated[int, Number(2, signed=True)]
Flag = Annotated[bool, Number(1, bool)]
MaybeU8 = Annotated[int | None, Optional(Number(1))]
MaybeU16 = Annotated[int | None, Optional(Number(2))]
Money = Annotated[int, Number(5)]
"""Kopecks."""
MaybeMoney = Annotated[int | None, Number(5, absent=True)]
"""Kopecks, or None to leave the sum to the register."""
Quantity = Annotated[Decimal, Scaled(6, 6)]

DATE_YMD = Calendar(date, ("year", "month", "day"))
DATE_DMY = Calendar(date, ("day", "month", "year"))
MOMENT = Calendar(datetime, ("year", "month", "day", "hour", "minute"))
CLOCK = Calendar(datetime, ("day", "month", "year", "hour", "minute", "second"))

DateYmd = Annotated[date | None, DATE_YMD]
DateDmy = Annotated[date | None, DATE_DMY]
Moment = Annotated[datetime | None, MOMENT]
"""The register's own local time, naive, to the minute; None where it has nothing to date."""
MaybeMoment = Annotated[datetime | None, Optional(MOMENT)]
Clock = Annotated[datetime | None, CLOCK]
"""The register's own local time in one-byte commands, naive, to the second."""
TimeOfDay = Annotated[time, Calendar(time, ("hour", "minute", "second"))]
