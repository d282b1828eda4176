from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shtrih_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An emulated Штрих-М without a line."""
    bench = Bench(tmp_path / "drive.jsonl")
    yield bench
    bench.device.drive.close()
