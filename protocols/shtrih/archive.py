"""Commands that read a document of the fiscal drive whole, tag by tag, and how much room the drive has left."""

from dataclasses import dataclass
from typing import Annotated

from protocols.shtrih.codecs import U16, U32, MaybeU8, Rest
from protocols.shtrih.commands import Command


@dataclass(frozen=True)
class DocumentSize:
    """Answer to FF3Ah."""

    type: U16
    length: U16
    """Bytes of tags, to be read by FF3Bh."""


@dataclass(frozen=True)
class RequestDocument(Command[DocumentSize], code=0xFF3A, name="request document"):
    """Desktop registers then stay in mode 1 until the last tag is read (driver: checkEcrMode)."""

    password: U32
    number: U32


@dataclass(frozen=True)
class DocumentTag:
    """Answer to FF3Bh: one tag, header and value; nothing or a refusal 08h behind the last."""

    tlv: Annotated[bytes, Rest()]


@dataclass(frozen=True)
class ReadDocumentTag(Command[DocumentTag], code=0xFF3B, name="read document tag"):
    password: U32


@dataclass(frozen=True)
class FreeResource:
    """Answer to FF63h."""

    documents: U32
    """That the archive still takes."""
    kilobytes: U32
    """For messages that the OFD has not taken yet."""
    notifications: MaybeU8 = None
    """Per cent of the room for marking notifications."""


@dataclass(frozen=True)
class ReadFreeResource(Command[FreeResource], code=0xFF63, name="free resource of the drive"):
    password: U32
