"""A document of the drive as the message that a host carries to the OFD, and what the drive makes of the answer."""

from datetime import UTC

from msgspec.structs import replace

from drivers.emulators.fiscal.documents import Document, Ticket
from drivers.emulators.fiscal.ofd_signs import DRIVE_SIGN, answer_sign, drive_sign
from drivers.emulators.fiscal.passport import Passport
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tables import FFD_11, FFD_12, FFD_105
from drivers.emulators.shtrih.tagged import tags_of
from protocols.errors import ProtocolError
from protocols.ffd.tlv import Tlv, Unencodable, encode
from protocols.ofd import confirmation, container, session
from protocols.shtrih.codes import Error

P_VERSIONS = {FFD_105: b"\x01\x05", FFD_11: b"\x01\x10", FFD_12: b"\x01\x20"}
TRAILER = bytes(2)  # behind the sign in both messages of real drives; what they mean no source tells
MOST_DOCUMENT = session.MOST_BODY - container.HEADER_SIZE - DRIVE_SIGN - len(TRAILER)


def message_of(document: Document, passport: Passport) -> bytes:
    """Ready to be sent, the same at every call. Not encrypted, so that a test can read it."""
    told = _document(document, passport)
    body = told + drive_sign(passport.secret, told) + TRAILER
    inside = container.Container(document.kind, passport.fn, document.fd, body).encode()
    return session.Message(passport.fn, inside, p_version=P_VERSIONS[document.ffd]).encode()


def check_size(draft: Document, passport: Passport) -> None:
    """Raises Refuse for a document that no message could carry. Numbers take the same room whatever they are."""
    try:
        size = len(_document(replace(draft, fp="0"), passport))
    except Unencodable:
        raise Refuse(Error.DRIVE_TLV_TOO_LARGE) from None
    if size > MOST_DOCUMENT:
        raise Refuse(Error.DRIVE_TLV_TOO_LARGE)


def ticket_in(answer: bytes, document: Document, passport: Passport) -> Ticket:
    """Raises Refuse for what is no answer to this document, whatever is wrong with it: format, numbers or sign.

    An answer that says the document is bad (tag 1022) is a ticket too: a drive takes it and tells the register the
    code (fiscal drive protocol 1.2, 26h), and sent again the document would be no better.
    """
    try:
        carried = session.decode(answer)
        inside = container.decode(carried.body)
        told = confirmation.read(inside)
    except ProtocolError:
        raise Refuse(Error.OFD_ANSWER_REFUSED) from None
    whose = {(carried.fn, document.fd), (inside.fn, inside.fd), (told.fn, told.fd)}
    if whose != {(passport.fn, document.fd)} or told.sign != _right_sign(told, document, passport):
        raise Refuse(Error.OFD_ANSWER_REFUSED)
    return Ticket(fd=document.fd, at=told.received_at.astimezone(UTC), sign=told.sign.hex(), code=told.code)


def _right_sign(told: confirmation.Confirmation, document: Document, passport: Passport) -> bytes:
    signed = drive_sign(passport.secret, _document(document, passport))
    return answer_sign(passport.fn, document.fd, told.code, told.received_at, signed)


def _document(document: Document, passport: Passport) -> bytes:
    return encode([Tlv(document.kind, tags_of(document, passport))])
