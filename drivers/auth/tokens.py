"""Short-lived tokens (JWT, RFC 7519), signed by a key that the settings know.

The key says the algorithm, never the token: no `none`, and no public key taken for a secret. Claims are checked here
and not by PyJWT, for the clock is ours and a token that lives for long is refused however well it is signed.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import jwt
from cachetools import LRUCache
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from drivers.clock import Now
from protocols.auth_settings import Name, SigningKey
from protocols.calls import Role
from protocols.credentials import NotIdentified
from protocols.principal import Principal

AUDIENCE = "kassir"
LONGEST_LIFE = 15 * 60  # seconds: a token cannot be called back, so it must end soon
LEEWAY = 10  # seconds that two clocks may differ
LONGEST = 4096  # characters of a token
REMEMBERED = 1024  # tokens

_SIGNATURES = jwt.PyJWS()


class _Claims(BaseModel):
    """Others, such as `jti`, may stand beside them."""

    model_config = ConfigDict(strict=True)

    iss: str
    aud: Literal["kassir"]
    sub: Name
    scope: str
    iat: StrictInt
    exp: StrictInt
    nbf: StrictInt | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    algorithm: Literal["EdDSA", "HS256"]
    checks: Any = field(repr=False)  # an Ed25519PublicKey, or the bytes of a secret


class Tokens:
    """Any of the keys is good, so that a new one can be known before the old one is gone.

    Those that were taken are remembered, by their hash, until they end: a till shows the same one with every sale, and
    to check a signature takes as long as a good part of a sale.
    """

    def __init__(self, keys: Iterable[SigningKey], issuer: str, now: Now) -> None:
        self._keys = {key.id: _key_of(key) for key in keys}
        self._issuer, self._now = issuer, now
        self._taken: LRUCache[bytes, Principal] = LRUCache(REMEMBERED)

    def identify(self, token: str) -> Principal:
        """Raises NotIdentified."""
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._taken.get(digest)
        if known is None or known.expires_at is None or self._now() >= known.expires_at:
            known = self._taken[digest] = self._check(token)
        return known

    def _check(self, token: str) -> Principal:
        """Raises NotIdentified."""
        claims = _claims(self._payload(token))
        if claims.iss != self._issuer:
            raise NotIdentified("TOKEN_INVALID", "The token is of another issuer.")
        self._check_times(claims)
        roles = frozenset(Role(word) for word in claims.scope.split() if word in set(Role))
        return Principal(claims.sub, roles, "token", datetime.fromtimestamp(claims.exp + LEEWAY, UTC))

    def _payload(self, token: str) -> bytes:
        """What is signed. Raises NotIdentified."""
        if len(token) > LONGEST:
            raise _broken()
        try:
            key_id = _SIGNATURES.get_unverified_header(token).get("kid")
            key = self._keys.get(key_id) if isinstance(key_id, str) else None
            if key is None:
                raise NotIdentified("TOKEN_UNKNOWN_KEY", "The token names no key (`kid`) that is known here.")
            payload = _SIGNATURES.decode_complete(token, key.checks, [key.algorithm])["payload"]
        except (jwt.PyJWTError, ValueError, RecursionError) as error:  # the latter of JSON that is nothing but brackets
            raise _broken() from error
        return bytes(payload)

    def _check_times(self, claims: _Claims) -> None:
        """Raises NotIdentified. Whole numbers are compared: a year that no calendar knows must not become a date."""
        now = self._now().timestamp()
        if claims.exp - claims.iat > LONGEST_LIFE:
            message = f"A token lives for {LONGEST_LIFE // 60} minutes at most, from `iat` to `exp`."
            raise NotIdentified("TOKEN_LIVES_TOO_LONG", message)
        if max(claims.iat, claims.nbf or claims.iat) > now + LEEWAY:
            raise NotIdentified("TOKEN_NOT_YET", "The token is not good yet; compare the clocks.")
        if claims.exp + LEEWAY <= now:
            raise NotIdentified("TOKEN_EXPIRED", "The token has expired; get a new one.")


def _broken() -> NotIdentified:
    return NotIdentified("TOKEN_INVALID", "This is no token, or its signature is not that of its key.")


def _claims(payload: bytes) -> _Claims:
    """Raises NotIdentified."""
    try:
        return _Claims.model_validate(json.loads(payload, object_pairs_hook=_each_once))
    except ValidationError as error:
        wrong = ", ".join(sorted({str(entry["loc"][0]) for entry in error.errors() if entry["loc"]}))
        raise NotIdentified("TOKEN_INVALID", f"Claims that are missing or wrong: {wrong or 'all'}.") from error
    except (ValueError, RecursionError) as error:
        raise _broken() from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Who reads the first and who reads the last of two claims of one name would read two tokens."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _key_of(key: SigningKey) -> _Key:
    if key.algorithm == "hs256":
        return _Key("HS256", key.secret.get_secret_value().encode())
    return _Key("EdDSA", Ed25519PublicKey.from_public_bytes(raw_key(key.public_key)))


def raw_key(text: str) -> bytes:
    """The 32 bytes of a key as the settings have it."""
    return urlsafe_b64decode(text + "=")


def new_pair() -> tuple[str, str]:
    """The private and the public half of a key for EdDSA, as the settings have them."""
    private = Ed25519PrivateKey.generate()
    halves = private.private_bytes_raw(), private.public_key().public_bytes_raw()
    return urlsafe_b64encode(halves[0]).decode().rstrip("="), urlsafe_b64encode(halves[1]).decode().rstrip("=")


def sign(key: SigningKey, issuer: str, name: str, roles: Sequence[Role], *, now: datetime, lifetime: timedelta) -> str:
    """A token that is good for `lifetime` from `now` on. The key must have its private half, or be a secret."""
    begins = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": name,
        "scope": " ".join(roles),
        "iat": begins,
        "exp": begins + int(lifetime.total_seconds()),
    }
    if key.algorithm == "hs256":
        return jwt.encode(claims, key.secret.get_secret_value(), "HS256", headers={"kid": key.id})
    private = Ed25519PrivateKey.from_private_bytes(raw_key(key.private_key.get_secret_value()))
    return jwt.encode(claims, private, "EdDSA", headers={"kid": key.id})
