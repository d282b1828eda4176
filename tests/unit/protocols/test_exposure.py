"""When the gateway may listen beyond its computer."""

from typing import Any

import pytest

from protocols.exposure import objections
from protocols.settings import Settings

NO_TLS, NO_AUTHENTICATION = "--without-tls", "--without-authentication"
KNOWS = {"auth": {"api_keys": [{"name": "till-1", "sha256": "0" * 64, "roles": ["pos"]}]}}
TLS = {"certificate": "tls.pem", "key": "tls.key"}


def said(told: set[str], auth: dict[str, Any] | None = None, **api: Any) -> list[str]:
    settings = Settings.model_validate({"api": {"listen": "192.168.1.5:8000", **api}, **(auth or {})})
    return list(objections(settings, told))


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:8000", "[::1]:8000"])
def test_on_loopback_nothing_is_needed(listen: str) -> None:
    assert said(set(), listen=listen) == []


@pytest.mark.parametrize("listen", ["192.168.1.5:8000", "127.0.0.1.evil.example:80", "[::2]:80", "127.0.0.2:80"])
def test_beyond_loopback_it_takes_tls_and_authentication(listen: str) -> None:
    without, knowing = said(set(), listen=listen), said(set(), KNOWS, listen=listen)

    assert ["authentication: set up [auth]" in each for each in without] == [True, False]
    assert ["TLS: set up [api.tls]" in each for each in knowing] == [True]
    assert said(set(), KNOWS, listen=listen, tls=TLS) == []


@pytest.mark.parametrize(
    ("in_settings", "told", "missing"),
    [
        (False, set(), "api.without_tls = true in the settings and --without-tls when started"),
        (True, set(), "what is missing is --without-tls when started"),
        (False, {NO_TLS}, "what is missing is api.without_tls = true in the settings"),
        (False, {NO_AUTHENTICATION}, "api.without_tls = true in the settings and --without-tls when started"),
    ],
)
def test_to_do_without_tls_is_said_twice(in_settings: bool, told: set[str], missing: str) -> None:
    (objection,) = said(told, KNOWS, without_tls=in_settings)

    assert objection.endswith(missing)


@pytest.mark.parametrize(
    ("in_settings", "told", "missing"),
    [
        (True, set(), "what is missing is --without-authentication when started"),
        (False, {NO_AUTHENTICATION}, "what is missing is api.without_authentication = true in the settings"),
    ],
)
def test_to_do_without_authentication_is_said_twice(in_settings: bool, told: set[str], missing: str) -> None:
    (objection,) = said(told, tls=TLS, without_authentication=in_settings)

    assert objection.endswith(missing)


def test_what_is_said_twice_is_done() -> None:
    assert said({NO_TLS, NO_AUTHENTICATION}, without_tls=True, without_authentication=True) == []


@pytest.mark.parametrize("listen", ["0.0.0.0:8000", "[::]:8000"])
def test_an_address_that_stands_for_all_of_ours_wants_names(listen: str) -> None:
    (objection,) = said(set(), KNOWS, listen=listen, tls=TLS)

    assert "api.hosts" in objection
    assert said(set(), KNOWS, listen=listen, tls=TLS, hosts=["kassir.shop"]) == []


def test_we_are_called_by_the_host_we_listen_on_by_what_is_listed_and_by_the_names_of_loopback() -> None:
    api = Settings.model_validate({"api": {"listen": "192.168.1.5:8000", "hosts": ["Kassir.Shop"]}}).api
    everywhere = Settings.model_validate({"api": {"listen": "0.0.0.0:8000"}}).api

    assert api.names == {"192.168.1.5", "kassir.shop", "127.0.0.1", "localhost", "::1"}
    assert everywhere.names == {"127.0.0.1", "localhost", "::1"}


@pytest.mark.parametrize(("listen", "objected"), [("127.0.0.1:50051", 0), ("0.0.0.0:50051", 2), ("192.168.1.5:1", 2)])
def test_grpc_is_under_the_same_conditions(listen: str, objected: int) -> None:
    grpc = {"grpc": {"listen": listen}}
    against = said(set(), grpc, listen="127.0.0.1:8000")

    assert [each.startswith(f"grpc.listen: {listen}") for each in against] == [True] * objected
    assert said(set(), grpc | KNOWS, listen="127.0.0.1:8000", tls=TLS) == []
    both = {NO_TLS, NO_AUTHENTICATION}
    assert said(both, grpc, listen="127.0.0.1:8000", without_tls=True, without_authentication=True) == []
