"""What viewers of the status stream cost a sale: `make bench-viewers`, or `python -m tests.benchmarks.viewers [COUNT]`.

The gateway is the real one on its embedded parts, with a register that prints in no time. The viewers live in another
process and read all that they are sent. Rounds with and without them take turns in one run of one gateway, so that a
slow minute of the machine hits both; the figures are medians over the rounds. Tills, viewers and gateway share the
machine, so a part of what is measured is the viewers' own work.
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

import trio

from drivers.status_client import StatusClient, trusting
from protocols.followed import Followed
from protocols.gateway_address import GatewayAddress
from tests.benchmarks.farm import cpu_seconds
from tests.benchmarks.load import percentile, read_answer, request_for
from tests.e2e.gateway import UPGRADE, Gateway, gateway

COUNT, ROUNDS, SECONDS = 200, 3, 10.0
WARM_UP = 3.0


@dataclass(frozen=True)
class Load:
    """So many tills, each of which waits so many seconds between two sales."""

    name: str
    tills: int
    pause: float


@dataclass(frozen=True)
class Round:
    """Latencies in milliseconds; the gateway's processor in shares of one core."""

    rate: float
    p50: float
    p99: float
    cpu: float


LOADS = (Load("a busy shop: 8 tills, 20 sales a second", 8, 0.4), Load("flat out: 8 tills without pause", 8, 0.0))


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as data, gateway(Path(data)) as shop:
        trio.run(partial(sell, shop, LOADS[1], WARM_UP))
        for load in LOADS:
            print(f"{load.name}, {ROUNDS} rounds of {SECONDS:.0f} s")
            rounds: dict[int, list[Round]] = {0: [], count: []}
            for _ in range(ROUNDS):
                for viewers, found in rounds.items():
                    with watching(shop, viewers):
                        found.append(measure(shop, load))
            rows = {viewers: _median(found) for viewers, found in rounds.items()}
            for viewers, row in rows.items():
                figures = f"{row.rate:6.0f} sales/s  p50 {row.p50:6.2f} ms  p99 {row.p99:6.2f} ms"
                print(f"  {viewers:4} viewers: {figures}  gateway {row.cpu:.0%} of a core")
            alone, watched = rows.values()
            print(f"  ratio: p50 {watched.p50 / alone.p50:.2f}, p99 {watched.p99 / alone.p99:.2f}")


def measure(shop: Gateway, load: Load) -> Round:
    cpu, began = cpu_seconds(shop.process.pid), time.perf_counter()
    times = sorted(trio.run(partial(sell, shop, load, SECONDS)))
    took = time.perf_counter() - began
    share = (cpu_seconds(shop.process.pid) - cpu) / took
    return Round(len(times) / took, percentile(times, 0.5), percentile(times, 0.99), share)


async def sell(shop: Gateway, load: Load, seconds: float) -> list[float]:
    """The milliseconds of every sale."""
    times: list[float] = []
    async with trio.open_nursery() as tills:
        for number in range(load.tills):
            tills.start_soon(_till, shop, load.pause, number / load.tills * load.pause, seconds, times)
    return times


async def _till(shop: Gateway, pause: float, offset: float, seconds: float, times: list[float]) -> None:
    until = trio.current_time() + seconds
    await trio.sleep(offset)
    async with await trio.open_tcp_stream("127.0.0.1", _port(shop.url)) as stream:
        while (began := trio.current_time()) < until:
            await stream.send_all(request_for("POS-001"))
            await read_answer(stream)
            times.append((trio.current_time() - began) * 1000)
            await trio.sleep_until(began + pause)


@contextmanager
def watching(shop: Gateway, count: int) -> Iterator[None]:
    """So many viewers in a process of their own, all of whom have their snapshot; they say what they saw at the end."""
    if not count:
        yield
        return
    command = [sys.executable, "-m", "tests.benchmarks.viewers", "--watch", shop.url, str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "watching\n"
        yield
        process.send_signal(signal.SIGTERM)
        print(f"    {process.stdout.readline().strip()}")
    finally:
        process.kill()
        process.wait()


async def look(url: str, count: int) -> None:
    """All but one only read what comes; one follows, and tells what it missed."""
    known, read = Followed(url), [0] * (count - 1)
    client = StatusClient(GatewayAddress.of(url), "", trusting(None))
    with trio.open_signal_receiver(signal.SIGTERM) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.follow, known, lambda: None, Random())
            for place in range(count - 1):
                await nursery.start(_read, url, place, read)
            first = known.number
            print("watching", flush=True)
            await anext(signals)
            told = f"{known.number - first} changes, {known.missed} of them overtaken"
            print(f"(one of the viewers: {told}; a viewer read {median(read) / 1024:.0f} KiB)", flush=True)
            nursery.cancel_scope.cancel()


async def _read(url: str, place: int, read: list[int], *, task_status: trio.TaskStatus[None]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
    async with await trio.open_tcp_stream("127.0.0.1", _port(url)) as stream:
        await stream.send_all(f"GET /v1/status/stream HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode())
        await stream.receive_some()
        task_status.started()
        while data := await stream.receive_some(65_536):
            read[place] += len(data)
    raise RuntimeError("the gateway hung up on a viewer")


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _median(rounds: list[Round]) -> Round:
    return Round(*(median(getattr(each, name) for each in rounds) for name in ("rate", "p50", "p99", "cpu")))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--watch"]:
        trio.run(look, sys.argv[2], int(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
