"""Those who call the gateway in tests, and what they show."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from protocols.auth_settings import Auth, SigningKey
from protocols.calls import Role

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
SECRET = "0123456789abcdef0123456789abcdef"
EDDSA, HS256 = "ed-1", "hs-1"


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


_PRIVATE_KEY = base64url(PRIVATE.private_bytes_raw())
KEYS = [
    SigningKey(id=EDDSA, public_key=base64url(PUBLIC), private_key=SecretStr(_PRIVATE_KEY)),
    SigningKey(id=HS256, algorithm="hs256", secret=SecretStr(SECRET)),
]
AUTH = Auth(signing_keys=KEYS)


def claims(role: str = "pos", name: str = "till-1", *, at: datetime, minutes: float = 15) -> dict[str, Any]:
    return {
        "iss": "kassir",
        "aud": "kassir",
        "sub": name,
        "scope": role,
        "iat": int(at.timestamp()),
        "exp": int((at + timedelta(minutes=minutes)).timestamp()),
    }


def signed(said: Mapping[str, Any], kid: str = EDDSA) -> str:
    if kid == EDDSA:
        return jwt.encode(dict(said), PRIVATE, "EdDSA", headers={"kid": kid})
    return jwt.encode(dict(said), SECRET, "HS256", headers={"kid": kid})


def token(role: Role | str, name: str = "till-1", *, at: datetime | None = None, minutes: float = 15) -> str:
    """Good for so many minutes from `at` on; from now, if nothing else is said."""
    return signed(claims(str(role), name, at=at or datetime.now(UTC), minutes=minutes))


def bearer(shown: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {shown}"}
