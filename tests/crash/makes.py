"""The makes of register that a shop of the crash tests may have."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

from drivers.emulators.atol.register import DRIVE as ATOL_DRIVE
from drivers.emulators.atol.register import EmulatedAtol
from drivers.emulators.shtrih.register import EmulatedRegister
from drivers.web import url
from supervisors.embedded import ZONE


@dataclass(frozen=True)
class Make:
    """`serve`: an emulated register on what stands in a folder, on its wire and its control socket.

    `settings` lead a gateway to it. `journal`: the file of its fiscal drive. `control_apart`: it takes control calls
    on the second socket, not on its wire.
    """

    name: str
    serve: Callable[[Path, float, socket, socket], Callable[..., Awaitable[Any]]]
    settings: Callable[[socket], Mapping[str, str]]
    journal: str
    control_apart: bool = True


def now() -> datetime:
    return datetime.now(ZONE)


def _shtrih(folder: Path, print_delay: float, wire: socket, http: socket) -> Callable[..., Awaitable[Any]]:
    return partial(EmulatedRegister(folder / "drive.jsonl", clock=now, print_delay=print_delay).serve, wire, http)


def _shtrih_settings(wire: socket) -> dict[str, str]:
    return {"DRIVER": "shtrih", "DEVICE_PATH": url(wire).replace("http", "tcp")}


def _atol(folder: Path, print_delay: float, wire: socket, http: socket) -> Callable[..., Awaitable[Any]]:
    return partial(EmulatedAtol(folder, clock=now, print_delay=print_delay).serve, wire)


def _atol_settings(wire: socket) -> dict[str, str]:
    return {"DRIVER": "atol", "DEVICE_PATH": url(wire)}


SHTRIH = Make("shtrih", _shtrih, _shtrih_settings, "drive.jsonl")
ATOL = Make("atol", _atol, _atol_settings, ATOL_DRIVE, control_apart=False)
