"""The register's tables of settings, as much of them as hosts look at (setup guide of 22.06.2018, pp. 46-71)."""

from dataclasses import dataclass

from drivers.emulators.fiscal.passport import Passport
from drivers.emulators.shtrih.nvram import Nvram
from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih.codes import Error

_READ_ONLY = 0x7A
EXTENDED_ANSWERS, NOT_PRINTING, FORMAT, HOST_TAXES = (17, 1, 36), (17, 1, 7), (17, 1, 17), (1, 1, 14)
BY_ITSELF = (21, 1, 2)
"""Whether the register brings its documents to the OFD itself, or hands them to the host (0)."""
FFD_105, FFD_11, FFD_12 = 2, 3, 4
FORMATS = {"1.05": FFD_105, "1.1": FFD_11, "1.2": FFD_12}
"""Fiscal data formats by their numbers in tag 1209 and in table 17."""
SKIP_ONE = 1  # of NOT_PRINTING: the next document; more than that: all of them
RATES = (2000, 1000, 0, 0, 2000, 1000, 500, 700, 500, 700, 2200, 2200)  # hundredths of a per cent, rows of table 6
RATE_NAMES = ("20%", "10%", "0%", "no_vat", "20/120", "10/110", "5%", "7%", "5/105", "7/107", "22%", "22/122")


@dataclass
class Field:
    """An integer of `size` bytes, one of `allowed` if any are named, or a text filled up with zeros to `size`."""

    value: int | str
    size: int
    fixed: bool = False
    allowed: range | None = None

    def pack(self) -> bytes:
        if isinstance(self.value, int):
            return self.value.to_bytes(self.size, "little")
        return self.value.encode("cp1251", "replace")[: self.size].ljust(self.size, b"\0")

    def unpack(self, data: bytes) -> None:
        """Raises Refuse: too long, or not for the host to set."""
        if self.fixed:
            raise Refuse(_READ_ONLY)
        if len(data) > self.size:
            raise Refuse(Error.BAD_LENGTH)
        if isinstance(self.value, str):
            self.value = data.split(b"\0", 1)[0].decode("cp1251", "replace")
            return
        number = int.from_bytes(data, "little")
        if self.allowed is not None and number not in self.allowed:
            raise Refuse(Error.BAD_PARAMETERS)
        self.value = number


Place = tuple[int, int, int]


class Tables:
    """Fields by (table, row, field). What a host has written is kept in the `nvram`."""

    def __init__(self, passport: Passport, nvram: Nvram) -> None:
        self._fields, self._nvram = _settings() | _passwords() | _rates() | _registration(passport), nvram
        for place, field in self._fields.items():
            if written := nvram.memory.tables.get(_name(place)):
                field.unpack(bytes.fromhex(written))

    def __getitem__(self, place: Place) -> Field:
        """Raises Refuse where there is no such field."""
        if place not in self._fields:
            raise Refuse(Error.NO_SUCH_TABLE)
        return self._fields[place]

    def write(self, place: Place, value: bytes) -> None:
        """Raises Refuse; OSError."""
        field = self[place]
        field.unpack(value)
        self._nvram.memory.tables[_name(place)] = field.pack().hex()
        self._nvram.save()

    def number(self, place: Place) -> int:
        return int(self[place].value)

    def text(self, *place: int) -> str:
        table, row, field = place
        return str(self[table, row, field].value)

    @property
    def extended_answers(self) -> bool:
        """Whether answers about documents end with their date and time."""
        return self.number(EXTENDED_ANSWERS) == 1

    @property
    def ffd(self) -> int:
        """The fiscal data format by its number in tag 1209: 2 is 1.05, 3 is 1.1, 4 is 1.2."""
        return self.number(FORMAT)

    @property
    def by_itself(self) -> bool:
        return self.number(BY_ITSELF) == 1

    def register_for(self, ffd: str) -> None:
        """From now on documents are of that format."""
        self.write(FORMAT, bytes([FORMATS[ffd]]))

    def spend_print(self) -> bool:
        """Whether the document at hand is printed; to skip one counts for this one."""
        skip = self.number(NOT_PRINTING)
        if skip == SKIP_ONE:
            self.write(NOT_PRINTING, b"\0")
        return not skip


def _name(place: Place) -> str:
    """What a field goes by in the file."""
    return ".".join(map(str, place))


def _settings() -> dict[Place, Field]:
    return {
        (1, 1, 1): Field(1, 1),  # number in the shop
        (1, 1, 7): Field(1, 1),  # cuts by itself
        HOST_TAXES: Field(0, 1, allowed=range(2)),  # the register works the taxes out
        (17, 1, 3): Field(0, 1),
        NOT_PRINTING: Field(0, 1, allowed=range(4)),
        FORMAT: Field(FFD_105, 1, allowed=range(FFD_105, FFD_12 + 1)),
        EXTENDED_ANSWERS: Field(0, 1),
        BY_ITSELF: Field(1, 1, allowed=range(2)),
        (21, 1, 3): Field(1, 1),
        (21, 1, 4): Field(7778, 2),
    }


def _passwords() -> dict[Place, Field]:
    names = {29: "Администратор", 30: "Системный администратор"}
    passwords = {(2, row, 1): Field(row, 4, fixed=True) for row in range(1, 31)}
    return passwords | {(2, row, 2): Field(names.get(row, f"Кассир {row}"), 64) for row in range(1, 31)}


def _rates() -> dict[Place, Field]:
    rates = {(6, row, 1): Field(rate, 2, fixed=True) for row, rate in enumerate(RATES, 1)}
    return rates | {(6, row, 2): Field(_title(name), 64, fixed=True) for row, name in enumerate(RATE_NAMES, 1)}


def _title(rate: str) -> str:
    return "без НДС" if rate == "no_vat" else f"НДС {rate}"


def _registration(passport: Passport) -> dict[Place, Field]:
    texts = (f"{passport.serial:016}", passport.inn, passport.rnm, passport.fn)
    return {(18, 1, field): Field(text, 64, fixed=True) for field, text in enumerate(texts, 1)} | {
        (18, 1, 5): Field(1, 1, fixed=True),
        (18, 1, 6): Field(0, 1, fixed=True),
        (18, 1, 7): Field("ООО «Учебный магазин»", 64),
        (18, 1, 9): Field("г. Москва, Учебная ул., д. 1", 128),
        (18, 1, 10): Field("Учебный ОФД", 64),
        (18, 1, 14): Field("Торговый зал", 64),
    }
