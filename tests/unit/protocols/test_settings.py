"""What may be set, and to what."""

from typing import Any

import pytest
from pydantic import ValidationError

from protocols.settings import Settings

REGISTER = {"pos_id": "POS-001", "device_path": "tcp://10.0.0.5:7778"}
ED25519 = {"id": "a", "public_key": "A" * 43}
HS256 = {"id": "b", "algorithm": "hs256", "secret": "s" * 32}
API_KEY = {"name": "till-1", "sha256": "0" * 64, "roles": ["pos"]}
TILL = {"name": "till-1", "roles": ["pos"], "common_name": "till-1"}
PRODUCTION = {
    "kkt": {"mode": "production", "registers": [REGISTER]},
    "ofd": {"api_url": "https://ofd.example"},
    "odoo": {"url": "https://odoo.example"},
}


def test_nothing_need_be_set() -> None:
    settings = Settings()

    assert (settings.api.host, settings.api.port) == ("127.0.0.1", 8000)
    assert (settings.buffer.capacity, settings.buffer.max_retry_attempts) == (200, 20)


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("127.0.0.1:0", "127.0.0.1", 0), ("localhost:65535", "localhost", 65535), ("[::1]:80", "::1", 80)],
)
def test_loopback_may_be_listened_on(listen: str, host: str, port: int) -> None:
    api = Settings.model_validate({"api": {"listen": listen}}).api

    assert (api.host, api.port) == (host, port)


def test_production_with_all_that_it_needs_is_taken() -> None:
    assert Settings.model_validate(PRODUCTION).kkt.registers[0].linger == 10.0


def test_a_serial_port_may_have_any_path_for_udev_and_emulators_link_to_it() -> None:
    register = {**REGISTER, "device_path": "/run/kassir/kkt0"}

    assert Settings.model_validate({"kkt": {"registers": [register]}}).kkt.registers[0].baudrate == 0


BAD: list[tuple[str, dict[str, Any]]] = [
    ("api.listen", {"api": {"listen": "127.0.0.1"}}),
    ("api.listen", {"api": {"listen": "127.0.0.1:65536"}}),
    ("api.listen", {"api": {"listen": ":8000"}}),
    ("api.hosts.0", {"api": {"hosts": ["https://shop.example"]}}),
    ("api.origins.0", {"api": {"origins": ["shop.example"]}}),
    ("api.origins.0", {"api": {"origins": ["*"]}}),
    ("api.tls", {"api": {"tls": {"certificate": "a.pem"}}}),
    ("api.tls", {"api": {"tls": {"key": "a.key"}}}),
    ("api.tls", {"api": {"tls": {"client_ca": "ca.pem"}}}),
    ("auth.signing_keys.0", {"auth": {"signing_keys": [{"id": "a"}]}}),
    ("auth.signing_keys.0", {"auth": {"signing_keys": [{"id": "a", "public_key": "short"}]}}),
    ("auth.signing_keys.0", {"auth": {"signing_keys": [{**ED25519, "secret": "s" * 32}]}}),
    ("auth.signing_keys.0", {"auth": {"signing_keys": [{**HS256, "secret": "s" * 31}]}}),
    ("auth.signing_keys.0", {"auth": {"signing_keys": [{**HS256, "public_key": "A" * 43}]}}),
    ("auth.signing_keys.0.algorithm", {"auth": {"signing_keys": [{**ED25519, "algorithm": "none"}]}}),
    ("auth.signing_keys.0.id", {"auth": {"signing_keys": [{**ED25519, "id": ""}]}}),
    ("auth", {"auth": {"signing_keys": [ED25519, {**HS256, "id": "a"}]}}),
    ("auth.api_keys.0.sha256", {"auth": {"api_keys": [{**API_KEY, "sha256": "kassir_secret"}]}}),
    ("auth.api_keys.0.roles", {"auth": {"api_keys": [{**API_KEY, "roles": []}]}}),
    ("auth.api_keys.0.roles.0", {"auth": {"api_keys": [{**API_KEY, "roles": ["root"]}]}}),
    ("auth.api_keys.0.expires", {"auth": {"api_keys": [{**API_KEY, "expires": "2027-01-01T00:00:00"}]}}),
    ("auth.api_keys.0.name", {"auth": {"api_keys": [{**API_KEY, "name": "till\n1"}]}}),
    ("auth", {"auth": {"api_keys": [API_KEY, {**API_KEY, "name": "till-2"}]}}),
    ("auth.certificates.0", {"auth": {"certificates": [{"name": "till-1", "roles": ["pos"]}]}}),
    ("auth.certificates.0", {"auth": {"certificates": [{**TILL, "sha256": "0" * 64}]}}),
    ("auth", {"auth": {"certificates": [TILL, TILL]}}),
    ("", {"auth": {"certificates": [TILL]}}),
    ("buffer.capacity", {"buffer": {"capacity": 0}}),
    ("buffer.capacity", {"buffer": {"capacity": 1.5}}),
    ("buffer.initial_backoff", {"buffer": {"initial_backoff": 0}}),
    ("buffer.max_backoff", {"buffer": {"max_backoff": float("nan")}}),
    ("buffer.max_backoff", {"buffer": {"max_backoff": float("inf")}}),
    ("buffer.size", {"buffer": {"size": 1}}),
    ("kkt.mode", {"kkt": {"mode": "test"}}),
    ("kkt", {"kkt": {"registers": [REGISTER, REGISTER]}}),
    ("kkt", {"kkt": {"mode": "production"}}),
    ("kkt.registers.0.device_path", {"kkt": {"registers": [{**REGISTER, "device_path": "ttyUSB0"}]}}),
    ("kkt.registers.0", {"kkt": {"registers": [{**REGISTER, "device_path": "http://10.0.0.5:16732"}]}}),
    ("kkt.registers.0", {"kkt": {"registers": [{**REGISTER, "driver": "atol"}]}}),
    ("kkt", {"kkt": {"registers": [{**REGISTER, "stand_in": "POS-009"}]}}),
    ("kkt", {"kkt": {"registers": [{**REGISTER, "stand_in": "POS-001"}]}}),
    ("kkt.registers.0.device_path", {"kkt": {"registers": [{**REGISTER, "device_path": "tcp://host:0"}]}}),
    ("kkt.registers.0.device_path", {"kkt": {"registers": [{**REGISTER, "device_path": "tcp://host:65536"}]}}),
    ("kkt.registers.0.device_path", {"kkt": {"registers": [{**REGISTER, "device_path": "tcp://host:٣"}]}}),
    ("kkt.registers.0.pos_id", {"kkt": {"registers": [{**REGISTER, "pos_id": ""}]}}),
    ("kkt.registers.0.linger", {"kkt": {"registers": [{**REGISTER, "linger": -1}]}}),
    ("kkt.registers.0.linger", {"kkt": {"registers": [{**REGISTER, "linger": float("nan")}]}}),
    ("ofd.api_key", {"ofd": {"api_key": "ключ"}}),
    ("ofd.api_key", {"ofd": {"api_key": "two\nlines"}}),
    ("ofd.api_url", {"ofd": {"api_url": "ofd.example"}}),
    ("ofd.way", {"ofd": {"way": "pigeon"}}),
    ("relay.address", {"relay": {"address": "ofd.example"}}),
    ("relay.address", {"relay": {"address": "ofd.example:0"}}),
    ("relay.address", {"relay": {"address": "10.0.0.0/24"}}),
    ("relay.address", {"relay": {"address": "http://ofd.example:80"}}),
    ("relay.timeout", {"relay": {"timeout": 0}}),
    ("kkt.registers.0.ofd_way", {"kkt": {"registers": [{**REGISTER, "ofd_way": "post"}]}}),
    ("emulators.ofd_port", {"emulators": {"ofd_port": 65_536}}),
    ("alerts.buffer_full", {"alerts": {"buffer_full": {"fire": 90}}}),
    ("alerts.buffer_full.fire", {"alerts": {"buffer_full": {"fire": -1}}}),
    ("alerts.buffer_full.till", {"alerts": {"buffer_full": {"till": 1}}}),
    ("alerts.dwell", {"alerts": {"dwell": float("nan")}}),
    ("webhook.url", {"webhook": {"url": "http://chat.example/hook"}}),
    ("webhook.url", {"webhook": {"url": "http://127.0.0.1.evil.example/hook"}}),
    ("", {**PRODUCTION, "ofd": {}}),
    ("", {**PRODUCTION, "odoo": {}}),
    ("telegram", {"telegram": {}}),
]


@pytest.mark.parametrize(("key", "tree"), BAD)
def test_a_wrong_setting_is_named(key: str, tree: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(tree)

    assert [".".join(map(str, entry["loc"])) for entry in caught.value.errors()] == [key]


def test_the_key_of_the_ofd_is_never_shown() -> None:
    settings = Settings.model_validate({"ofd": {"api_key": "s3cr3t"}})

    assert "s3cr3t" not in repr(settings)
    assert "s3cr3t" not in settings.model_dump_json()


def test_what_signs_tokens_is_never_shown() -> None:
    keys = [{**ED25519, "private_key": "pA" * 21 + "A"}, {**HS256, "secret": "s3cr3t" * 9}]
    settings = Settings.model_validate({"auth": {"signing_keys": keys, "api_keys": [API_KEY]}})

    for shown in (repr(settings), settings.model_dump_json()):
        assert "s3cr3t" not in shown
        assert "pApA" not in shown


def test_each_register_may_have_a_way_of_its_own_to_the_ofd() -> None:
    registers = [REGISTER, {**REGISTER, "pos_id": "POS-002", "ofd_way": "device"}]
    settings = Settings.model_validate({"ofd": {"way": "relay"}, "kkt": {"registers": registers}})

    assert [settings.way_of(register) for register in settings.kkt.registers] == ["relay", "device"]
    assert [register.pos_id for register in settings.registers_by("relay")] == ["POS-001"]


def test_production_needs_what_its_ways_to_the_ofd_need() -> None:
    by_device = {**PRODUCTION, "ofd": {"way": "device"}}
    by_relay = {**PRODUCTION, "ofd": {"way": "relay"}, "relay": {"address": "k-server.1-ofd.ru:7777"}}

    for tree in (by_device, by_relay):
        assert Settings.model_validate(tree).ofd.api_url is None
    with pytest.raises(ValidationError, match=r"production needs relay\.address"):
        Settings.model_validate({**PRODUCTION, "ofd": {"way": "relay"}})


def test_only_registers_that_hand_their_messages_out_go_by_relay() -> None:
    atol = {"pos_id": "POS-007", "driver": "atol", "device_path": "http://10.0.0.5:16732"}

    with pytest.raises(ValidationError, match=r"POS-007.*cannot be carried"):
        Settings.model_validate({"ofd": {"way": "relay"}, "kkt": {"registers": [atol]}})
    Settings.model_validate({"ofd": {"way": "relay"}, "kkt": {"registers": [{**atol, "ofd_way": "device"}]}})


def test_what_holds_a_key_of_the_webhook_is_never_shown() -> None:
    webhook = {"url": "https://chat.example/hook?key=t0k3n", "secret": "s3cr3t"}
    shown = repr(Settings.model_validate({"webhook": webhook}))

    assert "t0k3n" not in shown
    assert "s3cr3t" not in shown
