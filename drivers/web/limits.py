"""What one client may take of the server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on connections and what they carry. Times are seconds, sizes are bytes."""

    connections: int = 640  # 256 viewers and all else, below 1024 file descriptors; more wait in the kernel's backlog
    connections_of_one: int = 32  # address that is not of this computer: twenty of them fill the places, not one
    head_time: float = 10.0  # from the first byte of a request (or from connecting) to the end of its head
    keep_alive: float = 75.0  # longer than clients keep idle connections, so that it is they who close first
    write_time: float = 10.0  # for each WRITE_PIECE of an answer
    linger: float = 5.0  # listening on after an early answer, see Connection
    head_size: int = 16 * 1024
    body_size: int = 2 * 1024 * 1024  # of a request that a handler has not begun to read
    message_size: int = 64 * 1024  # of one websocket message from a client
    ping_interval: float = 20.0  # finds the websocket peers that vanished without a word
