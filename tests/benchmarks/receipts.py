"""Receipts a second and added latency, beside the peer, in one run: `make bench`.

The two servers take turns, each round on a fresh folder, so that a slow minute of the machine hits both; the figures
are medians over the rounds. The register takes no time, so all of the latency is the gateway's own.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import trio

from drivers.web import bind
from tests.benchmarks.callers import header_of
from tests.benchmarks.load import Result, run

ROUNDS = 5
RECEIPTS = {1: 1000, 32: 4000}  # by clients


@dataclass(frozen=True)
class Server:
    name: str
    module: str
    registers: int
    caller: str = "nobody"


SERVERS = (
    Server("kassir", "tests.benchmarks.kassir_server", 1),
    Server("kassir, 8 registers", "tests.benchmarks.kassir_server", 8),
    Server("kassir, API key", "tests.benchmarks.kassir_server", 1, "key"),
    Server("kassir, token", "tests.benchmarks.kassir_server", 1, "token"),
    Server("fastapi", "tests.benchmarks.fastapi_server", 1),
)
ROOT = Path(__file__).parents[2]


def main() -> None:
    print(f"{'':20}{'clients':>8}{'receipts/s':>12}{'p50 ms':>9}{'p99 ms':>9}   (median of {ROUNDS} rounds)")
    for clients, receipts in RECEIPTS.items():
        found: dict[str, list[Result]] = {server.name: [] for server in SERVERS}
        for _ in range(ROUNDS):
            for server in SERVERS:
                found[server.name].append(measure(server, clients, receipts))
        rows = {name: _median(results) for name, results in found.items()}
        peer = rows["fastapi"]
        for name, row in rows.items():
            ratio = f"   {row.rate / peer.rate:.2f} x the peer" if row is not peer else ""
            print(f"{name:20}{clients:8}{row.rate:12.0f}{row.p50:9.2f}{row.p99:9.2f}{ratio}")


def measure(server: Server, clients: int, receipts: int) -> Result:
    with served(server) as port:
        sell = partial(run, port, clients, registers=server.registers, header=header_of(server.caller))
        trio.run(partial(sell, receipts=200))  # both import and compile lazily
        return trio.run(partial(sell, receipts=receipts))


@contextmanager
def served(server: Server) -> Iterator[int]:
    """The server in a process and folder of its own; its port."""
    with bind("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", server.module, str(port), data, str(server.registers), server.caller]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            trio.run(_connectable, port)
            yield port
        finally:
            process.kill()
            process.wait()


async def _connectable(port: int) -> None:
    with trio.fail_after(30):
        while True:
            try:
                stream = await trio.open_tcp_stream("127.0.0.1", port)
            except OSError:
                await trio.sleep(0.05)
            else:
                await stream.aclose()
                return


def _median(results: list[Result]) -> Result:
    return Result(*(median(getattr(result, name) for result in results) for name in ("rate", "p50", "p99")))


if __name__ == "__main__":
    main()
