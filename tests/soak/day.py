"""One day of a shop, from opening to the audit."""

import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import trio

from drivers.store.reading import read_store
from protocols.audit.judge import audit
from protocols.audit.witnesses import OfdEntry, OfdList, Terms, Witnesses
from protocols.jsontext import NotJson, loads
from tests.benchmarks.load import percentile
from tests.soak.crowd import Crowd
from tests.soak.figures import Sample
from tests.soak.shop import Shop, open_shop
from tests.witness import journal_in

RATE = 50.0  # receipts a second
PRINTS_FOR = 0.02  # seconds
LOOKS_EVERY, LOOKS = 10.0, 30  # seconds; more often where the day is so short that there would be fewer
VIEWERS = 5
STOPS_WITHIN = 10.0  # seconds
ON_TIME = 0.95  # of the receipts that were wanted
SHOWN = 10  # of many faults
QUIET = frozenset({"debug", "info"})


@dataclass
class Day:
    """`log`: lines by level; `faults`: what went wrong, but for the figures."""

    rate: float
    samples: list[Sample] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    sold: int = 0
    asked: int = 0
    messages: int = 0
    cut_off: int = 0
    delivered: int = 0
    log: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ordered = sorted(self.took)
        log = ", ".join(f"{number} {level}" for level, number in sorted(self.log.items()))
        return (
            f"{self.sold} receipts in {self.seconds / 60:.1f} minutes, {self.sold / self.seconds:.1f} a second of"
            f" {self.rate:.0f} wanted; p50 {percentile(ordered, 0.5):.0f} ms, p99 {percentile(ordered, 0.99):.0f} ms\n"
            f"{self.delivered} delivered, {self.asked} questions of the dashboard answered, {self.messages} messages to"
            f" {VIEWERS + 1} viewers, the one who dozes cut off {self.cut_off} times; log: {log}"
        )


async def spend(folder: Path, seconds: float, rate: float = RATE, registers: int = 10) -> Day:
    """Selling for so long; then everything is delivered, the gateway stopped, and all held against each other."""
    day = Day(rate)
    async with (
        open_shop(folder, registers, PRINTS_FOR) as shop,
        httpx.AsyncClient(timeout=60, trust_env=False) as client,
    ):
        crowd = Crowd(shop.url, client)
        async with trio.open_nursery() as others:
            for _ in range(VIEWERS):
                others.start_soon(crowd.watch)
            others.start_soon(crowd.doze)
            others.start_soon(crowd.ask)
            others.start_soon(_look, shop, crowd, day, min(LOOKS_EVERY, seconds / LOOKS))
            begun = trio.current_time()
            await crowd.sell(list(shop.drives), rate, seconds)
            day.seconds = trio.current_time() - begun
            others.cancel_scope.cancel()
        await shop.settle(client)
        await trio.to_thread.run_sync(_close, shop, crowd, day)
        await trio.to_thread.run_sync(_audit, shop, crowd, day)
    return day


async def _look(shop: Shop, crowd: Crowd, day: Day, every: float) -> None:
    begun = trio.current_time()
    while True:
        await trio.sleep(every)
        day.samples.append(shop.sample(trio.current_time() - begun, len(crowd.took)))


def _close(shop: Shop, crowd: Crowd, day: Day) -> None:
    shop.gateway.send_signal(signal.SIGTERM)
    status = shop.gateway.wait(STOPS_WITHIN)
    if status:
        day.faults.append(f"the gateway ended with status {status}")
    day.faults += crowd.unwell[:SHOWN]
    day.took, day.sold = crowd.took, len(crowd.told)
    day.asked, day.delivered = crowd.asked, shop.ofd.taken
    day.messages, day.cut_off = crowd.messages, crowd.cut_off
    with shop.log.open("rb") as lines:
        for line in lines:
            level = _level(line)
            day.log[level] += 1
            if level not in QUIET and len(day.faults) < SHOWN:
                day.faults.append(f"in the log: {line.decode(errors='replace').strip()[:300]}")


def _level(line: bytes) -> str:
    try:
        return str(loads(line)["level"])
    except (NotJson, KeyError, TypeError):
        return "no line of the log"


def _audit(shop: Shop, crowd: Crowd, day: Day) -> None:
    seen = Witnesses(
        registers=tuple(journal_in(pos_id, path) for pos_id, path in shop.drives.items()),
        store=read_store(shop.database),
        ofd=OfdList(tuple(OfdEntry(each.fn, int(each.fd), each.fp) for each in shop.ofd.listed(0))),
        tills=tuple(crowd.told),
    )
    found = audit(seen, Terms(settled=True, undecidable=frozenset()))
    day.faults += [f"{each.property.name}: {each.what}" for each in found[:SHOWN]]
    if day.sold < ON_TIME * day.rate * day.seconds:
        day.faults.append(f"only {day.sold / day.seconds:.1f} receipts a second of {day.rate:.0f}")
    if not day.sold == day.delivered == len(seen.store.receipts):
        day.faults.append(f"{day.sold} sold, {len(seen.store.receipts)} on disk, {day.delivered} delivered")
