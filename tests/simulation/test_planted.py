"""The simulator finds what was planted in the gateway, and finds nothing where nothing was planted."""

from functools import cache

import pytest

from tests.simulation.planted.table import FAULTS, RARE, one_that_shows, wrong_without

without = cache(wrong_without)


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in RARE])
def test_a_planted_fault_shows_itself_in_a_history_that_is_well_without_it(name: str) -> None:
    seed = one_that_shows(name)

    assert seed is not None
    assert without(seed) == []
