"""`run.py token`: tokens, API keys, and the keys that sign tokens. All is printed, nothing is kept."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from typing import Literal

from pydantic import ValidationError

from drivers.auth.keys import RANDOM_BYTES, digest, new_api_key
from drivers.auth.tokens import new_pair, sign
from drivers.clock import Now, utc_now
from drivers.config import ConfigError
from protocols.auth_settings import ApiKey, Auth, SigningKey
from protocols.calls import Role

Algorithm = Literal["eddsa", "hs256"]


@dataclass(frozen=True)
class Wanted:
    """As the command line has it. `new_signing_key`: by which algorithm; else an API key; else a token."""

    name: str = ""
    roles: Sequence[Role] = ()
    minutes: int = 15
    key_id: str | None = None
    api_key: bool = False
    new_signing_key: Algorithm | None = None


async def issue(auth: Auth, wanted: Wanted, now: Now = utc_now) -> None:
    """Prints what was asked for. Raises ConfigError."""
    if wanted.new_signing_key is not None:
        print(_signing_key(wanted.new_signing_key, wanted.key_id or f"{now():%Y-%m-%d}"))
        return
    checked = _checked(wanted)
    if not wanted.api_key:
        print(_token(auth, checked, wanted, now))
        return
    key = new_api_key()
    print(f"The key, which is shown this once; it is sent as `Authorization: Bearer KEY`:\n{key}\n", file=sys.stderr)
    print(_entry(checked, key))  # alone on stdout: `>> config.toml` must not keep the key itself


def _checked(wanted: Wanted) -> ApiKey:
    """A name and roles that the settings would take. Raises ConfigError."""
    try:
        return ApiKey(name=wanted.name, sha256=digest(""), roles=frozenset(wanted.roles))
    except ValidationError as error:
        wrong = {str(entry["loc"][0]): entry["msg"] for entry in error.errors()}
        raise ConfigError(
            "; ".join(f"--{key.replace('roles', 'role')}: {said}" for key, said in wrong.items())
        ) from None


def _token(auth: Auth, caller: ApiKey, wanted: Wanted, now: Now) -> str:
    key = _signing(auth, wanted.key_id)
    lifetime = timedelta(minutes=wanted.minutes)
    return sign(key, auth.issuer, caller.name, sorted(caller.roles), now=now(), lifetime=lifetime)


def _signing(auth: Auth, key_id: str | None) -> SigningKey:
    """The last one that can sign, or that of `key_id`. Raises ConfigError."""
    able = [key for key in auth.signing_keys if key.private_key.get_secret_value() or key.secret.get_secret_value()]
    found = [key for key in able if key_id in (None, key.id)]
    if not found:
        which = "that signs" if key_id is None else f"{key_id!r} that signs"
        raise ConfigError(f"auth.signing_keys: there is no key {which}: eddsa needs its private_key, hs256 its secret")
    return found[-1]


def _entry(caller: ApiKey, key: str) -> str:
    lines = [
        "[[auth.api_keys]]",
        f"name = {_text(caller.name)}",
        f'sha256 = "{digest(key)}"',
        f"roles = {json.dumps(sorted(caller.roles))}",
    ]
    return "\n".join(lines)


def _signing_key(algorithm: Algorithm, key_id: str) -> str:
    lines = ["[[auth.signing_keys]]", f"id = {_text(key_id)}", f'algorithm = "{algorithm}"']
    if algorithm == "hs256":
        lines += ["# whoever knows it signs:", f'secret = "{token_urlsafe(RANDOM_BYTES)}"']
    else:
        private, public = new_pair()
        lines += [f'public_key = "{public}"', "# only where tokens are signed, and nowhere else:"]
        lines += [f'private_key = "{private}"']
    return "\n".join(lines)


def _text(words: str) -> str:
    """As TOML has it, whose plain strings are those of JSON."""
    return json.dumps(words, ensure_ascii=False)
