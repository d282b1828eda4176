"""Emulated registers by the dozen in one process: `python -m tests.benchmarks.farm_registers COUNT SECONDS FOLDER`.

Each prints a receipt in that many seconds and has a port of its own; the first line of the output is all of them, as
JSON. Their drives are in FOLDER. They serve until they are killed.
"""

import json
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import trio

from drivers.clock import utc_now
from drivers.emulators.shtrih.register import EmulatedRegister
from drivers.logs import configure
from drivers.web import bind
from supervisors.embedded import ZONE
from supervisors.process import settle_in


async def serve(count: int, seconds: float, folder: Path) -> None:
    with ExitStack() as sockets:
        async with trio.open_nursery() as nursery:
            ports = []
            for number in range(count):
                wire = sockets.enter_context(bind("127.0.0.1", 0))
                register = EmulatedRegister(folder / f"{number}.jsonl", clock=_moscow, print_delay=seconds)
                await nursery.start(register.serve, wire)
                ports.append(wire.getsockname()[1])
            print(json.dumps(ports), flush=True)
            settle_in()


def _moscow() -> datetime:
    return utc_now().astimezone(ZONE)


if __name__ == "__main__":
    configure("ERROR")
    trio.run(serve, int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
