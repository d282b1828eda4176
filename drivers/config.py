"""Settings from `config.toml` and the environment. Whatever is wrong is said by name, before anything starts."""

import re
import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from protocols.settings import Settings

VARIABLES = {  # single keys that the environment overrides, by the names shops know
    "KKT_MODE": "kkt.mode",
    "KKT_DRIVER_TYPE": "kkt.registers.0.driver",
    "KKT_PORT": "kkt.registers.0.device_path",
    "KKT_BAUDRATE": "kkt.registers.0.baudrate",
    "KKT_BUFFER_MAX_SIZE": "buffer.capacity",
    "BUFFER_CAPACITY": "buffer.capacity",
    "KKT_HLC_SYNC_INTERVAL": "buffer.auto_sync_interval",
    "SYNC_INTERVAL": "buffer.auto_sync_interval",
    "KKT_OFD_API_URL": "ofd.api_url",
    "KKT_OFD_API_TOKEN": "ofd.api_key",
    "KKT_OFD_TIMEOUT": "ofd.timeout",
    "KKT_CIRCUIT_BREAKER_THRESHOLD": "ofd.breaker.failure_threshold",
    "KKT_CIRCUIT_BREAKER_RECOVERY_TIMEOUT": "ofd.breaker.recovery_timeout",
    "KKT_ODOO_API_URL": "odoo.url",
    "ODOO_URL": "odoo.url",
    "HEARTBEAT_INTERVAL": "heartbeat.interval",
}
PREFIX = "KASSIR_"  # KASSIR_<SECTION>__<KEY> overrides any other key
NO_SETTINGS = frozenset({"KASSIR_TOKEN"})  # who `run.py watch` says it is


class ConfigError(Exception):
    """What is wrong with the configuration, in one sentence that names the key."""


def load_settings(path: Path | None, environment: Mapping[str, str], overrides: Mapping[str, str]) -> Settings:
    """The file, over it the environment, over that `overrides` (dotted keys). Raises ConfigError."""
    tree = _read(path, environment) if path is not None else {}
    for key, value in {**_from_environment(environment), **overrides}.items():
        _put(tree, key.split("."), value, key)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, entry['loc'])) or 'config'}: {entry['msg']}" for entry in error.errors()]
        raise ConfigError("; ".join(wrong)) from None
    _check_zones(settings)
    return settings


def _check_zones(settings: Settings) -> None:
    """Here, where files may be read; else a register would fail over a typing mistake at every start."""
    for place, register in enumerate(settings.kkt.registers):
        try:
            ZoneInfo(register.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConfigError(f"kkt.registers.{place}.timezone: {register.timezone!r} is no time zone") from None


def _read(path: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        tree = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}") from error
    expanded = _expand(tree, environment)
    assert isinstance(expanded, dict)  # noqa: S101  a TOML document is a table
    return expanded


def _expand(value: Any, environment: Mapping[str, str]) -> Any:
    """`${NAME}` inside a string is taken from the environment."""
    match value:
        case str():
            return re.sub(r"\$\{(\w+)\}", lambda found: _variable(found[1], environment), value)
        case list():
            return [_expand(entry, environment) for entry in value]
        case dict():
            return {key: _expand(entry, environment) for key, entry in value.items()}
        case _:
            return value


def _variable(name: str, environment: Mapping[str, str]) -> str:
    try:
        return environment[name]
    except KeyError:
        raise ConfigError(f"the configuration uses ${{{name}}}, which is not set in the environment") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    found = {key: environment[name] for name, key in VARIABLES.items() if environment.get(name)}
    for name, value in environment.items():
        if name.startswith(PREFIX) and name not in NO_SETTINGS:
            found[name.removeprefix(PREFIX).lower().replace("__", ".")] = value
    return found


def _put(tree: dict[str, Any], path: list[str], value: str, key: str) -> None:
    """Sets a dotted key. A number in it is a place in a list, which grows by one table at most."""
    node: Any = tree
    for part, after in pairwise(path):
        node = _step(node, part, [] if after.isdecimal() else {})
        if not isinstance(node, dict | list):
            raise ConfigError(f"{key}: {part} is not a section")
    if not isinstance(node, dict):
        raise ConfigError(f"{key}: {path[-1]} is a place in a list, not a key")
    node[path[-1]] = value


def _step(node: Any, part: str, fresh: Any) -> Any:
    """What stands at `part`; None where there is no such place in a list."""
    if isinstance(node, dict):
        return node.setdefault(part, fresh)
    if part == "0" and not node:
        node.append({"pos_id": "POS-001"})
    return node[int(part)] if part.isdecimal() and int(part) < len(node) else None
