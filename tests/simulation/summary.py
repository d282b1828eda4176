"""What a run of histories came to, and whether it saw what it claims to have seen."""

import time
from collections import Counter
from dataclasses import dataclass, field

from tests.simulation.faults import FAULTS
from tests.simulation.history import Played
from tests.simulation.kills import KILLS
from tests.simulation.points import POINTS
from tests.simulation.verdicts import VERDICTS

REPLAY = "replay: python -m tests.simulation --seed {} -v"
ENOUGH, OF = 20, 20_000  # each thing is to be seen so often in so many histories
UNREACHABLE = {"numbers went back"}  # no register here has two drives of one number; told by tests of the verdict

WANTED = {
    "point": POINTS,
    "verdict": [verdict for verdict in VERDICTS if verdict not in UNREACHABLE],
    "fault": list(FAULTS),
    "kill": list(KILLS),
}


@dataclass
class Summary:
    """`began`: by the monotonic clock."""

    began: float
    histories: int = 0
    lasted: float = 0.0
    documents: int = 0
    bad: list[int] = field(default_factory=list)
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, played: Played) -> None:
        self.histories += 1
        self.lasted += played.lasted
        self.documents += played.documents
        self.tally.update(played.tally)
        if played.wrong:
            self.bad.append(played.seed)

    def complaint(self, played: Played) -> str:
        return "\n".join([*(f"seed {played.seed}: {what}" for what in played.wrong), REPLAY.format(played.seed)])

    def progress(self, of: int) -> str:
        took = time.monotonic() - self.began
        return f"{self.histories}/{of} histories, {self.histories / took:.1f} a second, {len(self.bad)} bad"

    def missed(self, count: int) -> list[str]:
        """What was seen too rarely. Fewer histories than OF are asked for less, in proportion."""
        least = demand(count)
        return [
            f"{family} {name}: {self.tally[family, name]}"
            for family, names in WANTED.items()
            for name in names
            if self.tally[family, name] < least
        ]

    def report(self, count: int) -> str:
        took = time.monotonic() - self.began
        lines = [
            f"{self.histories} histories in {took:.0f} s: {self.lasted / 3600:.0f} simulated hours"
            f" ({self.lasted / took:.0f} times the clock), {self.documents} documents on paper,"
            f" {self._sum('kill')} kills, {self._sum('fault')} other faults",
            *(f"{family:8}{self._row(family)}" for family in ("point", "verdict", "kill", "fault", "end")),
        ]
        missed = self.missed(count)
        least = demand(count)
        lines.append(f"each to be seen {least} times at least ({ENOUGH} in {OF} histories)")
        lines += [f"NOT SEEN ENOUGH  {each}" for each in missed]
        lines.append(f"{len(self.bad)} bad: {self.bad}" if self.bad else "nothing lost, nothing twice")
        return "\n".join(lines)

    def _sum(self, family: str) -> int:
        return sum(number for (of, _), number in self.tally.items() if of == family)

    def _row(self, family: str) -> str:
        found = {name: number for (of, name), number in self.tally.items() if of == family}
        names = [*WANTED.get(family, []), *(name for name in sorted(found) if name not in WANTED.get(family, []))]
        return "  ".join(f"{name} {found.get(name, 0)}" for name in names)


def demand(count: int) -> int:
    return min(ENOUGH, ENOUGH * count // OF)
