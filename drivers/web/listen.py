"""Where clients come in, made before there is a server to serve them."""

import errno
import socket
from dataclasses import dataclass
from typing import Protocol

import trio

from drivers.web.tls import Tls

SEND_BUFFER = 256 * 1024  # bytes


class CannotListen(Exception):
    """The address cannot be listened on; the message is a sentence for a person."""


class AddressTaken(CannotListen):
    """Another program listens there already."""


def bind(host: str, port: int, *, backlog: int = 256) -> socket.socket:
    """A socket that listens on `host` (a name, IPv4 or IPv6) and `port` (0: any free one), for the caller to close.

    It outlives restarts of the server: meanwhile up to `backlog` connections queue in the kernel. Its SO_REUSEADDR
    lets a restarted process listen at once, in spite of connections in TIME_WAIT. Raises AddressTaken, CannotListen.
    """
    if not 0 <= port <= 65535:
        raise CannotListen(f"Cannot listen on {_join(host, port)}: a port is a number from 0 to 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # "localhost" is both 127.0.0.1 and ::1; clients of a till are configured with the former
        family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        listener = socket.create_server((str(address[0]), port), family=family, backlog=backlog)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressTaken(f"Another program already listens on {_join(host, port)}.") from error
        raise CannotListen(f"Cannot listen on {_join(host, port)}: {error}.") from error
    # for every connection of it: what the system keeps for a client who does not read; by itself it grows to megabytes
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return listener


def url(listener: socket.socket, scheme: str = "http") -> str:
    """The base URL of what is served on `listener`, such as `http://127.0.0.1:8000`."""
    host, port, *_ = listener.getsockname()
    return f"{scheme}://{_join(host, port)}"


class Entrance(Protocol):
    """Outlives the servers behind it: each opens a listener of its own and closes it."""

    @property
    def url(self) -> str:
        """Base URL of what is served there."""

    @property
    def tls(self) -> Tls | None:
        """What encrypts the connections; None: nothing does."""

    def listen(self) -> trio.abc.Listener[trio.abc.HalfCloseableStream]:
        """A new listener; while there is none, callers wait."""


@dataclass(frozen=True)
class SocketEntrance:
    """A bound socket, which stays the caller's."""

    socket: socket.socket
    tls: Tls | None = None

    @property
    def url(self) -> str:
        return url(self.socket, "http" if self.tls is None else "https")

    def listen(self) -> trio.SocketListener:
        # a duplicate: closing it leaves the caller's socket listening
        return trio.SocketListener(trio.socket.from_stdlib_socket(self.socket.dup()))


def _join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
