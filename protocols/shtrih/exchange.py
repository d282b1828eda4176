"""Commands that carry the fiscal drive's messages to the OFD and back through the host (protocol 1.17, p. 47-48).

They take the system administrator's password.
"""

from dataclasses import dataclass
from typing import Annotated

from protocols.shtrih.codecs import U8, U16, U32, Rest
from protocols.shtrih.commands import Accepted, Command

MOST_READ = 252  # bytes of a message in one frame, beside FF 31 and the error byte
MOST_WRITTEN = 246  # beside FF 33, the password, the offset and the count


@dataclass(frozen=True)
class OutgoingMessage:
    """Answer to FF30h: the message for the OFD that waits in the drive."""

    size: U16
    """Bytes; 0 for none."""
    block: U8
    """Bytes that one FF31h may ask for."""


@dataclass(frozen=True)
class ReadOutgoingMessage(Command[OutgoingMessage], code=0xFF30, name="message for the OFD"):
    password: U32


@dataclass(frozen=True)
class Block:
    """Answer to FF31h."""

    data: Annotated[bytes, Rest()]


@dataclass(frozen=True)
class ReadBlock(Command[Block], code=0xFF31, name="read block for the OFD"):
    password: U32
    offset: U16
    count: U8


@dataclass(frozen=True)
class WriteAllowed:
    """Answer to FF32h."""

    block: U8
    """Bytes that one FF33h may carry."""


@dataclass(frozen=True)
class BeginWrite(Command[WriteAllowed], code=0xFF32, name="begin to write the OFD's answer"):
    password: U32
    size: U16


@dataclass(frozen=True)
class WriteBlock(Command[Accepted], code=0xFF33, name="write block of the OFD's answer"):
    password: U32
    offset: U16
    count: U8
    data: Annotated[bytes, Rest(most=MOST_WRITTEN)]
