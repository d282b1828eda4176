"""On loopback the only stranger is a web page in the till's browser: it may neither post nor read.

A page elsewhere reaches 127.0.0.1 by its own name (DNS rebinding: a foreign `Host`) or openly (a foreign `Origin`).
"""

from urllib.parse import urlsplit

from quart import Request, Websocket

from actors.facade.problems import Problem

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_origin(of: Request | Websocket) -> None:
    """Raises Problem."""
    if _name(f"//{of.headers.get('Host', '')}") not in LOOPBACK:
        raise Problem(403, "FOREIGN_HOST", "The gateway answers on loopback, by its loopback name, only.")
    origin = of.headers.get("Origin")
    if origin is not None and _name(origin) not in LOOPBACK:
        raise Problem(403, "FOREIGN_ORIGIN", "Web pages of other sites may not use the gateway.")


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
