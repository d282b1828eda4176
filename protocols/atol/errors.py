"""Errors of АТОЛ's driver 10: what each number means, what to do about it, and what it says of the task it ended.

Numbers and names are the driver's (LIBFPTR_ERROR_…, driver 10.10.7). The classes are this project's reading of them.
"""

from dataclasses import dataclass
from enum import Enum

from protocols.atol.error_texts import ERRORS


class Class(Enum):
    """What kind of thing went wrong, with what to do about it."""

    LINK = "Проверьте кабель и питание ККТ."
    PRINT = "Проверьте бумагу, крышку и принтер ККТ."
    CUT = "Документ прерван; после осмотра ККТ допечатает его."
    DRIVE = "Перезапустите ККТ; если повторится, вызовите сервисный центр."
    DRIVE_END = "Продавайте на другой кассе; нужна связь с ОФД или замена ФН."
    TIME = "Проверьте дату и время в ККТ."
    SHIFT = "Проверьте состояние смены."
    BUSY = "ККТ занята; повторится само."
    STATE = "Завершите или отмените документ, начатый на ККТ."
    CASH = "Проверьте суммы оплат и наличные в ящике."
    DATA = "Исправьте данные чека."
    MARK = "Проверьте код маркировки товара."
    LICENCE = "Проверьте лицензии ККТ."
    SERVER = "Проверьте веб-сервер и драйвер АТОЛ."
    UNKNOWN = "Перезапустите веб-сервер АТОЛ и ККТ."
    OTHER = "Обратитесь к тому, кто обслуживает ККТ."


DOUBTFUL = frozenset({Class.LINK, Class.PRINT, Class.CUT, Class.DRIVE, Class.UNKNOWN})
"""The document may have come to be in spite of them: only the fiscal drive can tell. A server that is set up wrongly
is not among them: such a task would be tried for ever."""
PASSING = frozenset({Class.TIME, Class.SHIFT, Class.BUSY, Class.STATE})
"""Mended by time or by somebody at the till; the same task may then go through."""

_CLASSES = {
    Class.LINK: "1-5 108 213-214 221 241 601-603",
    Class.PRINT: "44-47 114 150",
    Class.CUT: "32 151 173-178",
    Class.DRIVE: "104 106 115-119 133-135 138 159 162 166",
    Class.DRIVE_END: "120-121 124 130 136-137 139-140 224",
    Class.TIME: "28-29 35-36 77 122 142 179 198 218",
    Class.SHIFT: "68 73 83 86 141",
    Class.BUSY: "55 188 226 401 423",
    Class.STATE: "12 31 34 37 64 67 69 72 81-82 89 92 98 172 200-201 203 205 210 225",
    Class.CASH: "18 52-54 66 79-80 270",
    Class.DATA: (
        "7-9 13 16-17 24-27 48-49 57 59-61 63 78 88 110 112 128-129 131 143-145 147-148 153-154 158 160-161 163-164 "
        "167-169 190-191 194-195 215-217 219 227 231 243 265 271-272 276 501"
    ),
    Class.MARK: "146 192-193 228 235 244 402-422 424-426",
    Class.LICENCE: "94 96 189 202 245-248",
    Class.SERVER: "10-11 14 502-504",
    Class.UNKNOWN: "6 15",
}
_NO_PASSING = frozenset({12, 37, 83, 86, 89, 92, 172, 225})
"""States that the same task would meet again: not registered, not activated, a shift that is as it was to be."""
MENDED_BY_OFD = frozenset({139, 140})
"""A drive that waits for the OFD goes on by itself when its documents are sent."""
ABOUT_SHIFTS = frozenset({73, 83})
"""A final answer to whoever turns a shift."""
NO_DOCUMENT = frozenset({30, 93, 123, 232})
"""The drive's archive has no document under this number."""
UNAUTHORISED = 505
MOST_SAID = 200  # characters of the server's own words


@dataclass(frozen=True, slots=True)
class Meaning:
    """`text` and `advice` are Russian, for the cashier: what happened, what to do. `name` is the driver's.

    `doubtful`: whether the document came to be is open. `passing`: the task may go through later as it is.
    """

    code: int
    name: str
    kind: Class | None
    text: str
    advice: str
    doubtful: bool
    passing: bool


def meaning_of(code: int, said: str = "", *, turns_shift: bool = False) -> Meaning:
    """`said`: the server's own words, for a number that the catalogue does not name; such a number is doubtful."""
    kind = _OF.get(code)
    name, text = ERRORS.get(code, ("", said[:MOST_SAID] or "Неизвестная ошибка"))
    final = code in _NO_PASSING or (turns_shift and code in ABOUT_SHIFTS)
    return Meaning(
        code,
        name,
        kind,
        text,
        (kind or Class.OTHER).value,
        doubtful=kind in DOUBTFUL or code not in ERRORS,
        passing=code in MENDED_BY_OFD or (kind in PASSING and not final),
    )


def _numbers(ranges: str) -> list[int]:
    """ "1-3 7" is 1, 2, 3 and 7."""
    numbers: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


_OF = {code: kind for kind, ranges in _CLASSES.items() for code in _numbers(ranges)}
