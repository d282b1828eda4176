"""The gateway as a process: starts the tree, says when it is ready, stops it on a signal."""

import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import structlog
import trio

from drivers.datadir import hold, write_whole
from drivers.web import SocketEntrance, Tls, bind, url
from protocols.jsontext import dumps
from protocols.settings import Settings
from supervisors.embedded import address, embed
from supervisors.reloading import Reloading, reload_on_hangup
from supervisors.supervisor import Supervisor
from supervisors.tree import tree
from supervisors.wiring import Wiring

log = structlog.get_logger()

STOP_WITHIN = 9.0  # seconds: whoever stops us waits ten


async def live(settings: Settings, load: Callable[[], Settings], ready_file: Path | None = None) -> None:
    """Until SIGTERM or SIGINT; at SIGHUP `load` gives the settings anew.

    Raises DataDirTaken, CannotListen; FailStop and RestartsExhausted in groups.
    """
    with ExitStack() as held:
        held.enter_context(hold(settings.storage.data))
        listener = held.enter_context(bind(settings.api.host, settings.api.port))
        grpc = _grpc_entrance(settings, held)
        embedded = embed(settings)
        wiring = Wiring(embedded.settings, SocketEntrance(listener), embedded.starts, grpc_entrance=grpc)
        root = tree(wiring)
        async with trio.open_nursery() as nursery:
            await nursery.start(_stop_on_signal, root, nursery.cancel_scope)
            await nursery.start(reload_on_hangup, Reloading(settings, load, wiring.configure))
            await nursery.start(_run, root, nursery.cancel_scope)
            ready = {"facade": url(listener), "emulators": embedded.urls, "pid": os.getpid()}
            if grpc is not None:
                ready["grpc"] = address(grpc.socket)
            if ready_file is not None:
                write_whole(ready_file, dumps(ready))
            log.info("gateway_ready", environment=settings.adapter.environment, **ready)
            settle_in()
    log.info("gateway_stopped")


def _grpc_entrance(settings: Settings, held: ExitStack) -> SocketEntrance | None:
    """None where gRPC is not served. Raises CannotListen, BadCertificate."""
    place, tls = settings.grpc.place, settings.api.tls
    if place is None:
        return None
    listener = held.enter_context(bind(*place))
    if tls.certificate is None or tls.key is None:
        return SocketEntrance(listener)
    return SocketEntrance(listener, Tls(tls.certificate, tls.key, tls.client_ca, speaks=("h2",)))


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


def settle_in() -> None:
    """To be called once all is loaded: tunes the interpreter for short answers (measured by tests/benchmarks)."""
    gc.collect()
    gc.freeze()  # what is loaded stays; sweeping over it again and again made the slowest answers
    gc.set_threshold(20_000, 20, 50)
    # SQLite's thread needs the interpreter for microseconds at a time and would wait five milliseconds for each
    sys.setswitchinterval(0.0005)
