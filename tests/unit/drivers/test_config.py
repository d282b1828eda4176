"""The file, the environment over it, and what is said of mistakes."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from drivers.config import VARIABLES, ConfigError, load_settings
from protocols.auth_settings import ApiKey, ClientCertificate, SigningKey
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings

EXAMPLE = Path(__file__).parents[3] / "config.toml.example"
FILE = """
[api]
listen = "127.0.0.1:9001"
[buffer]
capacity = 50
[ofd]
api_key = "key-${OFD_KEY}"
[[kkt.registers]]
pos_id = "POS-007"
device_path = "tcp://10.0.0.5:7778"
timezone = "Asia/Yekaterinburg"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE, "utf-8")
    return path


ENVIRONMENT = {"OFD_KEY": "42"}


def test_the_file_is_read_and_its_variables_filled_in(file: Path) -> None:
    settings = load_settings(file, ENVIRONMENT, {})

    assert settings.buffer.capacity == 50
    assert settings.ofd.api_key.get_secret_value() == "key-42"
    assert settings.kkt.registers[0].pos_id == "POS-007"


def test_the_environment_goes_over_the_file_and_the_command_line_over_both(file: Path) -> None:
    environment = ENVIRONMENT | {"BUFFER_CAPACITY": "60", "KASSIR_API__LISTEN": "127.0.0.1:9002"}

    settings = load_settings(file, environment, {"api.listen": "127.0.0.1:9003"})

    assert (settings.buffer.capacity, settings.api.listen) == (60, "127.0.0.1:9003")


def test_the_token_of_watch_in_the_environment_is_no_setting(file: Path) -> None:
    assert load_settings(file, ENVIRONMENT | {"KASSIR_TOKEN": "s3cr3t"}, {}) == load_settings(file, ENVIRONMENT, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KKT_MODE", "mock"),
        ("KKT_DRIVER_TYPE", "shtrih"),
        ("KKT_PORT", "tcp://10.0.0.9:1"),
        ("KKT_BAUDRATE", "9600"),
        ("KKT_BUFFER_MAX_SIZE", "7"),
        ("BUFFER_CAPACITY", "7"),
        ("KKT_HLC_SYNC_INTERVAL", "7.0"),
        ("SYNC_INTERVAL", "7.0"),
        ("KKT_OFD_API_URL", "http://ofd.example/"),
        ("KKT_OFD_API_TOKEN", "token"),
        ("KKT_OFD_TIMEOUT", "7.0"),
        ("KKT_CIRCUIT_BREAKER_THRESHOLD", "7"),
        ("KKT_CIRCUIT_BREAKER_RECOVERY_TIMEOUT", "7.0"),
        ("KKT_ODOO_API_URL", "http://odoo.example/"),
        ("ODOO_URL", "http://odoo.example/"),
        ("HEARTBEAT_INTERVAL", "7.0"),
    ],
)
def test_each_variable_that_shops_know_sets_its_key(file: Path, name: str, value: str) -> None:
    found: object = load_settings(file, ENVIRONMENT | {name: value}, {})
    for part in VARIABLES[name].split("."):
        found = found[int(part)] if isinstance(found, list) else getattr(found, part)

    assert str(getattr(found, "get_secret_value", lambda: found)()) == value


def test_a_port_alone_makes_a_register() -> None:
    (register,) = load_settings(None, {"KKT_PORT": "tcp://10.0.0.9:1"}, {}).kkt.registers

    assert (register.pos_id, register.device_path) == ("POS-001", "tcp://10.0.0.9:1")


def test_other_variables_of_the_machine_are_none_of_ours() -> None:
    assert load_settings(None, {"PATH": "/bin", "KKT_SOMETHING": "1", "BUFFER_CAPACITY": ""}, {}).buffer.capacity == 200


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"BUFFER_CAPACITY": "many"}, "buffer.capacity"),
        ({"KASSIR_BUFFER__SIZE": "1"}, "buffer.size"),
        ({"KASSIR_BUFFER__CAPACITY__X": "1"}, "buffer.capacity"),
        ({"KASSIR_NONSENSE": "1"}, "nonsense"),
        ({"KASSIR_API__0__X": "1"}, "api"),
        ({"KASSIR_KKT__REGISTERS": "x"}, "kkt.registers"),
        ({"KASSIR_KKT__REGISTERS__0": "x"}, "kkt.registers.0"),
        ({"KASSIR_KKT__REGISTERS__5__POS_ID": "x"}, "kkt.registers.5.pos_id"),
        ({"KASSIR_KKT__REGISTERS__X__POS_ID": "x"}, "kkt.registers"),
        ({"KASSIR_KKT__REGISTERS__0__TIMEZONE": "Mars/Base"}, "kkt.registers.0.timezone"),
        ({"KASSIR_KKT__REGISTERS__0__TIMEZONE": "../../etc/passwd"}, "kkt.registers.0.timezone"),
        ({"KKT_PORT": "COM3"}, "kkt.registers.0.device_path"),
    ],
)
@pytest.mark.parametrize("with_file", [True, False])
def test_a_mistake_in_the_environment_is_named(
    file: Path, with_file: bool, environment: dict[str, str], says: str
) -> None:
    with pytest.raises(ConfigError, match=says.replace(".", r"\.")):
        load_settings(file if with_file else None, {"KKT_PORT": "tcp://h:1"} | ENVIRONMENT | environment, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"[buffer\n", "is no TOML"),
        (b"\xff\xfe", "is no TOML"),
        (b"[buffer]\ncapacity = -1\n", r"buffer\.capacity"),
        (b"[bufer]\n", "bufer"),
        (b"[ofd]\napi_key = '${NOT_SET}'\n", "NOT_SET"),
        (b"kkt = 1\n", "kkt"),
    ],
)
def test_a_mistake_in_the_file_is_named(file: Path, text: bytes, says: str) -> None:
    file.write_bytes(text)

    with pytest.raises(ConfigError, match=says):
        load_settings(file, {}, {})


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path / name, {}, {})


def test_a_mistake_in_a_secret_does_not_show_the_secret() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {"KKT_OFD_API_TOKEN": "s3cr3t ключ"}, {})

    assert "ofd.api_key" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_the_example_says_the_defaults_and_knows_every_key() -> None:
    text = EXAMPLE.read_text("utf-8")

    assert Settings.model_validate(tomllib.loads(text)) == Settings()
    listed = (RegisterSettings, SigningKey, ApiKey, ClientCertificate)
    for key in sorted({*_keys(Settings), *(key for each in listed for key in _keys(each))}):
        assert re.search(rf"^(# )?{key} = |{{.*\b{key} = |^(# )?\[+(\w+\.)?{key}\]", text, re.MULTILINE), key


def _keys(section: type[BaseModel]) -> Iterator[str]:
    """The names of all settings, however deep; what is the same for several sections need stand there once."""
    for name, field in section.model_fields.items():
        yield name
        inner = field.default
        if isinstance(inner, BaseModel):
            yield from _keys(type(inner))
