"""The serial ports of this machine, those where a register is likely first."""

from serial.tools import list_ports

REGISTER_VENDORS = {
    0x1FC9: "NXP, whose controllers are in registers of Штрих-М",  # seen on one, whose USB was a network card then
    0x2912: "АТОЛ",
}
"""Only the order hangs on it: any port may have a register behind a converter."""


def serial_ports() -> list[str]:
    """Paths. Those that a register's own USB makes up, then those of other USB devices, then the rest."""
    found = sorted(list_ports.comports(), key=lambda port: (_rank(port.vid), port.device))
    return [port.device for port in found]


def _rank(vendor: int | None) -> int:
    if vendor is None:
        return 2
    return 0 if vendor in REGISTER_VENDORS else 1
