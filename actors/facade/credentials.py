"""What a request shows to say who it is, and how a websocket is taken that shows it in its own way.

A browser cannot give a websocket a header. It may offer subprotocols, so a token comes as a second one, `bearer.TOKEN`
beside `kassir.v1`, of which we choose the latter.
"""

from quart import Request, Websocket

from drivers.web import certificate_of
from protocols.credentials import Credentials

SUBPROTOCOL = "kassir.v1"
BEARER = "bearer."
SAYS_WHO = 4401  # of the private codes of RFC 6455 §7.4.2, after HTTP's 401


def credentials_of(of: Request | Websocket) -> Credentials:
    authorization = of.headers.get("Authorization")
    if authorization is None and isinstance(of, Websocket):
        authorization = _offered(of)
    return Credentials(authorization, certificate_of(of))


def _offered(websocket: Websocket) -> str | None:
    for offer in websocket.requested_subprotocols:
        if offer.startswith(BEARER):
            return f"Bearer {offer.removeprefix(BEARER)}"
    return None


async def take(websocket: Websocket) -> None:
    """Accepts one that offers our subprotocol: a browser wants its choice. Others are accepted by their handler."""
    if SUBPROTOCOL in websocket.requested_subprotocols:
        await websocket.accept(subprotocol=SUBPROTOCOL)
