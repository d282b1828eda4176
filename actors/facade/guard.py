"""By which names we are called, and from whose web pages: a page in a browser of the shop may neither post nor read.

A page elsewhere reaches us by its own name (DNS rebinding: a foreign `Host`) or openly: with a foreign `Origin`, or
with none, as pictures and frames are asked for. They show it nothing, but would use up the rate of the till beside it.
"""

import re
from collections.abc import Set

from quart import Request, Websocket

from actors.facade.problems import Problem
from protocols.settings import LOOPBACK

FOREIGN = "Web pages of other sites may not use the gateway."
AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")  # no more than name and port
ENCRYPTED = {"https": "https", "wss": "https", "http": "http", "ws": "http"}  # an origin knows no ws


def check_origin(of: Request | Websocket, hosts: Set[str], origins: Set[str]) -> None:
    """`hosts`: our names. `origins`: whose pages may call us beside our own. Raises Problem."""
    host = of.headers.get("Host", "").lower()
    if _name(host) not in hosts:
        raise Problem(403, "FOREIGN_HOST", "The gateway answers by its own names only; api.hosts says which.")
    origin = of.headers.get("Origin", "").lower()
    if origin and origin not in origins and not _is_ours(origin, host, ENCRYPTED[of.scheme]):
        raise Problem(403, "FOREIGN_ORIGIN", FOREIGN)
    if not origin and _is_embedded(of):
        raise Problem(403, "FOREIGN_ORIGIN", FOREIGN)


def _is_embedded(of: Request | Websocket) -> bool:
    """Whether a browser asks for it as a part of another site's page (W3C Fetch Metadata): no link was followed."""
    if of.headers.get("Sec-Fetch-Site") != "cross-site":
        return False
    return (of.headers.get("Sec-Fetch-Mode"), of.headers.get("Sec-Fetch-Dest")) != ("navigate", "document")


def _is_ours(origin: str, host: str, scheme: str) -> bool:
    """On loopback any port: what is served there is this computer's own."""
    if {_name(origin.partition("://")[2]), _name(host)} <= LOOPBACK:
        return True
    return origin == f"{scheme}://{host}"


def _name(authority: str) -> str | None:
    found = AUTHORITY.fullmatch(authority)
    return found and found[1].strip("[]")
