"""The paper that came out of a register: its last sheets, each made readable when somebody looks at it."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.fiscal.drive import Drive
from drivers.emulators.fiscal.sums import Totals

MOST_SHEETS = 50
MOST_ROWS = 20_000
"""Of all sheets together, lines of receipts counted as one each: old sheets make room for long ones."""
MOST_LINES = 500
"""Loose lines on one sheet; with more it is torn off."""
RECALLED = 20  # documents of former lives


@dataclass(frozen=True)
class Letterhead:
    """Whose register it is: what stands at the top of everything."""

    user: str
    address: str
    inn: str
    serial: str


@dataclass(frozen=True)
class Report:
    """X: the shift so far, nothing fiscal. `number`: the how-manieth, if that is counted; kopecks in the drawer."""

    at: datetime
    number: int | None
    shift_number: int
    totals: Totals
    drawer: int


Entry: TypeAlias = Document | CashMove | Report


@dataclass(frozen=True)
class Around:
    """Lines that stand about an entry and are no part of it; `between` goes by the number of items before them."""

    above: tuple[str, ...] = ()
    between: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    below: tuple[str, ...] = ()


BARE = Around()


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
    around: Around = BARE

    @property
    def rows(self) -> int:
        """How long it is, roughly."""
        around, items = self.around, len(self.entry.items) if isinstance(self.entry, Document) else 0
        between = sum(map(len, around.between.values()))
        return len(self.lines) + len(around.above) + between + len(around.below) + items


class Roll:
    """The last sheets, oldest first when iterated over. Lines that belong to no document wait for what comes next."""

    def __init__(self) -> None:
        self._sheets: deque[Sheet] = deque()
        self._lines: list[str] = []
        self._rows = 0
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
            self._add(Sheet(self._next, self._taken()))
        self._lines.append(line)

    def cut(self, at: datetime) -> None:
        """What was written so far is a sheet of its own."""
        if self._lines:
            self._add(Sheet(self._next, self._taken(), at=at))

    def print(self, letterhead: Letterhead, entry: Entry, *, copy: bool = False, around: Around = BARE) -> None:
        self._add(Sheet(self._next, self._taken(), letterhead, entry, copy, around=around))

    def tear(self, letterhead: Letterhead, entry: Entry, *, around: Around = BARE) -> None:
        """The roll ends over it: what came out is void, and comes once more with `go_on`."""
        self._add(Sheet(self._next, self._taken(), letterhead, entry, torn=True, around=around))

    def recall(self, letterhead: Letterhead, drive: Drive) -> None:
        """What a register printed last in its former lives is on its paper still."""
        for document in drive.after(drive.counters.fd - RECALLED, RECALLED):
            self.print(letterhead, document)

    def go_on(self) -> None:
        """New paper is in: what was torn comes out whole."""
        last = next((sheet for sheet in reversed(self._sheets) if sheet.torn), None)
        if last:
            self._add(replace(last, number=self._next, torn=False))

    @property
    def _next(self) -> int:
        return self.printed + 1

    def _add(self, sheet: Sheet) -> None:
        self.printed += 1
        self._sheets.append(sheet)
        self._rows += sheet.rows
        while len(self._sheets) > MOST_SHEETS or (self._rows > MOST_ROWS and len(self._sheets) > 1):
            self._rows -= self._sheets.popleft().rows

    def _taken(self) -> tuple[str, ...]:
        lines, self._lines = tuple(self._lines), []
        return lines
