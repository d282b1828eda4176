"""Receipts a second and added latency, beside the peer, in one run: `make bench`.

The two servers take turns, each round on a fresh folder, so that a slow minute of the machine hits both; the figures
are medians over the rounds. The register takes no time, so all of the latency is the gateway's own.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import trio

from drivers.web import bind
from tests.benchmarks.load import Result, run

ROUNDS = 5
CASES = {1: 1000, 32: 4000}  # clients: receipts
SERVERS = {"kassir": "tests.benchmarks.kassir_server", "fastapi": "tests.benchmarks.fastapi_server"}
ROOT = Path(__file__).parents[2]


def main() -> None:
    print(f"{'':10}{'clients':>8}{'receipts/s':>12}{'p50 ms':>9}{'p99 ms':>9}   (median of {ROUNDS} rounds)")
    for clients, receipts in CASES.items():
        found: dict[str, list[Result]] = {name: [] for name in SERVERS}
        for _ in range(ROUNDS):
            for name, module in SERVERS.items():
                found[name].append(measure(module, clients, receipts))
        rows = {name: _median(results) for name, results in found.items()}
        for name, row in rows.items():
            print(f"{name:10}{clients:8}{row.rate:12.0f}{row.p50:9.2f}{row.p99:9.2f}")
        ours, theirs = rows["kassir"], rows["fastapi"]
        print(
            f"{'ratio':10}{clients:8}{ours.rate / theirs.rate:12.2f}{ours.p50 / theirs.p50:9.2f}{ours.p99 / theirs.p99:9.2f}"
        )


def measure(module: str, clients: int, receipts: int) -> Result:
    with served(module) as port:
        trio.run(partial(run, port, clients, 200))  # both servers import and compile lazily
        return trio.run(partial(run, port, clients, receipts))


@contextmanager
def served(module: str) -> Iterator[int]:
    """The server in a process and folder of its own; its port."""
    with bind("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen([sys.executable, "-m", module, str(port), data], cwd=ROOT)
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
