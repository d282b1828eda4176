"""What viewers of the status stream cost a sale: `make bench-viewers`, or `python -m tests.benchmarks.viewers [COUNT]`.

The gateway is the real one on its embedded parts, with a register that prints in no time. The viewers live in another
process and read all that they are sent. Rounds with and without them take turns in one run of one gateway, so that a
slow minute of the machine hits both; the figures are medians over the rounds. Tills, viewers and gateway share the
machine, so a part of what is measured is the viewers' own work.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import trio

from tests.benchmarks.farm import cpu_seconds
from tests.benchmarks.load import percentile, read_answer, request_for
from tests.e2e.gateway import UPGRADE, Gateway, gateway

COUNT, ROUNDS, SECONDS = 200, 8, 4.0
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
    with tempfile.TemporaryDirectory() as data, gateway(Path(data)) as shop, audience(shop) as viewers:
        trio.run(partial(sell, shop, LOADS[1], WARM_UP))
        for load in LOADS:
            print(f"{load.name}, {ROUNDS} rounds of {SECONDS:.0f} s")
            rounds: dict[int, list[Round]] = {0: [], count: []}
            for _ in range(ROUNDS):
                for number, found in rounds.items():
                    viewers.be(number)
                    found.append(measure(shop, load))
            print(f"  {viewers.be(0)}")
            rows = {viewers: _median(found) for viewers, found in rounds.items()}
            for number, row in rows.items():
                figures = f"{row.rate:6.0f} sales/s  p50 {row.p50:6.2f} ms  p99 {row.p99:6.2f} ms"
                print(f"  {number:4} viewers: {figures}  gateway {row.cpu:.0%} of a core")
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


@dataclass(frozen=True)
class Audience:
    """Viewers, in a process of their own."""

    process: subprocess.Popen[str]

    def be(self, count: int) -> str:
        """So many from now on, all of whom have their snapshot. What the last ones say that they saw."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def audience(shop: Gateway) -> Iterator[Audience]:
    command = [sys.executable, "-m", "tests.benchmarks.viewers", "--watch", shop.url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Audience(process)
    finally:
        process.kill()
        process.communicate()


async def look(url: str) -> None:
    """As many viewers as stdin says, until it says another number."""
    saw, read = "", list[int]()
    async with trio.lowlevel.FdStream(os.dup(sys.stdin.fileno())) as orders:
        while order := await orders.receive_some():
            async with trio.open_nursery() as nursery:
                read = [0] * int(order)
                for place in range(len(read)):
                    await nursery.start(_read, url, place, read)
                print(saw, flush=True)
                await trio.lowlevel.wait_readable(sys.stdin)
                nursery.cancel_scope.cancel()
            if read:
                saw = f"in a round each viewer read {median(read) / 1024:.0f} KiB"


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
        trio.run(look, sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
