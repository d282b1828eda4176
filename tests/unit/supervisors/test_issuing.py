"""What `run.py token` prints is what the gateway takes."""

import tomllib
from datetime import timedelta
from typing import Any

import pytest

from drivers.auth import make_doorkeeper
from drivers.config import ConfigError
from protocols.auth_settings import Auth
from protocols.calls import Role
from protocols.credentials import Credentials
from protocols.principal import Principal
from protocols.settings import Settings
from supervisors.issuing import Wanted, issue
from tests.callers import AUTH, EDDSA, HS256
from tests.samples import NOON

TILL = {"name": "till-1", "roles": (Role.POS, Role.CASHIER)}
MAY = frozenset({Role.POS, Role.CASHIER})


async def printed(capsys: pytest.CaptureFixture[str], auth: Auth, **wanted: Any) -> tuple[str, str]:
    """What is printed, and what is said beside it."""
    await issue(auth, Wanted(**wanted), lambda: NOON)
    out, beside = capsys.readouterr()
    return out.strip(), beside


def identified(auth: Auth, shown: str) -> Principal:
    return make_doorkeeper(Settings(auth=auth), lambda: NOON).identify(Credentials(f"Bearer {shown}"))


@pytest.mark.parametrize("key_id", [None, EDDSA, HS256])
async def test_a_token_is_taken(capsys: pytest.CaptureFixture[str], key_id: str | None) -> None:
    token, _ = await printed(capsys, AUTH, **TILL, key_id=key_id, minutes=5)

    found = identified(AUTH, token)
    assert (found.name, found.roles, found.way) == ("till-1", MAY, "token")
    assert found.expires_at is not None
    assert found.expires_at - NOON < timedelta(minutes=6)


async def test_the_lines_of_an_api_key_take_the_key_and_do_not_hold_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines, beside = await printed(capsys, Auth(), name='Касса "1"', roles=(Role.POS,), api_key=True)
    key = beside.strip().splitlines()[-1]

    assert key not in lines
    auth = Settings.model_validate(tomllib.loads(lines)).auth
    assert identified(auth, key) == Principal('Касса "1"', frozenset({Role.POS}), "key")


@pytest.mark.parametrize("algorithm", ["eddsa", "hs256"])
async def test_the_lines_of_a_new_key_sign_and_check(capsys: pytest.CaptureFixture[str], algorithm: str) -> None:
    lines, _ = await printed(capsys, Auth(), new_signing_key=algorithm)
    auth = Settings.model_validate(tomllib.loads(lines)).auth
    token, _ = await printed(capsys, auth, **TILL)

    assert [key.id for key in auth.signing_keys] == [f"{NOON:%Y-%m-%d}"]
    assert identified(auth, token).roles == MAY


async def test_the_gateway_checks_without_the_half_that_signs(capsys: pytest.CaptureFixture[str]) -> None:
    lines, _ = await printed(capsys, Auth(), new_signing_key="eddsa", key_id="k")
    signs = Settings.model_validate(tomllib.loads(lines)).auth
    checks = Settings.model_validate(tomllib.loads(lines.partition("# only")[0])).auth
    token, _ = await printed(capsys, signs, **TILL)

    assert identified(checks, token).name == "till-1"
    with pytest.raises(ConfigError, match="no key that signs"):
        await printed(capsys, checks, **TILL)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"roles": (Role.POS,)}, "--name"),
        ({"name": "till\n1", "roles": (Role.POS,)}, "--name"),
        ({"name": "till-1"}, "--role"),
        ({"name": "till-1", "api_key": True}, "--role"),
        ({**TILL, "key_id": "other"}, "'other'"),
    ],
)
async def test_what_is_missing_is_named(capsys: pytest.CaptureFixture[str], wanted: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        await printed(capsys, AUTH, **wanted)
    assert capsys.readouterr().out == ""
