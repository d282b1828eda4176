"""The one who is asked whether he knows a caller."""

from typing import Protocol

from drivers.auth.certificates import Certificates
from drivers.auth.keys import PREFIX, ApiKeys
from drivers.auth.tokens import Tokens
from drivers.clock import Now
from protocols.credentials import Credentials, NotIdentified
from protocols.principal import LOCAL, Principal
from protocols.settings import Settings


class Doorkeeper(Protocol):
    @property
    def asks(self) -> bool:
        """Whether a caller must say who it is."""

    def identify(self, credentials: Credentials) -> Principal:
        """Who it is. Raises NotIdentified."""


class OpenDoor:
    """Where nobody is asked, everybody is the owner of this computer."""

    asks = False

    def identify(self, credentials: Credentials) -> Principal:
        return LOCAL


class GuardedDoor:
    """What stands in the header goes before the certificate: it says more exactly who is meant."""

    asks = True

    def __init__(self, tokens: Tokens, keys: ApiKeys, certificates: Certificates) -> None:
        self._tokens, self._keys, self._certificates = tokens, keys, certificates

    def identify(self, credentials: Credentials) -> Principal:
        if credentials.authorization is not None:
            bearer = _bearer(credentials.authorization)
            return self._keys.identify(bearer) if bearer.startswith(PREFIX) else self._tokens.identify(bearer)
        if credentials.certificate is not None:
            return self._certificates.identify(credentials.certificate)
        message = "Say who you are: with a token, an API key or a client certificate."
        raise NotIdentified("CREDENTIALS_MISSING", message)


def _bearer(authorization: str) -> str:
    """Raises NotIdentified."""
    scheme, _, rest = authorization.strip().partition(" ")
    bearer = rest.strip()
    if scheme.lower() != "bearer" or not bearer:
        raise NotIdentified("AUTHORIZATION_INVALID", "The header Authorization is not `Bearer TOKEN`.")
    return bearer


def make_doorkeeper(settings: Settings, now: Now) -> Doorkeeper:
    auth = settings.auth
    if not auth.asks:
        return OpenDoor()
    tokens = Tokens(auth.signing_keys, auth.issuer, now)
    return GuardedDoor(tokens, ApiKeys(auth.api_keys, now), Certificates(auth.certificates, now))
