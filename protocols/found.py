"""A register that a search came upon."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundRegister:
    """`device_path` and `baudrate` as config.toml takes them. What it did not tell is empty; `trouble` says why.

    `in_use`: this gateway works with it, so it was asked nothing.
    """

    driver: str
    device_path: str
    baudrate: int = 0
    model: str = ""
    serial: str = ""
    fn: str = ""
    kkt_number: str = ""
    in_use: bool = False
    trouble: str = ""

    def as_config(self, pos_id: str) -> str:
        """The lines for config.toml."""
        speed = f"baudrate = {self.baudrate}\n" if self.baudrate else ""
        place = f'driver = "{self.driver}"\ndevice_path = "{self.device_path}"\n'
        return f'[[kkt.registers]]\npos_id = "{pos_id}"\n{place}{speed}'
