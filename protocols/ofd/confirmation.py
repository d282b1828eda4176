"""Document 7: the OFD has a document, or has something against it (order ММВ-7-20/229@, table 34)."""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from msgspec import Struct

from protocols.errors import ProtocolError
from protocols.ffd.tlv import NotTlv, Tlv, encode
from protocols.ofd.container import Container

CONFIRMATION = 7  # code of the document
SIGN_SIZE = 8
"""Bytes of the OFD's sign behind the document. Behind a register's own document stand two more, of zeros."""


class Code(IntEnum):
    """Tag 1022."""

    ACCEPTED = 0
    NOT_RECOGNISED = 11  # what is in the document cannot be read; sent again it will be no better
    CONTROL_FAILED = 14  # format and logic: the user must be warned


class NotAConfirmation(ProtocolError):
    """The container holds no confirmation that can be read; the message says why."""


class Confirmation(Struct, frozen=True):
    """The OFD's word about document `fd`. `sign` is tag 1078, empty where there is none; `trailer` follows it all.

    `code` is None where the answer has none, which means accepted; `warnings` is tag 1206, to be shown to the user.
    """

    ofd_inn: str
    fn: str
    fd: int
    received_at: datetime
    code: int | None = None
    warnings: int | None = None
    sign: bytes = b""
    trailer: bytes = b""

    @property
    def accepted(self) -> bool:
        return not self.code

    def container(self) -> Container:
        """Raises Unencodable."""
        return Container(CONFIRMATION, self.fn, self.fd, encode([Tlv(CONFIRMATION, self._tags())]) + self.trailer)

    def _tags(self) -> tuple[Tlv, ...]:
        utc = self.received_at.astimezone(UTC).replace(tzinfo=None)
        tags = [Tlv(1017, self.ofd_inn), Tlv(1041, self.fn), Tlv(1040, self.fd), Tlv(1012, utc)]
        if self.sign:
            tags.append(Tlv(1078, self.sign))
        if self.code is not None:
            tags.append(Tlv(1068, (Tlv(1022, self.code),)))
        if self.warnings is not None:
            tags.append(Tlv(1206, self.warnings))
        return tuple(tags)


def read(container: Container) -> Confirmation:
    """Raises NotAConfirmation, also where the body is encrypted, as a real OFD's is."""
    if container.code != CONFIRMATION:
        raise NotAConfirmation(f"document {container.code}, and a confirmation is {CONFIRMATION}")
    try:
        document, trailer = container.document()
    except NotTlv as error:
        raise NotAConfirmation(f"no document that can be read: {error}") from error
    if document.tag != CONFIRMATION:
        raise NotAConfirmation(f"tag {document.tag}, and a confirmation is {CONFIRMATION}")
    return Confirmation(
        ofd_inn=_needed(document, 1017),
        fn=_needed(document, 1041),
        fd=_needed(document, 1040),
        received_at=_needed(document, 1012).replace(tzinfo=UTC),
        code=_code(document),
        warnings=document.first(1206),
        sign=document.first(1078) or b"",
        trailer=trailer,
    )


def _needed(document: Tlv, tag: int) -> Any:
    value = document.first(tag)
    if value is None:
        raise NotAConfirmation(f"tag {tag} is missing")
    return value


def _code(document: Tlv) -> int | None:
    told = Tlv(1068, document.first(1068) or ())
    return told.first(1022)  # type: ignore[no-any-return]
