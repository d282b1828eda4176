"""How many of the places each address holds, so that one of them cannot take them all."""

from collections import Counter
from ipaddress import IPv6Address, ip_address

import structlog
import trio

from drivers.web.peer import address_of

log = structlog.get_logger()


class Shares:
    """At most `most` connections of one address at once. This computer has no bound: its places are its own."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._connections: Counter[str] = Counter()
        self._turned_away: set[str] = set()  # and not yet down to half of it

    def enter(self, address: str | None) -> bool:
        """False if it has its full number; then nothing was counted."""
        if address is None:
            return True
        if self._connections[address] < self._most:
            self._connections[address] += 1
            return True
        if address not in self._turned_away:
            self._turned_away.add(address)
            log.warning("address_turned_away", address=address, connections=self._most)
        return False

    def leave(self, address: str | None) -> None:
        if address is None:
            return
        self._connections[address] -= 1
        if self._connections[address] <= self._most // 2:  # one that comes and goes at the bound is one flood
            self._turned_away.discard(address)
        if not self._connections[address]:
            del self._connections[address]  # whoever was here once is not remembered


def stranger(stream: trio.abc.Stream) -> str | None:
    """The address of a client on another computer; None of one on this, and of what is no socket or gone already."""
    address = address_of(stream)
    return None if address is None or not address[0] or is_loopback(address[0]) else address[0]


def is_loopback(host: str) -> bool:
    """Also in the disguise of IPv6. `host` may carry a zone."""
    address = ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
