"""The makes of register that a shop of the crash tests may have."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

from drivers.emulators.shtrih.register import EmulatedRegister
from drivers.web import url
from supervisors.embedded import ZONE

DRIVE = "drive.jsonl"


@dataclass(frozen=True)
class Make:
    """`serve`: an emulated register on what stands in a folder, on its wire and its control socket.

    `settings` lead a gateway to it. `control_apart`: it takes control calls on the second socket, not on its wire.
    """

    name: str
    serve: Callable[[Path, float, socket, socket], Callable[..., Awaitable[Any]]]
    settings: Callable[[socket], Mapping[str, str]]
    control_apart: bool = True


def now() -> datetime:
    return datetime.now(ZONE)


def _shtrih(folder: Path, print_delay: float, wire: socket, http: socket) -> Callable[..., Awaitable[Any]]:
    return partial(EmulatedRegister(folder / DRIVE, clock=now, print_delay=print_delay).serve, wire, http)


def _shtrih_settings(wire: socket) -> dict[str, str]:
    return {"DRIVER": "shtrih", "DEVICE_PATH": url(wire).replace("http", "tcp")}


SHTRIH = Make("shtrih", _shtrih, _shtrih_settings)
