"""The paper that came out of a register: its last sheets, each made readable when somebody looks at it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.fiscal.sums import Totals

MOST_SHEETS = 50
MOST_LINES = 500
"""Loose lines on one sheet; with more it is torn off."""


@dataclass(frozen=True)
class Letterhead:
    """Whose register it is: what stands at the top of everything."""

    user: str
    address: str
    inn: str
    serial: str


@dataclass(frozen=True)
class Report:
    """X: the shift so far, nothing fiscal. `number`: the how-manieth; kopecks in the drawer."""

    at: datetime
    number: int
    shift_number: int
    totals: Totals
    drawer: int


Entry: TypeAlias = Document | CashMove | Report


@dataclass(frozen=True)
class Sheet:
    """Loose lines, then an entry if there is one. `number` counts from 1. `torn`: the roll ended over it."""

    number: int
    lines: tuple[str, ...]
    letterhead: Letterhead | None = None
    entry: Entry | None = None
    copy: bool = False
    torn: bool = False
    at: datetime | None = None


class Roll:
    """The last sheets, oldest first when iterated over. Lines that belong to no document wait for what comes next."""

    def __init__(self) -> None:
        self._sheets: deque[Sheet] = deque(maxlen=MOST_SHEETS)
        self._lines: list[str] = []
        self.printed = 0

    def __iter__(self) -> Iterator[Sheet]:
        return iter(tuple(self._sheets))

    def __getitem__(self, number: int) -> Sheet:
        """Raises KeyError: never printed, or long gone."""
        for sheet in self:
            if sheet.number == number:
                return sheet
        raise KeyError(number)

    def write(self, line: str) -> None:
        """A line that is no part of a document; it comes out above the next one."""
        if len(self._lines) == MOST_LINES:
            self._add(Sheet(0, self._taken()))
        self._lines.append(line)

    def cut(self, at: datetime) -> None:
        """What was written so far is a sheet of its own."""
        if self._lines:
            self._add(Sheet(0, self._taken(), at=at))

    def print(self, letterhead: Letterhead, entry: Entry, *, copy: bool = False) -> None:
        self._add(Sheet(0, self._taken(), letterhead, entry, copy))

    def tear(self, letterhead: Letterhead, entry: Entry) -> None:
        """The roll ends over it: what came out is void, and comes once more with `go_on`."""
        self._add(Sheet(0, self._taken(), letterhead, entry, torn=True))

    def go_on(self) -> None:
        """New paper is in: what was torn comes out whole."""
        last = next((sheet for sheet in reversed(self._sheets) if sheet.torn), None)
        if last:
            self._add(replace(last, torn=False))

    def _add(self, sheet: Sheet) -> None:
        self.printed += 1
        self._sheets.append(replace(sheet, number=self.printed))

    def _taken(self) -> tuple[str, ...]:
        lines, self._lines = tuple(self._lines), []
        return lines
