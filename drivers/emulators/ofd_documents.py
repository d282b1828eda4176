"""What the emulated OFD knows of the documents that fiscal drives sent it, and what it answers."""

from collections import OrderedDict, deque
from datetime import datetime

from msgspec import Struct

from drivers.clock import Now
from drivers.emulators.fiscal.ofd_signs import DRIVE_SIGN, answer_sign
from protocols.ffd.tlv import NotTlv, Tlv
from protocols.ofd import session
from protocols.ofd.confirmation import Code, Confirmation
from protocols.ofd.container import Container, decode

LISTED = 5_000
"""So many of the newest can be listed; a thousand of them are about a megabyte."""
REMEMBERED = 20_000
"""So many of the newest are known when they come again."""
INN = "7700000009"  # of nobody
_FISCAL_SIGN = 1077


class Document(Struct):
    """One document as listed; `number` counts from 1, `kind` is its code (3: a receipt), `fp` its fiscal sign.

    `code` is what it was answered (tag 1022): 0, or 14 by order of a test. `message` is all that came, in hex.
    """

    number: int
    received_at: datetime
    fn: str
    fd: int
    kind: int
    fp: str
    code: int
    message: str


class _Known(Struct):
    signed: bytes
    received_at: datetime
    code: int


class Documents:
    """Each once by drive and number. `listed`: how many of the newest can be shown."""

    def __init__(self, now: Now, listed: int = LISTED) -> None:
        self._now = now
        self._known: OrderedDict[tuple[str, int], _Known] = OrderedDict()
        self._listed: deque[Document] = deque(maxlen=listed)
        self.taken, self.duplicates = 0, 0

    def take(self, message: session.Message, *, refuse: bool = False) -> session.Message:
        """The answer. Raises ProtocolError for what holds no document's header: nobody could be answered.

        The same document again gets the same answer. What cannot be read, or comes under a number that another
        document has, is answered "not recognised" and not kept.
        """
        inside = decode(message.body)
        identity = (inside.fn, inside.fd)
        signed, fiscal_sign = _signs(inside)
        known = self._known.get(identity)
        if fiscal_sign is None or (known is not None and known.signed != signed):
            return self._answer(identity, _Known(signed, self._now(), Code.NOT_RECOGNISED))
        if known is None:
            known = _Known(signed, self._now(), Code.CONTROL_FAILED if refuse else Code.ACCEPTED)
            self._keep(inside, known, fiscal_sign, message)
        else:
            self.duplicates += 1
        return self._answer(identity, known)

    def listed(self, after: int) -> list[Document]:
        """Oldest first, behind that number."""
        return [document for document in self._listed if document.number > after]

    def _keep(self, inside: Container, known: _Known, fiscal_sign: bytes, message: session.Message) -> None:
        self.taken += 1
        self._known[inside.fn, inside.fd] = known
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        self._listed.append(
            Document(
                self.taken,
                known.received_at,
                inside.fn,
                inside.fd,
                inside.code,
                f"{int.from_bytes(fiscal_sign[2:], 'big'):010}",
                known.code,
                message.encode().hex(),
            )
        )

    def _answer(self, identity: tuple[str, int], known: _Known) -> session.Message:
        fn, fd = identity
        told = Confirmation(
            INN,
            fn,
            fd,
            known.received_at,
            code=known.code,
            sign=answer_sign(fn, fd, known.code, known.received_at, known.signed),
            trailer=known.signed,
        )
        return session.message(fn, told.container().encode())


def _signs(inside: Container) -> tuple[bytes, bytes | None]:
    """The drive's sign behind the document, and the fiscal sign in it; None where the document cannot be read."""
    try:
        document, trailer = inside.document()
    except NotTlv:
        return b"", None
    return trailer[:DRIVE_SIGN], _fiscal_sign(document, inside)


def _fiscal_sign(document: Tlv, inside: Container) -> bytes | None:
    says = (document.tag, document.first(1041), document.first(1040))
    sign = document.first(_FISCAL_SIGN)
    return sign if says == (inside.code, inside.fn, inside.fd) and isinstance(sign, bytes) else None
