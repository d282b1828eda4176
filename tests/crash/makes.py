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
from supervisors.embedded import ZONE


@dataclass(frozen=True)
class Make:
    """`serve`: an emulated register on what stands in a folder, on its wire and its control socket.

    `scheme`: how its `device_path` begins. `journal`: the file of its fiscal drive. `control_apart`: it takes control
    calls on the second socket, not on its wire. `checks`: a byte that comes garbled is found out on its wire.
    `patience`: seconds that a busy machine may need for an answer of it.
    """

    name: str
    serve: Callable[[Path, float, socket, socket], Callable[..., Awaitable[Any]]]
    scheme: str
    journal: str
    control_apart: bool = True
    checks: bool = True
    patience: float = 0.5

    def settings(self, port: int) -> Mapping[str, str]:
        """That lead a gateway to it."""
        return {"driver": self.name, "device_path": f"{self.scheme}://127.0.0.1:{port}"}


def now() -> datetime:
    return datetime.now(ZONE)


def _shtrih(folder: Path, print_delay: float, wire: socket, http: socket) -> Callable[..., Awaitable[Any]]:
    return partial(EmulatedRegister(folder / "drive.jsonl", clock=now, print_delay=print_delay).serve, wire, http)


def _atol(folder: Path, print_delay: float, wire: socket, http: socket) -> Callable[..., Awaitable[Any]]:
    return partial(EmulatedAtol(folder, clock=now, print_delay=print_delay).serve, wire)


SHTRIH = Make("shtrih", _shtrih, "tcp", "drive.jsonl")
ATOL = Make("atol", _atol, "http", ATOL_DRIVE, control_apart=False, checks=False, patience=2.0)
