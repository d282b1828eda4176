"""`run.py discover` prints what config.toml takes, and keeps off registers of a gateway that runs."""

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.config import load_settings
from drivers.datadir import hold
from protocols.settings import Settings
from supervisors.discovering import search
from tests.emulated_register import Served, emulated


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with emulated(tmp_path / "drive.jsonl") as served:
        yield served


def settings(folder: Path, *paths: str) -> Settings:
    registers = [{"pos_id": path, "device_path": path} for path in paths]
    found = load_settings(None, {}, {"storage.data": str(folder)})
    kkt = type(found.kkt).model_validate({"registers": registers})
    return found.model_copy(update={"kkt": kkt})


async def test_what_is_printed_is_a_configuration(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"127.0.0.1:{served.port}"

    assert await search(settings(tmp_path / "data"), [], [path, "127.0.0.1:1"]) == 0

    printed = capsys.readouterr().out
    printed = printed[printed.index("# ") :]  # the emulated register has its log there
    (register,) = tomllib.loads(printed)["kkt"]["registers"]
    assert register == {"pos_id": "POS-001", "driver": "shtrih", "device_path": f"tcp://{path}"}
    assert (await served.state())["fn"] in printed
    assert not (tmp_path / "data").exists()


async def test_where_nothing_is_found_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await search(settings(tmp_path), [], ["127.0.0.1:1"]) == 1

    assert capsys.readouterr().out == "# No register was found.\n"


@pytest.mark.parametrize("runs", [True, False])
async def test_registers_are_left_alone_while_their_gateway_runs(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], runs: bool
) -> None:
    path = f"127.0.0.1:{served.port}"
    lock = hold(tmp_path)
    if not runs:
        lock.close()

    await search(settings(tmp_path, f"tcp://{path}"), [], [path])
    lock.close()

    assert ("in use" in capsys.readouterr().out) == runs


async def test_the_embedded_register_of_a_gateway_is_left_alone_too(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = load_settings(None, {}, {"storage.data": str(tmp_path), "emulators.kkt_port": str(served.port)})

    with hold(tmp_path):
        await search(found, [], [f"127.0.0.1:{served.port}"])

    assert "in use" in capsys.readouterr().out
