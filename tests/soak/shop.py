"""A shop for a long day: the gateway, gauged, on a disk; a dozen registers in another process; an OFD in this one."""

import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import trio
from quart_trio import QuartTrio

from drivers.emulators import odoo, ofd
from drivers.emulators.ofd import EmulatedOfd
from drivers.web import SocketEntrance, bind, serve, url
from protocols.jsontext import loads
from tests.benchmarks.processes import START_WITHIN, registers_of, start, start_registers
from tests.soak.figures import MIB, Sample

SETTLES_WITHIN = 120.0  # seconds for what waits to be delivered
CONFIG = """
[buffer]
capacity = 10_000_000
[kkt]
mode = "production"
[api]
requests_per_second = false
[ofd]
api_url = "{ofd}"
[odoo]
url = "{odoo}"
"""


class BriefOfd(EmulatedOfd):
    """Remembers every receipt by its numbers alone."""

    def __init__(self) -> None:
        super().__init__(listed=100_000_000)

    def take(self, body: bytes) -> dict[str, Any]:
        fn, fd, fp = msgspec.json.decode(body, type=ofd.Sent).identity
        return super().take(json.dumps({"fn": fn, "fd": fd, "fp": fp}).encode())


@dataclass
class Shop:
    """`drives` by pos_id: the journals of its registers."""

    gateway: subprocess.Popen[bytes]
    url: str
    folder: Path
    drives: dict[str, Path]
    ofd: BriefOfd

    @property
    def log(self) -> Path:
        return self.folder / "log.jsonl"

    @property
    def gauge(self) -> Path:
        return self.folder / "gauge.json"

    @property
    def database(self) -> Path:
        return self.folder / "kassir.db"

    def sample(self, at: float, sold: int) -> Sample:
        gauge = loads(self.gauge.read_bytes())
        process = Path(f"/proc/{self.gateway.pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return Sample(
            at,
            memory=int(status["VmRSS"].split()[0]) / 1024,
            files=len(list((process / "fd").iterdir())),
            threads=int(status["Threads"]),
            tasks=gauge["tasks"],
            waiting=gauge["waiting"],
            undelivered=sold - self.ofd.taken,
            database=self.database.stat().st_size / MIB,
            wal=self.database.with_name("kassir.db-wal").stat().st_size / MIB,
        )

    async def settle(self, client: httpx.AsyncClient) -> None:
        """Until nothing waits for the OFD; for SETTLES_WITHIN at most."""
        with trio.move_on_after(SETTLES_WITHIN):
            while (await client.get(f"{self.url}/v1/kkt/buffer/status")).json()["current_queued"]:  # noqa: ASYNC110  no event:
                await trio.sleep(0.2)  # the gateway is another process

    async def opened(self) -> None:
        """Until it sells. Raises RuntimeError if it ends instead, trio.TooSlowError."""
        ready = self.folder / "ready.json"
        with trio.fail_after(START_WITHIN):
            while not (ready.exists() and self.gauge.exists()):
                if self.gateway.poll() is not None:
                    raise RuntimeError(f"the gateway ended: {self.log.read_text()[-2000:]}")
                await trio.sleep(0.1)
        self.url = loads(ready.read_bytes())["facade"]


@asynccontextmanager
async def open_shop(folder: Path, registers: int, print_delay: float) -> AsyncIterator[Shop]:
    """Running and ready; its processes are killed at the end if they have not been stopped."""
    with ExitStack() as stack:
        drives, known = folder / "drives", BriefOfd()
        _, ports = await trio.to_thread.run_sync(start_registers, stack, drives, registers, print_delay)
        pos_ids = [f"POS-{number:03}" for number in range(1, registers + 1)]
        async with trio.open_nursery() as nursery:
            services = {"ofd": ofd.make_app(known), "odoo": odoo.make_app()}
            urls = {name: await _serve(stack, nursery, app) for name, app in services.items()}
            (folder / "config.toml").write_text(CONFIG.format(**urls) + registers_of(pos_ids, ports), "utf-8")
            journals = {pos_id: drives / f"{number}.jsonl" for number, pos_id in enumerate(pos_ids)}
            shop = Shop(_start(stack, folder), "", folder, journals, known)
            await shop.opened()
            yield shop
            nursery.cancel_scope.cancel()


async def _serve(stack: ExitStack, nursery: trio.Nursery, app: QuartTrio) -> str:
    listener = stack.enter_context(bind("127.0.0.1", 0))
    await nursery.start(partial(serve, app, SocketEntrance(listener), stopping=trio.Event()))
    return url(listener)


def _start(stack: ExitStack, folder: Path) -> subprocess.Popen[bytes]:
    log = stack.enter_context((folder / "log.jsonl").open("ab"))
    paths = ("--config", str(folder / "config.toml"), "--data", str(folder), "--ready-file", str(folder / "ready.json"))
    arguments = (str(folder / "gauge.json"), "run", *paths, "--listen", "127.0.0.1:0")
    return start(stack, "-m", "tests.soak.gauged", *arguments, stdout=log, stderr=log)
