"""`run.py discover`: registers on serial ports and TCP addresses, printed as lines for config.toml. Changes nothing."""

import sys
from collections.abc import Sequence

from drivers.datadir import DataDirTaken, hold
from drivers.kkt.discovery import discover
from drivers.kkt.serial_ports import serial_ports
from protocols.found import FoundRegister
from protocols.settings import Settings

FOUND, NONE = 0, 1
USUAL = ("127.0.0.1", "192.168.137.111")  # a driver on this machine; a register of Штрих-М on USB as a network card


async def search(settings: Settings, serial: Sequence[str], tcp: Sequence[str]) -> int:
    """Prints what was found; gives the exit status. With nothing given it looks in the usual places.

    Registers of a gateway that works in this data folder are left alone. Raises BadAddress.
    """
    if not serial and not tcp:
        serial, tcp = serial_ports(), USUAL
    print(f"Looking at {', '.join((*serial, *tcp))} ...", file=sys.stderr)
    found = await discover(serial, tcp, held=_held(settings))
    print("\n".join(map(_entry, found, range(1, len(found) + 1))) or "# No register was found.")
    return FOUND if found else NONE


def _held(settings: Settings) -> list[str]:
    if not settings.storage.data.exists():
        return []
    try:
        hold(settings.storage.data).close()
    except DataDirTaken:
        embedded = f"tcp://127.0.0.1:{settings.emulators.kkt_port}"
        return [register.device_path for register in settings.kkt.registers] or [embedded]
    return []


def _entry(found: FoundRegister, number: int) -> str:
    if found.in_use:
        return f"# {found.device_path}: in use by the gateway that runs here\n"
    told = {"serial": found.serial, "ФН": found.fn, "РНМ": found.kkt_number}
    about = ", ".join([found.model or found.driver, *(f"{name} {value}" for name, value in told.items() if value)])
    trouble = f"# {found.trouble}\n" if found.trouble else ""
    return f"# {about}\n{trouble}{found.as_config(f'POS-{number:03}')}"
