"""Which driver stands behind each register's port."""

from collections.abc import Callable
from uuid import uuid4
from zoneinfo import ZoneInfo

from drivers.kkt.atol import AtolRegister
from drivers.kkt.atol_link import AtolLink
from drivers.kkt.atol_queue import AtolQueue
from drivers.kkt.line import Line
from drivers.kkt.port import Register
from drivers.kkt.serial_line import SerialLine
from drivers.kkt.shtrih import SYSTEM_ADMINISTRATOR, ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from protocols.atol.tasks import Till
from protocols.receipt import Cashier, Taxation
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings


def make_register(settings: Settings, register: RegisterSettings) -> Register:
    """Not connected yet."""
    return DRIVERS[register.driver](settings, register)


def shtrih(settings: Settings, register: RegisterSettings) -> Register:
    password = register.password.get_secret_value()
    return ShtrihRegister(
        shtrih_line(register.device_path, register.baudrate, settings.kkt.connection_timeout),
        ZoneInfo(register.timezone),
        password=int(password) if password else SYSTEM_ADMINISTRATOR,
        taxation=Taxation[register.taxation.upper()],
        cashier=cashier(register),
        tags_before_item=register.tags_before_item,
        read_timeout=settings.kkt.read_timeout,
    )


def atol(settings: Settings, register: RegisterSettings) -> Register:
    password = register.password.get_secret_value()
    link = AtolLink(register.device_path, register.user, password, settings.kkt.read_timeout)
    return AtolRegister(
        link,
        AtolQueue(link, lambda: str(uuid4()), register.linger),
        ZoneInfo(register.timezone),
        Till(cashier(register), Taxation[register.taxation.upper()]),
    )


def cashier(register: RegisterSettings) -> Cashier | None:
    """Who sells where a receipt does not say."""
    return Cashier(register.cashier, register.cashier_inn or None) if register.cashier else None


def shtrih_line(path: str, baudrate: int, connection_timeout: float) -> Line:
    """Of a `device_path`: tcp://host:port, or a serial port's."""
    if not path.startswith("tcp://"):
        return SerialLine(path, baudrate, connection_timeout=connection_timeout)
    host, _, port = path.removeprefix("tcp://").rpartition(":")
    return TcpLine(host.strip("[]"), int(port), connection_timeout=connection_timeout)


DRIVERS: dict[str, Callable[[Settings, RegisterSettings], Register]] = {"shtrih": shtrih, "atol": atol}
