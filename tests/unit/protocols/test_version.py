"""Which Kassir this is, said in two places."""

import tomllib
from pathlib import Path

from protocols.version import VERSION

ROOT = Path(__file__).parents[3]


def test_the_version_is_that_of_the_package() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION
