"""The host carries the drive's messages to the OFD and the answers back (FF30h to FF33h; protocol 1.17, pp. 47-48).

One document at a time, in their order: the next is handed out when the answer to this one was taken. Asked again, the
register begins anew with the same message. What the manual leaves open (blocks out of their order, an answer before the
message was read) is refused here.
"""

from drivers.emulators.shtrih.carriage import Carriage
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.outgoing import message_of, ticket_in
from drivers.emulators.shtrih.refuse import Refuse
from protocols.ofd.session import HEADER_SIZE, MOST_BODY
from protocols.shtrih import exchange
from protocols.shtrih.codes import Error
from protocols.shtrih.commands import Accepted
from protocols.shtrih.exchange import MOST_READ, MOST_WRITTEN


def begin_reading(device: Device, request: exchange.ReadOutgoingMessage, operator: int) -> exchange.OutgoingMessage:
    """Nothing is there for the host while the register sends by itself."""
    oldest = device.drive.find(device.drive.confirmed + 1) if device.carried else None
    message = message_of(oldest, device.drive.passport) if oldest else b""
    device.carriage = Carriage(oldest.fd if oldest else 0, message)
    return exchange.OutgoingMessage(len(message), MOST_READ)


def read_block(device: Device, request: exchange.ReadBlock, operator: int) -> exchange.Block:
    under_way, end = device.carriage, request.offset + request.count
    if not under_way.begun:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    if request.count > MOST_READ or end > len(under_way.message):
        raise Refuse(Error.BAD_PARAMETERS)
    if request.offset <= under_way.read:
        under_way.read = max(under_way.read, end)
    return exchange.Block(under_way.message[request.offset : end])


def begin_writing(device: Device, request: exchange.BeginWrite, operator: int) -> exchange.WriteAllowed:
    if not device.carriage.awaits_ticket:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    if not HEADER_SIZE <= request.size <= HEADER_SIZE + MOST_BODY:
        raise Refuse(Error.BAD_PARAMETERS)
    device.carriage.expect(request.size)
    return exchange.WriteAllowed(MOST_WRITTEN)


def write_block(device: Device, request: exchange.WriteBlock, operator: int) -> Accepted:
    """With the last block the drive looks at the answer. What it refuses is forgotten, and the message stays."""
    under_way = device.carriage
    if not under_way.size:
        raise Refuse(Error.DRIVE_WRONG_STATE)
    end = request.offset + request.count
    if (request.offset, request.count) != (len(under_way.answer), len(request.data)) or end > under_way.size:
        raise Refuse(Error.BAD_PARAMETERS)
    under_way.answer += request.data
    if end == under_way.size:
        _take(device, bytes(under_way.answer))
    return Accepted()


def _take(device: Device, answer: bytes) -> None:
    """Raises Refuse; OSError."""
    under_way, drive = device.carriage, device.drive
    under_way.expect(0)
    document = drive.find(under_way.fd)
    if document is None or under_way.fd != drive.confirmed + 1:
        raise Refuse(Error.OFD_ANSWER_REFUSED)
    drive.confirm(ticket_in(answer, document, drive.passport))
    device.carriage = Carriage()
