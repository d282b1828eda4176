"""What one client may take of the server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on connections and what they carry. Times are seconds, sizes are bytes."""

    connections: int = 64  # each may carry many calls; more wait in the kernel's backlog
    connections_of_one: int = 16  # of one address of another computer
    calls: int = 100  # under way at once on one connection, the least that RFC 9113 (6.5.2) recommends
    message_size: int = 1024 * 1024  # of a request
    window: int = 2 * 1024 * 1024  # of requests that one connection has begun and not finished
    greeting_time: float = 10.0  # for the TLS handshake, and again for the first words of HTTP/2
    request_time: float = 10.0  # from a call's head to the end of its request
    write_time: float = 10.0  # for a piece of an answer, and for a client to make room for it
    quiet: float = 60.0  # after which we ask a client whether it is there
    echo_time: float = 20.0  # for its word that it is
    idle: float = 300.0  # without a call
    frames: int = 2000  # in any second, of those that are no part of a call; see COSTS
