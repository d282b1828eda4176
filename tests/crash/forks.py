"""Gateways by the dozen: the test's side of `forkserver.py`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import trio

from tests.crash.shim import Shim
from tests.e2e.gateway import ROOT

READY_WITHIN = 60.0  # seconds


@dataclass(eq=False)
class Child:
    """A gateway that was started. `url`: of its facade, once it is ready."""

    pid: int
    log: Path
    ready_file: Path
    ended: trio.Event = field(default_factory=trio.Event)
    status: int | None = None
    url: str | None = None

    async def come_up(self) -> None:
        """Returns when it is ready, or has ended. Raises trio.TooSlowError."""
        await until(lambda: self.ended.is_set() or self.ready_file.exists(), within=READY_WITHIN)
        if not self.ended.is_set():
            self.url = str(json.loads(await trio.Path(self.ready_file).read_bytes())["facade"])

    def tail(self) -> str:
        """The end of what it printed."""
        return self.log.read_text()[-5000:]

    async def kill(self) -> None:
        """kill -9; returns when it has ended, also if it had before."""
        self.send(signal.SIGKILL)
        await self.ended.wait()

    def send(self, number: signal.Signals) -> None:
        if not self.ended.is_set():
            with suppress(ProcessLookupError):  # it may end by itself at this very moment
                os.kill(self.pid, number)


class Run:
    """What one run of a gateway takes and leaves beside its `folder`."""

    def __init__(self, folder: Path, config: Path | None = None) -> None:
        self.log, self.ready_file = (folder.with_name(f"{folder.name}.{what}") for what in ("log", "ready"))
        self.ready_file.unlink(missing_ok=True)
        self.arguments = ["--data", str(folder), "--listen", "127.0.0.1:0", "--ready-file", str(self.ready_file)]
        self.arguments += ["--config", str(config)] if config else []


class Starter(Protocol):
    """Starts gateways."""

    async def start(self, folder: Path, environment: Mapping[str, str], planted: Sequence[str] = ()) -> Child:
        """Runs one on `folder`, with these faults of `sabotage.py`."""


@dataclass(eq=False)
class Processes:
    """Starts each as a process of its own, `run.py` from the beginning."""

    nursery: trio.Nursery

    async def start(self, folder: Path, environment: Mapping[str, str], planted: Sequence[str] = ()) -> Child:
        assert not planted  # a process of its own is the shipped program
        run = Run(folder)
        with run.log.open("ab") as log:
            process = await trio.lowlevel.open_process(
                [sys.executable, "run.py", *run.arguments],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
        child = Child(process.pid, run.log, run.ready_file)
        self.nursery.start_soon(_wait, process, child)
        return child


@dataclass(eq=False)
class Forks:
    """Starts one gateway at a time, as `run.py` would; the next one when that has ended."""

    shim: Shim
    _orders: trio.abc.SendStream
    _news: trio.MemoryReceiveChannel[int]
    _nursery: trio.Nursery

    async def start(
        self, folder: Path, environment: Mapping[str, str], planted: Sequence[str] = (), config: Path | None = None
    ) -> Child:
        """Runs it on `folder`, with these faults of `sabotage.py`."""
        run = Run(folder, config)
        order = {
            "arguments": run.arguments,
            "environment": dict(environment),
            "log": str(run.log),
            "planted": [*planted],
        }
        await self._orders.send_all(json.dumps(order).encode() + b"\n")
        child = Child(await self._news.receive(), run.log, run.ready_file)
        self._nursery.start_soon(self._watch, child)
        return child

    async def _watch(self, child: Child) -> None:
        child.status = await self._news.receive()
        child.ended.set()


@asynccontextmanager
async def forks(place: Path) -> AsyncIterator[Forks]:
    """A fork server, its shim in `place`, until the block is left."""
    shim = Shim(place)
    command = [sys.executable, "-m", "tests.crash.forkserver"]
    async with trio.open_nursery() as nursery:
        process = await trio.lowlevel.open_process(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, **shim.environment}
        )
        assert process.stdin is not None
        assert process.stdout is not None
        hear, news = trio.open_memory_channel[int](2)
        nursery.start_soon(_listen, process.stdout, hear)
        try:
            yield Forks(shim, process.stdin, news, nursery)
        finally:
            process.kill()
            with trio.CancelScope(shield=True):
                await process.wait()
        nursery.cancel_scope.cancel()


async def until(check: Callable[[], object], *, within: float) -> None:
    """Returns when `check` is true: of another process no event tells. Raises trio.TooSlowError."""
    with trio.fail_after(within):
        while not check():  # noqa: ASYNC110  there is no event to wait for
            await trio.sleep(0.003)


async def _wait(process: trio.Process, child: Child) -> None:
    child.status = await process.wait()
    child.ended.set()


async def _listen(stream: trio.abc.ReceiveStream, hear: trio.MemorySendChannel[int]) -> None:
    """Each line is a number."""
    pending = b""
    async for chunk in stream:
        *whole, pending = (pending + bytes(chunk)).split(b"\n")
        for line in whole:
            await hear.send(int(line))
