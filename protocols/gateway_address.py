"""Where a gateway is, as a person names it: host, host and port, or a URL."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from protocols.places import BadAddress

PORT, SECURE_PORT = 8000, 443
SECURE = {"http": False, "ws": False, "https": True, "wss": True}


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """`secure`: over TLS."""

    host: str
    port: int
    secure: bool = False

    @classmethod
    def of(cls, text: str) -> "GatewayAddress":
        """Raises BadAddress."""
        scheme, _, rest = text.rpartition("://")
        secure = SECURE.get(scheme.lower() or "http")
        try:
            url = urlsplit(f"//{rest}")
            host, port = url.hostname, url.port
        except ValueError:
            host, port = None, None
        if secure is None or not host or url.path.strip("/") or url.query or url.username is not None or port == 0:
            raise BadAddress(f"{text!r} is not HOST, HOST:PORT or a URL such as https://shop.example:8443")
        return cls(host, port or (SECURE_PORT if secure else PORT), secure)

    @property
    def netloc(self) -> str:
        """host:port"""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
