"""Clients whose TLS handshake failed."""

from actors.facade.audit import Visitor
from actors.facade.reach import Reach
from drivers.web import HandshakeFailed
from protocols.principal import NOBODY

HANDSHAKE = "a TLS handshake"


def handshake_failed(reach: Reach, address: tuple[str, int] | None, failed: HandshakeFailed) -> None:
    """Of a stranger's certificate people must hear; of what else comes to a port only the log."""
    if failed.untrusted:
        at = "this computer" if address is None else address[0]
        visitor = Visitor(NOBODY.name, at, HANDSHAKE, HANDSHAKE, reach.new_id())
        reach.audit.refused(visitor, "an alert,", "CERTIFICATE_UNTRUSTED")
