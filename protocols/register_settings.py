"""The registers, as `config.toml` spells them. Durations are seconds."""

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from protocols.section import Seconds, Section

SCHEMES = {"shtrih": ("tcp://", "/"), "atol": ("http://", "https://")}
"""How the `device_path` of each driver begins."""


Way = Literal["http", "relay", "device"]
"""How a register's documents reach the OFD: `http`, we send receipts to its API; `relay`, we carry the messages that
the fiscal drive made, and the answers back (shtrih); `device`, the register sends by itself, and we watch."""


class RegisterSettings(Section):
    """One register. `linger` is how long a command may be under way on its link.

    `device_path` as `tcp://host:port` or as a serial port (`/dev/ttyACM0`) for shtrih, as `http://host:16732` for atol.
    """

    pos_id: Annotated[str, Field(min_length=1, max_length=64)]
    driver: Literal["shtrih", "atol"] = "shtrih"
    device_path: Annotated[str, Field(pattern=r"^((tcp|https?)://[^\s/]+:[0-9]{1,5}|https?://[^\s/]+|/[^\s]+)$")]
    baudrate: Annotated[int, Field(ge=0, le=921_600)] = 0  # of a serial line; 0: searched for
    user: str = ""  # of the vendor's web server
    password: SecretStr = SecretStr("")  # of that user, or of the operator: a number; empty: as it left the works
    timezone: str = "Europe/Moscow"
    linger: Annotated[float, Field(ge=0, le=600)] = 10.0
    taxation: Literal["osn", "usn_income", "usn_income_outcome", "eshn", "psn"] = "osn"
    cashier: Annotated[str, Field(max_length=64)] = ""  # who sells where the receipt does not say
    cashier_inn: Annotated[str, Field(pattern=r"^([0-9]{12})?$")] = ""
    auto_open_shift: bool = True  # before the first receipt
    reopen_expired_shift: bool = True  # after 24 hours: close and open again, with the receipt that waits behind it
    close_shift_at: time | None = None  # on the register's clock: closed in the first quiet minutes after it
    tags_before_item: bool = False  # of shtrih: cash-core models take an item's tags and marking code before the item
    ofd_way: Way | None = None  # of this one, where it is not that of all (`ofd.way`)
    stand_in: str | None = None  # pos_id of the register that may take this one's sales, when a person says so

    @field_validator("device_path")
    @classmethod
    def _port(cls, path: str) -> str:
        port = path.rpartition(":")[2]
        if not path.startswith("/") and "/" not in port and not 0 < int(port) <= 65_535:
            raise ValueError(f"{path!r} has no port between 1 and 65535")
        return path

    @model_validator(mode="after")
    def _check(self) -> "RegisterSettings":
        if not self.device_path.startswith(SCHEMES[self.driver]):
            raise ValueError(f"{self.driver} is reached by {' or '.join(SCHEMES[self.driver])}, not {self.device_path}")
        if self.driver == "shtrih" and not re.fullmatch("[0-9]{0,8}", self.password.get_secret_value()):
            raise ValueError("the password of an operator of shtrih is a number of 1 to 8 digits")
        return self


class Kkt(Section):
    """`mode` mock: an embedded emulated register and OFD and Odoo; production: what the file names."""

    mode: Literal["mock", "production"] = "mock"
    connection_timeout: Seconds = 5.0
    read_timeout: Seconds = 10.0
    registers: list[RegisterSettings] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> "Kkt":
        names = [register.pos_id for register in self.registers]
        if len(set(names)) != len(names):
            raise ValueError("two registers have the same pos_id")
        strangers = {register.stand_in for register in self.registers} - {None, *names}
        if strangers or any(register.stand_in == register.pos_id for register in self.registers):
            raise ValueError("stand_in names another of the registers")
        if self.mode == "production" and not names:
            raise ValueError("production needs at least one [[kkt.registers]]")
        return self
