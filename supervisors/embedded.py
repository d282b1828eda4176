"""The emulators inside of this process: for whatever the configuration does not name, a part that works."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
import trio
from quart_trio import QuartTrio

from drivers.clock import utc_now
from drivers.emulators import odoo, ofd, ofd_session
from drivers.emulators.shtrih.register import EmulatedRegister
from drivers.web import AddressTaken, SocketEntrance, bind, serve, url
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings
from supervisors.supervisor import Start

log = structlog.get_logger()

HOST = "127.0.0.1"
POS_ID = "POS-001"
DRIVE = "emulated-drive.jsonl"
ZONE = ZoneInfo("Europe/Moscow")


@dataclass
class Embedded:
    """Which emulators run (`starts`), where (`urls`, their HTTP sides), and the settings that lead to them."""

    settings: Settings
    starts: dict[str, Start] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)


def embed(settings: Settings) -> Embedded:
    """In mock mode an emulator stands in for each of register, OFD and Odoo that is not named; else none."""
    found = Embedded(settings)
    if settings.kkt.mode == "production":
        return found
    if not settings.kkt.registers:
        embed_register(found)
    _embed_ofd(found)
    if settings.odoo.url is None:
        place = _embed_app(found, "odoo", partial(odoo.make_app, odoo.EmulatedOdoo()))
        found.settings = _with(found.settings, "odoo", url=place)
    return found


def embed_register(found: Embedded) -> None:
    """An emulated register on the folder's drive, begun if there is none, for the settings to lead to."""
    rules = found.settings.emulators
    wire, http = _listen(rules.kkt_port), _listen(rules.kkt_http_port)
    carried = found.settings.ofd.way == "relay"
    register = emulated_register(found.settings.storage.data, rules.print_delay, carried=carried)
    found.starts["kkt"] = partial(register.serve, wire, http)
    found.urls["kkt"] = url(http)
    # nothing lingers on a wire within one process
    named = RegisterSettings(pos_id=POS_ID, device_path=url(wire).replace("http", "tcp"), linger=0)
    found.settings = _with(found.settings, "kkt", registers=[named])


def emulated_register(
    data: Path,
    print_delay: float,
    *,
    drive: str = DRIVE,
    ffd: str | None = None,
    baud: int | None = None,
    carried: bool | None = None,
) -> EmulatedRegister:
    """On the drive of that name in the folder."""
    return EmulatedRegister(
        data / drive,
        clock=lambda: utc_now().astimezone(ZONE),
        print_delay=print_delay,
        ffd=ffd,
        baud=baud,
        carried=carried,
    )


def _embed_ofd(found: Embedded) -> None:
    """Both of its sides are one OFD, each as far as the settings name no other."""
    known = ofd.EmulatedOfd()
    if found.settings.ofd.api_url is None:
        api_url = _embed_app(found, "ofd", partial(ofd.make_app, known))
        found.settings = _with(found.settings, "ofd", api_url=api_url)
    if found.settings.relay.address is None:
        listener = _listen(found.settings.emulators.ofd_relay_port)
        found.starts["ofd-relay"] = partial(serve_session, known, listener)
        found.settings = _with(found.settings, "relay", address=address(listener))
        log.info("ofd_relay_emulated", address=address(listener))


def _embed_app(found: Embedded, name: str, make_app: Callable[[], QuartTrio]) -> str:
    listener = _listen(getattr(found.settings.emulators, f"{name}_port"))
    found.starts[name] = partial(serve_app, make_app, listener)
    found.urls[name] = url(listener)
    return url(listener)


async def serve_app(make_app: Callable[[], QuartTrio], listener: socket.socket, **how: Any) -> None:
    """Until cancelled."""
    await serve(make_app(), SocketEntrance(listener), stopping=trio.Event(), **how)


async def serve_session(known: ofd.EmulatedOfd, listener: socket.socket, **how: Any) -> None:
    """Until cancelled."""
    await ofd_session.serve(known, SocketEntrance(listener).listen(), **how)


def address(listener: socket.socket) -> str:
    """Where it listens, as host:port."""
    return url(listener).removeprefix("http://")


def _listen(port: int) -> socket.socket:
    """The port if it is free, else any: whoever needs it reads it from the log or the ready file."""
    try:
        return bind(HOST, port)
    except AddressTaken:
        log.info("emulator_port_taken", port=port)
        return bind(HOST, 0)


def _with(settings: Settings, section: str, **values: object) -> Settings:
    changed = getattr(settings, section).model_copy(update=values)
    return settings.model_copy(update={section: changed})
