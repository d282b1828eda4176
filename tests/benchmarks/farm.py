"""One gateway process on a hundred registers: `make bench-farm`, or `python -m tests.benchmarks.farm [SECONDS]`.

Everything is real but the registers: the gateway as shipped on a disk, HTTP tills that sell without pause, one for
each register, delivery to an emulated OFD. The registers are emulated in two other processes, speak their protocol
over TCP, and print a receipt in 0.3 s; their drives are in memory, for their disk is not what is measured. A hundred of
them could print 333 receipts a second. CPU is in percent of one core.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import trio

from tests.benchmarks.load import percentile, read_answer, request_for
from tests.benchmarks.processes import MEMORY, free_port, registers_of, start, start_registers, wait_for

REGISTERS, PROCESSES = 100, 2
PRINT = 0.3  # seconds a receipt
WARM_UP = 8.0  # seconds: shifts are opened, code is loaded
TICKS = os.sysconf("SC_CLK_TCK")
CONFIG = """
[api]
requests_per_second = false
[buffer]
capacity = 10_000_000
[kkt]
mode = "production"
[ofd]
api_url = "http://127.0.0.1:{ofd}"
[odoo]
url = "http://127.0.0.1:{odoo}"
[monitoring]
log_level = "ERROR"
"""


@dataclass
class Farm:
    """`processes` by name, the gateway among them; its `url`."""

    processes: dict[str, subprocess.Popen[Any]]
    url: str
    pos_ids: list[str]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def cpu(self) -> dict[str, float]:
        """Seconds of work so far, this process under "tills"."""
        return {name: cpu_seconds(process.pid) for name, process in self.processes.items()} | {
            "tills": cpu_seconds(os.getpid())
        }

    def status(self) -> dict[str, Any]:
        return dict(httpx.get(f"{self.url}/v1/kkt/buffer/status", timeout=30, trust_env=False).json())


def main(seconds: float) -> None:
    with farm() as running:
        trio.run(partial(sell, running, WARM_UP))
        cpu, status = running.cpu(), running.status()
        began = time.perf_counter()
        times = sorted(trio.run(partial(sell, running, seconds)))
        took = time.perf_counter() - began
        spent = {name: (after - cpu[name]) / took for name, after in running.cpu().items()}
        synced = running.status()["synced"] - status["synced"]
    rate, most = len(times) / took, REGISTERS / PRINT
    print(f"{rate:.0f} receipts/s on {REGISTERS} registers of {PRINT} s: {rate / most:.0%} of {most:.0f}")
    print(f"a receipt took p50 {percentile(times, 0.5):.0f} ms, p99 {percentile(times, 0.99):.0f} ms, print included")
    print(f"delivered meanwhile: {synced / took:.0f} a second")
    cost = spent["gateway"] / rate * 1000
    print(
        f"the gateway worked {cost:.2f} ms for a receipt, its delivery included: a core is good for {1000 / cost:.0f}/s"
    )
    print("CPU: " + ", ".join(f"{name} {share:.0%}" for name, share in spent.items()) + f" of {os.cpu_count()} cores")


async def sell(running: Farm, seconds: float) -> list[float]:
    """The milliseconds of every sale that was answered in time."""
    times: list[float] = []
    async with trio.open_nursery() as tills:
        for pos_id in running.pos_ids:
            tills.start_soon(_till, running.port, pos_id, trio.current_time() + seconds, times)
    return times


async def _till(port: int, pos_id: str, until: float, times: list[float]) -> None:
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        while (began := trio.current_time()) < until:
            await stream.send_all(request_for(pos_id))
            await read_answer(stream)
            times.append((trio.current_time() - began) * 1000)


@contextmanager
def farm() -> Iterator[Farm]:
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        drives = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)))
        processes: dict[str, subprocess.Popen[Any]] = {}
        ports = []
        for number in range(1, PROCESSES + 1):
            started, found = start_registers(stack, drives / str(number), REGISTERS // PROCESSES, PRINT)
            processes[f"registers {number}"] = started
            ports += found
        services = {name: free_port() for name in ("ofd", "odoo")}
        for name, port in services.items():
            processes[name] = start(stack, "run.py", "emulate", name, "--port", str(port), stderr=subprocess.DEVNULL)
        pos_ids = [f"POS-{number:03}" for number in range(1, len(ports) + 1)]
        (data / "config.toml").write_text(CONFIG.format(**services) + registers_of(pos_ids, ports), "utf-8")
        ready = data / "ready.json"
        paths = ("--config", str(data / "config.toml"), "--data", str(data), "--ready-file", str(ready))
        processes = {"gateway": start(stack, "run.py", "run", *paths, "--listen", "127.0.0.1:0"), **processes}
        wait_for(ready.exists)
        running = Farm(processes, json.loads(ready.read_bytes())["facade"], pos_ids)
        wait_for(lambda: _all_ready(running))
        yield running


def _all_ready(running: Farm) -> bool:
    shifts = f"{running.url}/v1/kkt/shift"
    return all(
        httpx.get(shifts, params={"pos_id": pos_id}, trust_env=False).json().get("ready") for pos_id in running.pos_ids
    )


def cpu_seconds(pid: int) -> float:
    """Of work, that a process has done so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS  # utime and stime (man 5 proc)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
