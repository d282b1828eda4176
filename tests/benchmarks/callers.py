"""Who sells in a benchmark: nobody in particular, or a till with an API key or a token, the same to both processes."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from drivers.auth.keys import PREFIX, digest
from drivers.auth.tokens import sign
from drivers.clock import utc_now
from protocols.auth_settings import ApiKey, Auth, SigningKey
from protocols.calls import Role

NAME, ROLES = "till", frozenset({Role.POS})
API_KEY = PREFIX + "A" * 43
LIVES_FOR = timedelta(minutes=15)


def _text(key: bytes) -> str:
    return urlsafe_b64encode(key).decode().rstrip("=")


_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
SIGNING_KEY = SigningKey(
    id="benchmark",
    public_key=_text(_PRIVATE.public_key().public_bytes_raw()),
    private_key=SecretStr(_text(_PRIVATE.private_bytes_raw())),
)
SETTINGS = {
    "nobody": Auth(),
    "key": Auth(api_keys=[ApiKey(name=NAME, sha256=digest(API_KEY), roles=ROLES)]),
    "token": Auth(signing_keys=[SIGNING_KEY]),
}


def _token() -> str:
    """A new one, for it lives no longer than a long benchmark takes."""
    return sign(SIGNING_KEY, Auth().issuer, NAME, sorted(ROLES), now=utc_now(), lifetime=LIVES_FOR)


CREDENTIALS: dict[str, Callable[[], str]] = {"nobody": str, "key": lambda: API_KEY, "token": _token}


def header_of(caller: str) -> str:
    """The line of a request's head that says who it is; empty if nobody does."""
    credential = CREDENTIALS[caller]()
    return f"Authorization: Bearer {credential}\r\n" if credential else ""
