"""API keys: 256 random bits each, known here by their SHA-256."""

from collections.abc import Iterable
from hashlib import sha256
from secrets import token_urlsafe

from drivers.clock import Now
from protocols.auth_settings import ApiKey
from protocols.credentials import NotIdentified
from protocols.principal import Principal

PREFIX = "kassir_"
RANDOM_BYTES = 32


def new_api_key() -> str:
    return PREFIX + token_urlsafe(RANDOM_BYTES)


def digest(key: str) -> str:
    """As the settings know it. No slow hash: nobody finds 256 random bits by trying, whatever a try costs."""
    return sha256(key.encode()).hexdigest()


class ApiKeys:
    """Found by its hash: whoever measures how long that takes learns of a hash, which leads to no key."""

    def __init__(self, known: Iterable[ApiKey], now: Now) -> None:
        self._known, self._now = {key.sha256: key for key in known}, now

    def identify(self, key: str) -> Principal:
        """Raises NotIdentified."""
        known = self._known.get(digest(key))
        if known is None:
            raise NotIdentified("API_KEY_UNKNOWN", "There is no such API key.")
        if known.expires is not None and self._now() >= known.expires:
            raise NotIdentified("API_KEY_EXPIRED", f"This API key was good until {known.expires.isoformat()}.")
        return Principal(known.name, known.roles, "key", known.expires)
