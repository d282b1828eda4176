"""Which of many cases a bounded run looks at: others at every commit, the same at a repeat."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.e2e.gateway import ROOT

T = TypeVar("T")


def chance() -> Random:
    """Seeded by the commit."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return Random(found.stdout.strip() or "no commit")


def sample(cases: Sequence[T], count: int, random: Random) -> list[T]:
    """`count` of the cases, evenly spread, from a place that chance names."""
    step = max(1, len(cases) // count)
    return list(cases[random.randrange(step) :: step])[:count]


@contextmanager
def quick_place() -> Iterator[Path]:
    """A folder in memory where there is one: kill -9 loses nothing of what was written, synced or not."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as place:
        yield Path(place).resolve()
