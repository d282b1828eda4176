"""Processes beside a gateway that is measured: emulated registers by the dozen, and whatever else is to be started."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from drivers.web import bind

ROOT = Path(__file__).parents[2]
START_WITHIN = 60.0  # seconds
MEMORY = Path("/dev/shm")
REGISTER = """
[[kkt.registers]]
pos_id = "{pos_id}"
device_path = "tcp://127.0.0.1:{port}"
linger = 0
"""


def start(stack: ExitStack, *command: str, **how: Any) -> subprocess.Popen[Any]:
    """A Python process, killed at the end."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, **how)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def start_registers(
    stack: ExitStack, folder: Path, count: int, print_delay: float
) -> tuple[subprocess.Popen[Any], list[int]]:
    """So many in one process, their drives in `folder`; and their ports."""
    folder.mkdir()
    arguments = (str(count), str(print_delay), str(folder))
    started = start(stack, "-m", "tests.benchmarks.farm_registers", *arguments, stdout=subprocess.PIPE)
    assert started.stdout is not None
    stack.callback(started.stdout.close)
    return started, json.loads(started.stdout.readline())


def registers_of(pos_ids: Sequence[str], ports: Sequence[int]) -> str:
    """Their part of `config.toml`."""
    return "".join(REGISTER.format(pos_id=pos_id, port=port) for pos_id, port in zip(pos_ids, ports, strict=True))


def wait_for(check: Callable[[], Any]) -> None:
    """Raises TimeoutError."""
    give_up_at = time.monotonic() + START_WITHIN
    while not check():
        if time.monotonic() > give_up_at:
            raise TimeoutError("it does not start")
        time.sleep(0.2)


def free_port() -> int:
    with bind("127.0.0.1", 0) as found:
        return int(found.getsockname()[1])
