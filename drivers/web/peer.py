"""Who is at the other end of a connection, as far as the connection itself can tell."""

from dataclasses import dataclass, field
from typing import Any

import trio
from quart import Request, Websocket

from drivers.web.tls import Certificate

CERTIFICATE = "certificate"  # of a connection's state, which each of its requests sees


@dataclass(frozen=True)
class Peer:
    """`address`: host and port. `certificate`: see `protocols.credentials`; None also where nothing is encrypted."""

    address: tuple[str, int] | None = None
    certificate: Certificate | None = field(default=None, repr=False)
    secure: bool = False


def address_of(stream: trio.abc.Stream) -> tuple[str, int] | None:
    """None of what is no connection of the network, or is gone already."""
    if not isinstance(stream, trio.SocketStream):
        return None
    try:
        host, port, *_ = stream.socket.getpeername()
    except OSError:
        return None
    return str(host), int(port)


def certificate_of(request: Request | Websocket) -> Certificate | None:
    """What its client showed in the handshake."""
    state: dict[str, Any] = request.scope.get("state") or {}
    found: Certificate | None = state.get(CERTIFICATE)
    return found
