"""The gateway as a process: starts the tree, says when it is ready, stops it on a signal."""

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence, Set
from contextlib import ExitStack
from pathlib import Path

import structlog
import trio

from drivers.config import ConfigError
from drivers.datadir import hold, write_whole
from drivers.web import SocketEntrance, Tls, bind
from protocols.auth_settings import Tls as TlsSettings
from protocols.exposure import objections
from protocols.jsontext import dumps
from protocols.settings import Listening, Settings
from supervisors.embedded import address, embed
from supervisors.reloading import Reloading, reload_on_hangup
from supervisors.supervisor import Supervisor
from supervisors.tree import tree
from supervisors.wiring import Wiring

log = structlog.get_logger()

FILES = 4096  # open at once: connections of clients, to registers and outside; the usual limit of 1024 may be too few
STOP_WITHIN = 9.0  # seconds: whoever stops us waits ten


async def live(
    settings: Settings,
    load: Callable[[], Settings],
    ready_file: Path | None = None,
    told: Set[str] = frozenset(),
) -> None:
    """Until SIGTERM or SIGINT; at SIGHUP `load` gives the settings anew. `told`: flags of the command line.

    Raises ConfigError, BadCertificate, DataDirTaken, CannotListen; FailStop and RestartsExhausted in groups.
    """
    if against := [*objections(settings, told)]:
        raise ConfigError("; ".join(against))
    allow_files()
    with ExitStack() as held:
        held.enter_context(hold(settings.storage.data))
        entrance = _entrance(settings.api, settings.api.tls, ("http/1.1",), held)
        grpc = None if settings.grpc is None else _entrance(settings.grpc, settings.api.tls, ("h2",), held)
        embedded = embed(settings)
        wiring = Wiring(embedded.settings, entrance, embedded.starts, grpc_entrance=grpc)
        root = tree(wiring)
        encrypted = [each.tls for each in (entrance, grpc) if each is not None and each.tls is not None]
        async with trio.open_nursery() as nursery:
            await nursery.start(_stop_on_signal, root, nursery.cancel_scope)
            await nursery.start(reload_on_hangup, Reloading(settings, load, wiring.configure, encrypted))
            await nursery.start(_run, root, nursery.cancel_scope)
            ready = {"facade": entrance.url, "emulators": embedded.urls, "pid": os.getpid()}
            ready |= {} if grpc is None else {"grpc": address(grpc.socket)}
            if ready_file is not None:
                write_whole(ready_file, dumps(ready))
            log.info("gateway_ready", environment=settings.adapter.environment, **ready)
            settle_in()
    log.info("gateway_stopped")


def _entrance(where: Listening, files: TlsSettings, speaks: Sequence[str], held: ExitStack) -> SocketEntrance:
    """Raises CannotListen, BadCertificate."""
    tls = None
    if files.certificate is not None and files.key is not None:
        tls = Tls(files.certificate, files.key, files.client_ca, speaks)
    return SocketEntrance(held.enter_context(bind(where.host, where.port)), tls)


async def _run(root: Supervisor, everything: trio.CancelScope, *, task_status: trio.TaskStatus[None]) -> None:
    await root.start(task_status=task_status)
    everything.cancel()  # the tree has ended: nobody needs the signals any more


async def _stop_on_signal(
    root: Supervisor, everything: trio.CancelScope, *, task_status: trio.TaskStatus[None]
) -> None:
    """The first signal asks politely and sets a deadline; a second one is the deadline."""
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        async for number in signals:
            log.info("gateway_stopping", signal=signal.Signals(number).name)
            if everything.deadline < trio.current_time() + STOP_WITHIN:
                everything.cancel()
            everything.deadline = trio.current_time() + STOP_WITHIN
            root.stop()


def allow_files() -> None:
    """As many as we may need, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def settle_in() -> None:
    """To be called once all is loaded: tunes the interpreter for short answers (measured by tests/benchmarks)."""
    gc.collect()
    gc.freeze()  # what is loaded stays; sweeping over it again and again made the slowest answers
    gc.set_threshold(20_000, 20, 50)
    # SQLite's thread needs the interpreter for microseconds at a time and would wait five milliseconds for each
    sys.setswitchinterval(0.0005)
