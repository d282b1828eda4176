"""TCP addresses as a person gives them for a search: a host, a host and port, or a network of up to 256 hosts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

MOST_PLACES = 1024  # in one search
SMALLEST_PREFIX = 24  # bits of a network

_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,253})(:(?P<port>[0-9]{1,5}))?")


class BadAddress(ValueError):
    """It is none; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Place:
    """`port` None: wherever registers usually are."""

    host: str
    port: int | None = None


def places(addresses: Iterable[str]) -> tuple[Place, ...]:
    """Each once, in their order. Raises BadAddress."""
    found = tuple(dict.fromkeys(place for address in addresses for place in _places(address)))
    if len(found) > MOST_PLACES:
        raise BadAddress(f"{len(found)} addresses, at most {MOST_PLACES} are searched")
    return found


def _places(address: str) -> Iterator[Place]:
    if "/" in address:
        yield from (Place(str(host)) for host in _network(address).hosts())
        return
    parts = _HOST.fullmatch(address)
    if parts is None or not 0 < int(parts["port"] or 1) <= 65_535:
        raise BadAddress(f"{address!r} is not HOST, HOST:PORT or A.B.C.0/24")
    yield Place(parts["host"].strip("[]"), int(parts["port"]) if parts["port"] else None)


def _network(address: str) -> IPv4Network:
    try:
        network = IPv4Network(address, strict=False)
    except ValueError as error:
        raise BadAddress(f"{address!r}: {error}") from error
    if network.prefixlen < SMALLEST_PREFIX:
        raise BadAddress(f"{address} has {network.num_addresses} addresses; a network is searched from /24 down")
    return network
