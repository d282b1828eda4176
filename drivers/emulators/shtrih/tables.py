"""The register's tables of settings, as much of them as hosts look at (setup guide of 22.06.2018, pp. 46-71)."""

from dataclasses import dataclass

from drivers.emulators.shtrih.passport import Passport
from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih.codes import Error

_READ_ONLY = 0x7A
EXTENDED_ANSWERS = (17, 1, 36)
RATES = (2000, 1000, 0, 0, 2000, 1000, 500, 700, 500, 700, 2200, 2200)  # hundredths of a per cent, rows of table 6
RATE_NAMES = ("20%", "10%", "0%", "no_vat", "20/120", "10/110", "5%", "7%", "5/105", "7/107", "22%", "22/122")


@dataclass
class Field:
    """An integer of `size` bytes, or a text filled up with zeros to `size`."""

    value: int | str
    size: int
    fixed: bool = False

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
        number = isinstance(self.value, int)
        self.value = int.from_bytes(data, "little") if number else data.rstrip(b"\0").decode("cp1251", "replace")


class Tables:
    """Fields by (table, row, field). What a host writes lasts until the power goes."""

    def __init__(self, passport: Passport) -> None:
        self._fields = _settings() | _passwords() | _rates() | _registration(passport)

    def __getitem__(self, place: tuple[int, int, int]) -> Field:
        """Raises Refuse where there is no such field."""
        if place not in self._fields:
            raise Refuse(Error.NO_SUCH_TABLE)
        return self._fields[place]

    @property
    def extended_answers(self) -> bool:
        """Whether answers about documents end with their date and time."""
        return self._fields[EXTENDED_ANSWERS].value == 1


def _settings() -> dict[tuple[int, int, int], Field]:
    return {
        (1, 1, 1): Field(1, 1),  # number in the shop
        (1, 1, 7): Field(1, 1),  # cuts by itself
        (1, 1, 14): Field(0, 1),  # the register works the taxes out
        (17, 1, 3): Field(0, 1),
        (17, 1, 7): Field(0, 1),  # prints
        (17, 1, 17): Field(2, 1),  # fiscal data format 1.05
        EXTENDED_ANSWERS: Field(0, 1),
        (21, 1, 2): Field(1, 1),  # exchanges with the OFD by itself
        (21, 1, 3): Field(1, 1),
        (21, 1, 4): Field(7778, 2),
    }


def _passwords() -> dict[tuple[int, int, int], Field]:
    names = {29: "Администратор", 30: "Системный администратор"}
    passwords = {(2, row, 1): Field(row, 4, fixed=True) for row in range(1, 31)}
    return passwords | {(2, row, 2): Field(names.get(row, f"Кассир {row}"), 64) for row in range(1, 31)}


def _rates() -> dict[tuple[int, int, int], Field]:
    rates = {(6, row, 1): Field(rate, 2, fixed=True) for row, rate in enumerate(RATES, 1)}
    return rates | {(6, row, 2): Field(_title(name), 64, fixed=True) for row, name in enumerate(RATE_NAMES, 1)}


def _title(rate: str) -> str:
    return "без НДС" if rate == "no_vat" else f"НДС {rate}"


def _registration(passport: Passport) -> dict[tuple[int, int, int], Field]:
    texts = (f"{passport.serial:016}", passport.inn, passport.rnm, passport.fn)
    return {(18, 1, field): Field(text, 64, fixed=True) for field, text in enumerate(texts, 1)} | {
        (18, 1, 5): Field(1, 1, fixed=True),
        (18, 1, 6): Field(0, 1, fixed=True),
        (18, 1, 10): Field("Учебный ОФД", 64),
    }
