"""What happened in a history: a hash to compare two runs by, lines for a person, and counts of what was reached."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b

import trio


@dataclass
class Trace:
    """Every event goes into the hash with its virtual time; the lines are kept only if somebody will read them."""

    keep: bool = False
    lines: list[str] = field(default_factory=list)
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    events: int = 0

    def __post_init__(self) -> None:
        self._hash = blake2b(digest_size=16)

    def __call__(self, event: str, *details: object) -> None:
        line = f"{trio.current_time():11.4f}  {event}  {' '.join(map(str, details))}"
        self._hash.update(line.encode())
        self.events += 1
        if self.keep:
            self.lines.append(line)

    def count(self, family: str, name: str) -> None:
        """One more of these: a crash point, a verdict, a fault."""
        self.tally[family, name] += 1
        self(family, name)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
