"""One emulator alone, as a program of its own: for another gateway, for a till's developer, for training."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import structlog
import trio
from quart_trio import QuartTrio

from drivers.emulators import odoo, ofd
from drivers.web import bind, url
from supervisors.embedded import HOST, emulated_register, serve_app
from supervisors.supervisor import Start

log = structlog.get_logger()

APPS: dict[str, Callable[[], QuartTrio]] = {"ofd": ofd.make_app, "odoo": odoo.make_app}
NAMES = ("shtrih", *APPS)


async def emulate(name: str, port: int, http_port: int, data: Path) -> None:
    """Until SIGTERM or SIGINT. Raises CannotListen.

    `port` speaks the register's own protocol for shtrih, which takes its control calls on `http_port`, and HTTP for
    the others. 0 is any free port.
    """
    with ExitStack() as sockets, trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        start, places = _register(sockets, port, http_port, data) if name == "shtrih" else _app(sockets, name, port)
        async with trio.open_nursery() as nursery:
            await nursery.start(start)
            log.info("emulator_ready", emulator=name, **places)
            await anext(aiter(signals))
            nursery.cancel_scope.cancel()


def _register(sockets: ExitStack, port: int, http_port: int, data: Path) -> tuple[Start, dict[str, str]]:
    wire, http = sockets.enter_context(bind(HOST, port)), sockets.enter_context(bind(HOST, http_port))
    data.mkdir(parents=True, exist_ok=True)
    places = {"device_path": url(wire).replace("http", "tcp"), "url": url(http)}
    return partial(emulated_register(data, print_delay=0.25).serve, wire, http), places


def _app(sockets: ExitStack, name: str, port: int) -> tuple[Start, dict[str, str]]:
    listener = sockets.enter_context(bind(HOST, port))
    return partial(serve_app, APPS[name], listener), {"url": url(listener)}
