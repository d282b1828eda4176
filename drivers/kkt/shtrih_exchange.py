"""The fiscal drive's own messages, read out of a Штрих-М register, and the OFD's answers written into it.

None of these commands prints or makes a document, so any of them may be repeated, whatever became of it before.
"""

from drivers.errors import LinkLost
from drivers.kkt.port import AnswerNotTaken, RegisterRefused
from drivers.kkt.shtrih_link import ShtrihLink
from protocols.fiscal import OfdQueue
from protocols.ofd.session import HEADER_SIZE, MOST_BODY
from protocols.shtrih.codes import Error
from protocols.shtrih.drive import ExchangeStatus, FiscalDriveStatus, ReadExchangeStatus, ReadFiscalDriveStatus
from protocols.shtrih.exchange import MOST_READ, MOST_WRITTEN, BeginWrite, ReadBlock, ReadOutgoingMessage, WriteBlock

MOST_MESSAGE = HEADER_SIZE + MOST_BODY
_P_VERSION, _CRC = slice(6, 8), slice(28, 30)
_P_VERSIONS = {b"\x01\x01": b"\x01\x10", b"\x01\x02": b"\x01\x20"}
"""Registers write the inner protocol's version 1.1 and 1.2 wrongly; the vendor's driver puts it right where no CRC
covers it (javapos_shtrih, SMFiscalPrinterImpl)."""


async def read_message(link: ShtrihLink, password: int) -> bytes | None:
    """The message that waits for the OFD, None if none does. Raises RegisterRefused, LinkError."""
    waiting = await link.ask(ReadOutgoingMessage(password))
    if not waiting.size:
        return None
    block = min(waiting.block, MOST_READ)
    if waiting.size > MOST_MESSAGE or not block:
        raise LinkLost(f"the register has a message of {waiting.size} bytes in blocks of {waiting.block}")
    message = b""
    while len(message) < waiting.size:
        wanted = min(block, waiting.size - len(message))
        data = (await link.ask(ReadBlock(password, len(message), wanted))).data
        if len(data) != wanted:
            raise LinkLost(f"the register was asked for {wanted} bytes of a message and gave {len(data)}")
        message += data
    return _with_right_version(message)


async def write_answer(link: ShtrihLink, password: int, answer: bytes) -> None:
    """Raises AnswerNotTaken, RegisterRefused, LinkError."""
    allowed = await link.ask(BeginWrite(password, len(answer)))
    block = min(allowed.block, MOST_WRITTEN)
    if not block:
        raise LinkLost("the register takes an answer in blocks of no bytes")
    try:
        for at in range(0, len(answer), block):
            piece = answer[at : at + block]
            await link.ask(WriteBlock(password, at, len(piece), piece))
    except RegisterRefused as refusal:
        if refusal.code != Error.OFD_ANSWER_REFUSED:
            raise
        raise AnswerNotTaken(refusal.code, refusal.text, advice=refusal.advice) from None


async def read_queue(link: ShtrihLink, password: int) -> OfdQueue:
    """Raises RegisterRefused, LinkError."""
    drive = await link.ask(ReadFiscalDriveStatus(password))  # first: what is printed behind it counts as not confirmed
    return queue_of(drive, await link.ask(ReadExchangeStatus(password)))


def queue_of(drive: FiscalDriveStatus, exchange: ExchangeStatus) -> OfdQueue:
    unconfirmed = exchange.first_number if exchange.waiting else drive.last_number + 1
    return OfdQueue(drive.serial.strip(), exchange.waiting, unconfirmed)


def _with_right_version(message: bytes) -> bytes:
    right = _P_VERSIONS.get(message[_P_VERSION])
    if right is None or any(message[_CRC]):
        return message
    return message[: _P_VERSION.start] + right + message[_P_VERSION.stop :]
