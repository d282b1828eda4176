"""One emulator alone, as a program of its own: for another gateway, for a till's developer, for training."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog
import trio

from drivers.clock import utc_now
from drivers.emulators import odoo, ofd
from drivers.emulators.atol.register import EmulatedAtol
from drivers.web import bind, url
from supervisors.embedded import DRIVE, HOST, ZONE, address, emulated_register, serve_app, serve_session
from supervisors.supervisor import Start

log = structlog.get_logger()

Place = tuple[Start, dict[str, str]]


@dataclass(frozen=True)
class Options:
    """`port` speaks the register's own protocol for shtrih, which takes its control calls on `http_port`, and HTTP for
    the others. 0 is any free port. `relay_port` is where ofd takes the messages of fiscal drives. The rest is the
    registers' alone.

    `ffd` is the fiscal data format it is registered for. `count` registers have ports and drives one behind another.
    `user` and `password` are what atol asks for, unless `user` is empty.

    Of shtrih: with `carried` the host brings its documents to the OFD. `pty` is for a pseudo-terminal in place of the
    port, a path that leads to it, or an empty one. `baud` is the speed of the line, None for one that takes no time;
    with `only_at_baud` a terminal set to another is not understood.
    """

    port: int = 0
    http_port: int = 0
    relay_port: int = 0
    data: Path = Path("data")
    pty: str | None = None
    baud: int | None = None
    only_at_baud: bool = False
    ffd: str | None = None
    carried: bool = False
    count: int = 1
    print_delay: float = 0.25
    user: str = ""
    password: str = field(default="", repr=False)


async def emulate(
    name: str, options: Options, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Until SIGTERM or SIGINT. Raises CannotListen; OSError from the drive's file or the terminal."""
    with ExitStack() as sockets, trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        places = list(PLACES[name](sockets, options))
        async with trio.open_nursery() as nursery:
            for start, where in places:
                await nursery.start(start)
                log.info("emulator_ready", emulator=name, **where)
            task_status.started()
            await anext(aiter(signals))
            nursery.cancel_scope.cancel()


def _shtrih(sockets: ExitStack, options: Options) -> Iterator[Place]:
    options.data.mkdir(parents=True, exist_ok=True)
    for number in range(options.count):
        drive = f"emulated-drive-{number + 1}.jsonl" if number else DRIVE
        http = sockets.enter_context(bind(HOST, _next(options.http_port, number)))
        register = emulated_register(
            options.data,
            options.print_delay,
            drive=drive,
            ffd=options.ffd,
            baud=options.baud,
            carried=options.carried or None,
        )
        if options.pty is None:
            wire = sockets.enter_context(bind(HOST, _next(options.port, number)))
            yield partial(register.serve, wire, http), {"device_path": url(wire).replace("http", "tcp"), **_seen(http)}
        else:
            link = _link(options.pty, number)
            only_at = options.baud if options.only_at_baud else None
            where = {"device_path": str(link)} if link else {}
            yield partial(register.serve_pty, link, http, only_at=only_at), where | _seen(http)


def _atol(sockets: ExitStack, options: Options) -> Iterator[Place]:
    for number in range(options.count):
        folder = options.data / f"atol-{number + 1}" if number else options.data
        listener = sockets.enter_context(bind(HOST, _next(options.port, number)))
        register = EmulatedAtol(
            folder,
            clock=lambda: utc_now().astimezone(ZONE),
            print_delay=options.print_delay,
            user=options.user,
            password=options.password,
            ffd=options.ffd or "1.2",
        )
        yield partial(register.serve, listener), {"device_path": url(listener), **_seen(listener)}


def _seen(http: socket.socket) -> dict[str, str]:
    """Where a register's control calls are, its page for a person, and what it printed last, as a picture."""
    place = url(http)
    return {"url": place, "page": f"{place}/", "paper": f"{place}/kkt/v1/paper/-1.png"}


def _next(port: int, number: int) -> int:
    """The ports of several stand in a row; any free one stays any free one."""
    return port + number if port else 0


def _link(path: str, number: int) -> Path | None:
    if not path:
        return None
    return Path(f"{path}{number}" if number else path)


def _odoo(sockets: ExitStack, options: Options) -> Iterator[Place]:
    listener = sockets.enter_context(bind(HOST, options.port))
    yield partial(serve_app, odoo.make_app, listener), {"url": url(listener)}


def _ofd(sockets: ExitStack, options: Options) -> Iterator[Place]:
    known = ofd.EmulatedOfd()
    http, relay = (sockets.enter_context(bind(HOST, port)) for port in (options.port, options.relay_port))
    yield partial(_both_sides, known, http, relay), {"url": url(http), "relay_address": address(relay)}


async def _both_sides(
    known: ofd.EmulatedOfd, http: socket.socket, relay: socket.socket, *, task_status: trio.TaskStatus[None]
) -> None:
    """Of one OFD."""
    async with trio.open_nursery() as nursery:
        await nursery.start(partial(serve_app, partial(ofd.make_app, known), http))
        await nursery.start(partial(serve_session, known, relay))
        task_status.started()


PLACES: dict[str, Callable[[ExitStack, Options], Iterator[Place]]] = {
    "shtrih": _shtrih,
    "atol": _atol,
    "ofd": _ofd,
    "odoo": _odoo,
}
NAMES = tuple(PLACES)
