"""Documents of the drive as the OFD would get them: read tag by tag (FF3Ah, FF3Bh), and the OFD's ticket (FF3Ch)."""

import hashlib
import hmac
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta

from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.queries import acknowledged, find, moment
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tagged import tags_of
from protocols.ffd.tlv import Tlv, encode
from protocols.shtrih import archive, drive
from protocols.shtrih.codes import Error

MOST_AT_ONCE = 252  # bytes of tags in one frame
TICKET_SIGN = 18  # bytes (driver: FSTicket)
UNDER_WAY = timedelta(minutes=1)  # for a document to the OFD and back


def request(device: Device, request: archive.RequestDocument, operator: int) -> archive.DocumentSize:
    """The register stays at it until the last tag was read."""
    found = find(device, request.number)
    pieces = list(_pieces(tags_of(found, device.drive.passport)))
    device.unread = deque(pieces)
    return archive.DocumentSize(found.kind, sum(map(len, pieces)))


def read(device: Device, request: archive.ReadDocumentTag, operator: int) -> archive.DocumentTag:
    """The next tag; of one that is longer than a frame, as much as goes in."""
    if not device.unread:
        raise Refuse(Error.DRIVE_NO_DATA)
    return archive.DocumentTag(device.unread.popleft())


def ticket(device: Device, request: drive.ReadOfdTicket, operator: int) -> drive.OfdTicket:
    found = find(device, request.number)
    if not acknowledged(device, found):
        raise Refuse(Error.DRIVE_NO_DATA)
    kept = device.drive.ticket(found.fd)
    if kept and kept.sign:
        return drive.OfdTicket(moment(kept.at), bytes.fromhex(kept.sign).ljust(TICKET_SIGN, b"\0"), found.fd)
    key = bytes.fromhex(device.drive.passport.secret)
    sign = hmac.digest(key, f"OFD {found.fp}".encode(), hashlib.sha256)[:TICKET_SIGN]
    return drive.OfdTicket(moment(found.at + UNDER_WAY), sign, found.fd)


def _pieces(tags: Iterable[Tlv]) -> Iterator[bytes]:
    for tag in tags:
        data = encode([tag])
        for at in range(0, len(data), MOST_AT_ONCE):
            yield data[at : at + MOST_AT_ONCE]
