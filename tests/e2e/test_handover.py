"""A register dies in mid-receipt and its stand-in sells on, through a kill of the gateway, until the first is back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from drivers.store.reading import read_store
from protocols.audit.judge import audit
from protocols.audit.witnesses import Terms, Witnesses
from protocols.jsontext import loads
from tests.e2e.gateway import ROOT, Gateway, eventually, gateway, sale
from tests.witness import journal_at

ONE, TWO = "POS-001", "POS-002"
CONFIG = """
[[kkt.registers]]
pos_id = "POS-001"
device_path = "{0[device_path]}"
linger = 0.2
stand_in = "POS-002"
[[kkt.registers]]
pos_id = "POS-002"
device_path = "{1[device_path]}"
linger = 0.2
"""


@dataclass
class Registers:
    """Two emulated registers by pos_id: where their control calls are."""

    urls: dict[str, str]
    client: httpx.Client

    def behave(self, pos_id: str, **wanted: Any) -> None:
        self.client.post(f"{self.urls[pos_id]}/kkt/_test/behave", json=wanted).raise_for_status()

    def sums(self, pos_id: str) -> list[int]:
        entries = journal_at(pos_id, self.urls[pos_id], self.client).entries
        return [entry.total_kopecks for entry in entries if entry.kind == "sale"]


@contextmanager
def two_registers(folder: Path) -> Iterator[Registers]:
    """Running in a process of their own; `folder` gets the gateway's config.toml."""
    command = [sys.executable, "run.py", "emulate", "shtrih", "--count", "2", "--print-delay", "0"]
    log = folder / "registers.jsonl"
    with log.open("wb") as out:
        process = subprocess.Popen([*command, "--data", str(folder)], cwd=ROOT, stdout=out, stderr=out)
    try:
        places = eventually(lambda: _ready(log))
        (folder / "config.toml").write_text(CONFIG.format(*places), "utf-8")
        with httpx.Client(timeout=30, trust_env=False) as client:
            yield Registers(dict(zip((ONE, TWO), (place["url"] for place in places), strict=True)), client)
    finally:
        process.kill()
        process.wait(15)


def _ready(log: Path) -> list[Any]:
    lines = [loads(line) for line in log.read_bytes().splitlines() if line.endswith(b"}")]
    ready = [line for line in lines if line["event"] == "emulator_ready"]
    return ready if len(ready) == 2 else []


def say(shop: Gateway, method: str, path: str, body: Any) -> Any:
    headers = {"Idempotency-Key": str(uuid4())}
    return shop.client.request(method, f"{shop.url}/v1/kkt{path}", json=body, headers=headers).json()


def sold(shop: Gateway, total: str, key: str) -> Any:
    """The answer, once it is 200."""
    return eventually(lambda: answer.json() if (answer := shop.post(sale(total), key)).status_code == 200 else None)


def test_a_register_dies_in_mid_receipt_and_its_stand_in_sells_on(tmp_path: Path) -> None:
    keys = [str(uuid4()) for _ in range(4)]
    with two_registers(tmp_path) as registers:
        data, config = tmp_path / "shop", tmp_path / "config.toml"
        with gateway(data, config) as shop:
            sold(shop, "1.00", keys[0])
            registers.behave(ONE, power_off_in_receipt=True)
            assert shop.post(sale("2.00"), keys[1]).status_code == 503

            begun = say(shop, "POST", "/handover", {"pos_id": ONE, "who": "Иванова", "reason": "нет питания"})
            stood_in = sold(shop, "3.00", keys[2])

        with gateway(data, config) as shop:  # the first was killed as it stood
            again = shop.post(sale("3.00"), keys[2])
            open_still = shop.post(sale("2.00"), keys[1])
            registers.behave(ONE, power="on")
            late = eventually(lambda: shop.post(sale("2.00"), keys[1]).status_code == 200)
            say(shop, "DELETE", f"/handover/{ONE}", {"who": "Иванова"})
            sold(shop, "4.00", keys[3])
            store = read_store(data / "kassir.db")

        assert [each["state"] for each in begun["stays"]] == ["printing"]
        assert (stood_in["pos_id"], stood_in["printed_on"]) == (ONE, TWO)
        assert loads(again.content) == stood_in
        assert open_still.status_code == 503
        assert late
        assert (registers.sums(ONE), registers.sums(TWO)) == ([100, 200, 400], [300])
        journals = tuple(journal_at(pos_id, registers.urls[pos_id], registers.client) for pos_id in (ONE, TWO))
        assert audit(Witnesses(journals, store), Terms()) == []
