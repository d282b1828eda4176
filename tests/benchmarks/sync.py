"""Two hundred receipts that waited for the OFD, delivered while the tills sell on: `python -m tests.benchmarks.sync`.

The real process, and an emulated OFD in another, which answers in 50 ms. Three figures: how long the two hundred take,
how many a minute that is at the median, and what the sales beside it wait for, compared with sales in the same run
while nothing is delivered. Then once more with several receipts of one register under way at once.
"""

import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.e2e.emulator import started
from tests.e2e.gateway import Gateway, eventually, gateway, sale

WAITING, ANSWER_MS = 200, 50
QUIET_SALES, EVERY = 150, 0.05  # sales, and seconds between two of them
WITHIN, A_MINUTE, SLOWER = 12.0, 1000, 2.0
AT_ONCE, WITHIN_AT_ONCE = 8, 3.0


@dataclass
class Measured:
    """Seconds, receipts a minute, and milliseconds of the sales."""

    lasted: float
    a_minute: float
    quiet: list[float]
    beside: list[float]
    in_order: bool


def measure(at_once: int) -> Measured:
    settings = {"BUFFER_CAPACITY": "5000", "KASSIR_OFD__RECEIPTS_AT_ONCE": str(at_once)}
    with (
        tempfile.TemporaryDirectory() as data,
        started("ofd", Path(data) / "ofd") as ofd,
        gateway(Path(data) / "shop", KKT_OFD_API_URL=ofd.places["url"], **settings) as shop,
    ):
        shop.emulators["ofd"] = ofd.places["url"]
        behave(shop, down=True)
        for _ in range(WAITING):
            sell(shop)
        eventually(lambda: shop.get("/v1/health")["components"]["circuit_breaker"]["state"] == "OPEN")
        quiet = [paced(shop) for _ in range(QUIET_SALES)]
        behave(shop, down=False, latency_ms=ANSWER_MS)
        waited = shop.get("/v1/kkt/buffer/status")["current_queued"]
        key = {"Idempotency-Key": str(uuid4())}
        shop.client.post(f"{shop.url}/v1/kkt/buffer/sync", json={"force": True}, headers=key).raise_for_status()
        beside = []
        while shop.get("/v1/kkt/buffer/status")["synced"] < WAITING:
            beside.append(paced(shop))
        taken = receipts(shop)[:WAITING]
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["current_queued"] == 0)
        assert waited >= WAITING
        return judged(taken, quiet, beside, [int(each["fd"]) for each in receipts(shop)])


def judged(taken: list[dict[str, Any]], quiet: list[float], beside: list[float], fds: list[int]) -> Measured:
    times = [datetime.fromisoformat(each["received_at"]).timestamp() for each in taken]
    lasted = times[-1] - times[0] + ANSWER_MS / 1000
    # at once they come in bursts: the median of tens says what a minute sees
    tens = [(times[at + 10] - times[at]) / 10 for at in range(0, len(times) - 10, 10)]
    return Measured(lasted, 60 / statistics.median(tens), quiet, beside, fds == sorted(set(fds)))


def receipts(shop: Gateway) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.client.get(f"{shop.emulators['ofd']}/ofd/v1/_test/receipts").json()["receipts"]
    return found


def behave(shop: Gateway, **how: Any) -> None:
    shop.client.post(f"{shop.emulators['ofd']}/ofd/v1/_test/behave", json=how).raise_for_status()


def sell(shop: Gateway) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    shop.post(sale()).raise_for_status()
    return (time.perf_counter() - began) * 1000


def paced(shop: Gateway) -> float:
    time.sleep(EVERY)
    return sell(shop)


def p(share: float, times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def show(title: str, found: Measured, within: float) -> None:
    ratio = p(0.99, found.beside) / p(0.99, found.quiet)
    print(f"{title}: {found.lasted:.1f} s ({within:g} allowed), {found.a_minute:.0f} a minute at the median")
    print(f"  in fiscal order, each once: {'yes' if found.in_order else 'no'}")
    for name, times in (("quiet", found.quiet), ("beside the delivery", found.beside)):
        print(f"  {len(times)} sales {name}: p50 {p(0.5, times):.1f} ms, p99 {p(0.99, times):.1f} ms")
    print(f"  p99 beside it is {ratio:.2f} of the quiet one ({SLOWER:g} allowed)")


def main() -> None:
    print(f"{WAITING} receipts that waited, an OFD that answers in {ANSWER_MS} ms; {A_MINUTE} a minute wanted")
    show("one at a time", measure(1), WITHIN)
    show(f"{AT_ONCE} at once", measure(AT_ONCE), WITHIN_AT_ONCE)


if __name__ == "__main__":
    main()
