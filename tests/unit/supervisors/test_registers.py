"""Settings lead to the driver, the line and the words that they name."""

from typing import Any

import pytest
from pydantic import ValidationError

from drivers.kkt.serial_line import SerialLine
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from protocols.receipt import Cashier, Taxation
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings
from supervisors.registers import make_register


def shtrih(path: str = "tcp://10.0.0.9:7778", **fields: Any) -> ShtrihRegister:
    settings = RegisterSettings.model_validate({"pos_id": "POS-001", "device_path": path} | fields)
    made = make_register(Settings(), settings)
    assert isinstance(made, ShtrihRegister)
    return made


@pytest.mark.parametrize(
    ("path", "host"), [("tcp://10.0.0.9:7778", "10.0.0.9"), ("tcp://[fe80::1]:7778", "fe80::1"), ("tcp://kkt:1", "kkt")]
)
def test_an_address_is_reached_over_tcp(path: str, host: str) -> None:
    line = shtrih(path).line

    assert isinstance(line, TcpLine)
    assert (line.host, line.connection_timeout) == (host, Settings().kkt.connection_timeout)


@pytest.mark.parametrize("baudrate", [0, 115_200])
def test_a_device_file_is_a_serial_port(baudrate: int) -> None:
    line = shtrih("/dev/ttyACM0", baudrate=baudrate).line

    assert isinstance(line, SerialLine)
    assert (line.path, line.baudrate) == ("/dev/ttyACM0", baudrate)


def test_what_is_not_said_is_as_registers_leave_the_works() -> None:
    register = shtrih()

    assert (register.password, register.taxation, register.cashier) == (30, Taxation.OSN, None)
    assert not register.tags_before_item


def test_what_is_said_reaches_the_driver() -> None:
    register = shtrih(
        password="29", taxation="psn", cashier="Петрова", cashier_inn="500100732259", tags_before_item=True
    )

    assert (register.password, register.taxation) == (29, Taxation.PSN)
    assert register.cashier == Cashier("Петрова", "500100732259")
    assert register.tags_before_item


@pytest.mark.parametrize("password", ["secret", "123456789", "-1", "1 "])
def test_a_password_that_no_operator_has_is_told(password: str) -> None:
    with pytest.raises(ValidationError, match="1 to 8 digits"):
        shtrih(password=password)
