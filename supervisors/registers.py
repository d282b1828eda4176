"""Which driver stands behind each register's port."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from drivers.kkt.port import Register
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from protocols.settings import RegisterSettings, Settings


def make_register(settings: Settings, register: RegisterSettings) -> Register:
    """Not connected yet."""
    return DRIVERS[register.driver](settings, register)


def shtrih(settings: Settings, register: RegisterSettings) -> Register:
    host, _, port = register.device_path.removeprefix("tcp://").rpartition(":")
    line = TcpLine(host.strip("[]"), int(port), settings.kkt.connection_timeout)
    return ShtrihRegister(line, ZoneInfo(register.timezone), read_timeout=settings.kkt.read_timeout)


DRIVERS: dict[str, Callable[[Settings, RegisterSettings], Register]] = {"shtrih": shtrih}
