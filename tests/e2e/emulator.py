"""An emulator as a program of its own, as a trainer would start it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from protocols.jsontext import loads
from tests.e2e.gateway import ROOT, eventually

READY_WITHIN = 60.0  # seconds; a machine under load starts slowly


@dataclass(frozen=True)
class Emulator:
    """`places` as it told them: where its register is reached, and where its control calls go (`url`)."""

    places: Mapping[str, str]
    client: httpx.Client

    def behave(self, **faults: Any) -> None:
        answer = self.client.post(f"{self.places['url']}/kkt/_test/behave", json=faults)
        assert answer.status_code == 200, answer.text

    def printed(self) -> list[dict[str, Any]]:
        """The first thousand documents and cash slips that it printed for good."""
        page = self.client.get(f"{self.places['url']}/kkt/_test/journal", params={"limit": 1000}).json()
        return [*page["documents"], *page["cash"]]

    def sheet(self) -> str:
        """The last one that it printed."""
        return self.client.get(f"{self.places['url']}/kkt/v1/paper/-1.txt").text


@contextmanager
def emulator(name: str, data: Path, *options: str) -> Iterator[Emulator]:
    """A register, ready and printing in no time; killed at the end."""
    with started(name, data, *options) as running:
        running.behave(print_delay_ms=0)
        yield running


@contextmanager
def started(name: str, data: Path, *options: str) -> Iterator[Emulator]:
    """Ready; killed at the end."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / "emulator.jsonl"
    command = [sys.executable, "run.py", "emulate", name, "--data", str(data), *options]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=out, stderr=out)
    try:
        places = eventually(lambda: _ready(process, log), READY_WITHIN, f"{name} does not start")
        with httpx.Client(timeout=30, trust_env=False) as client:
            yield Emulator(places, client)
    finally:
        process.kill()
        process.wait(15)


def _ready(process: subprocess.Popen[bytes], log: Path) -> dict[str, str] | None:
    assert process.poll() is None, log.read_text()[-3000:]
    for line in log.read_bytes().splitlines():
        event = loads(line)
        if event.get("event") == "emulator_ready":
            return {name: value for name, value in event.items() if isinstance(value, str)}
    return None
