"""Some histories of the simulator at every run of the tests: what once failed, and others for each commit."""

import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.simulation.history import play
from tests.simulation.run import kept_seeds

ROOT = Path(__file__).parents[2]
TWICE = range(1, 6)
ENOUGH = 25.0  # seconds for seeds of this commit: a slow machine plays fewer of them
MOST = 100


def seeds_of_commit() -> Random:
    """New histories for every commit, the same ones again for the same commit."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return Random(found.stdout.strip() or "no repository")


@pytest.mark.parametrize("seed", kept_seeds())
def test_a_seed_that_once_found_something_finds_nothing_any_more(seed: int) -> None:
    assert play(seed).wrong == []


def test_new_histories_of_this_commit_lose_nothing_and_double_nothing() -> None:
    random, until = seeds_of_commit(), time.monotonic() + ENOUGH
    drawn = (random.randrange(10_000, 10_000_000) for _ in range(MOST))
    played = [play(seed) for seed in islice(drawn, 10)]  # so many at least
    played += [play(seed) for seed in drawn if time.monotonic() < until]

    assert {each.seed: each.wrong for each in played if each.wrong} == {}


def test_the_same_seed_is_the_same_history_in_another_process_with_another_hash_seed() -> None:
    script = f"from tests.simulation.history import play; print([play(seed).digest for seed in {list(TWICE)}])"
    environment = {**os.environ, "PYTHONHASHSEED": "4242"}
    other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, check=True)

    assert other.stdout.decode().strip() == str([play(seed).digest for seed in TWICE])
