from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.emulated_atol import ServedAtol, in_memory


@pytest.fixture
async def atol(tmp_path: Path) -> AsyncIterator[ServedAtol]:
    async with in_memory(tmp_path) as atol:
        yield atol
