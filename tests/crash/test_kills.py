"""kill -9 under load, again and again: every receipt is in the register's journal once, every answer names it.

Each receipt has a sum of its own, so that the journal, which knows nothing of keys, can be read against what the tills
asked and heard. Some tills walk away without an answer; for them both outcomes are right, but never two documents.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from uuid import uuid4

import httpx

from tests.e2e.gateway import Gateway, eventually, gateway, sale

KILLS = int(os.environ.get("KILLS", "8"))
TILLS = 4
QUICK = {
    "KASSIR_BUFFER__CAPACITY": "100000",
    "KASSIR_EMULATORS__PRINT_DELAY": "0.005",  # time enough for a kill to hit the middle of a print
    "KASSIR_KKT__READ_TIMEOUT": "2",
}


@dataclass
class Tills:
    """Post unique sums until told to stop. `asked`: all sums, kopecks; `heard`: the document number of each 200."""

    url: str | None = None
    asked: set[int] = field(default_factory=set)
    heard: dict[int, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    _sums: Iterator[int] = field(default_factory=lambda: count(1))
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Tills":
        self._threads = [threading.Thread(target=self._sell, args=(Random(seed),)) for seed in range(TILLS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Returns when no request is under way any more."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _sell(self, random: Random) -> None:
        while not self._stop.is_set():
            kopecks = next(self._sums)
            self.asked.add(kopecks)
            key, patience = str(uuid4()), 1 if random.random() < 0.1 else 1000
            for _ in range(patience):
                if self._stop.is_set() or self._post(kopecks, key):
                    break
                time.sleep(0.02)

    def _post(self, kopecks: int, key: str) -> bool:
        """True once there is a final answer."""
        if self.url is None:
            return False
        body, headers = sale(f"{kopecks // 100}.{kopecks % 100:02}"), {"Idempotency-Key": key}
        try:
            answer = httpx.post(f"{self.url}/v1/kkt/receipt", json=body, headers=headers, timeout=20, trust_env=False)
        except httpx.TransportError:
            return False  # killed under the request: the till knows nothing
        if answer.status_code == 200:
            self.heard[kopecks] = int(answer.json()["fiscal_doc"]["fd"])
        elif answer.status_code != 503:
            self.unexpected.append(answer.text)
        return answer.status_code != 503


def journal(shop: Gateway) -> dict[int, int]:
    """Document number by sum. Fails on a sum that was printed twice and on a gap."""
    records = shop.journal()
    assert [record["fd"] for record in records] == list(range(1, len(records) + 1))
    sums = Counter(record["total_kopecks"] for record in records)
    assert [kopecks for kopecks, times in sums.items() if times > 1] == []
    return {record["total_kopecks"]: record["fd"] for record in records}


def test_kills_under_load_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    random = Random(1)
    with Tills() as tills:
        for _ in range(KILLS):
            with gateway(tmp_path, **QUICK) as shop:
                tills.url = shop.url
                time.sleep(random.uniform(0.05, 1.0))  # the kill is to come at any instant: no event to wait for
                tills.url = None
                shop.process.kill()
        with gateway(tmp_path, **QUICK) as shop:
            tills.url = shop.url
            time.sleep(1)
            tills.stop()
            eventually(lambda: shop.get("/v1/kkt/buffer/status")["current_queued"] == 0, within=30)
            printed, delivered = journal(shop), shop.get("/v1/kkt/buffer/status")["synced"]

    figures = f"{len(tills.asked)} asked, {len(printed)} printed, {len(tills.heard)} answered, {delivered} delivered"
    print(f"{KILLS} kills: {figures}")  # for those who run it long: make soak
    assert tills.unexpected == []
    assert printed.items() >= tills.heard.items()
    assert set(printed) <= tills.asked
    assert len(tills.heard) > KILLS
    assert delivered == len(printed)
