"""The fiscal drive (ФН): numbers documents, signs them and keeps them for good.

Its journal is one file of JSON lines: the passport first, then one line an entry, each on disk before `append`
returns. Nothing removes a document but deleting the file.
"""

import hashlib
import hmac
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self, TypeAlias, TypeVar

import msgspec

from drivers.emulators.fiscal.counters import Counters
from drivers.emulators.fiscal.documents import CashMove, Document, Ticket
from drivers.emulators.fiscal.journal import Journal
from drivers.emulators.fiscal.passport import Passport, invent
from protocols.shtrih.codes import DocumentType

T = TypeVar("T")
Entry: TypeAlias = Document | CashMove | Ticket
SALES = (DocumentType.RECEIPT, DocumentType.CORRECTION)  # what counts as a receipt of the shift


class DriveCorrupt(Exception):
    """The journal is no journal of a drive, or was edited by hand; the message names the line, from 1."""


class Drive:
    """One fiscal drive, registered, its shift 1 open from the start.

    A real drive numbers its registration and its first shift report; this one has nothing behind it, so that its
    first receipt is document 1. Later shift reports take numbers like any document. Cash put in and taken out, which
    a real register keeps in a memory of its own, lies in the same journal. Memory: 16 bytes an entry.

    `confirmed` is the last document that has a ticket of the OFD, 0 where none has. Of a register that sends by itself
    no tickets are kept.
    """

    def __init__(self, path: Path, *, now: datetime) -> None:
        """Opens the journal at `path`, or registers a new drive at `now`. Raises OSError; DriveCorrupt."""
        self._journal = Journal(path)
        self._lines = array("Q")  # of the documents, by number less one
        self._slips = array("Q")
        self._tickets = array("Q")
        self._ticketed = array("Q")  # the numbers that those tickets are of
        try:
            self._replay(now)
        except BaseException:
            self._journal.close()
            raise

    def _replay(self, now: datetime) -> None:
        lines = self._journal.replay()
        first = next(lines, None)
        self.passport: Passport = invent(now) if first is None else _decode(first, _PASSPORT, 0)
        self.counters = Counters(self.passport.registered_at)
        for number, line in enumerate(lines, 1):
            self._count(_decode(line, _ENTRY, number), number)
        if first is None:
            self._journal.append(msgspec.json.encode(self.passport))

    def append(self, draft: Document) -> Document:
        """The document as it is kept from now on. Raises OSError: it may be there or not."""
        done = self.counters
        numbered = msgspec.structs.replace(
            draft,
            fd=done.fd + 1,
            fn=self.passport.fn,
            rnm=self.passport.rnm,
            shift_number=done.shift_number + (draft.kind == DocumentType.SHIFT_OPENED),
            receipt_number=done.receipt_number + 1 if draft.kind in SALES else 0,
        )
        document = msgspec.structs.replace(numbered, fp=self._sign(numbered))
        self._write(document)
        return document

    def move_cash(self, draft: CashMove) -> CashMove:
        """The slip as it is kept. Raises OSError: it may be there or not."""
        done = self.counters
        slip = msgspec.structs.replace(draft, fn=self.passport.fn, shift_number=done.shift_number, after_fd=done.fd)
        self._write(slip)
        return slip

    def confirm(self, draft: Ticket) -> None:
        """Raises OSError: it may be there or not."""
        self._write(msgspec.structs.replace(draft, fn=self.passport.fn))

    @property
    def confirmed(self) -> int:
        return self._ticketed[-1] if self._ticketed else 0

    def ticket(self, fd: int) -> Ticket | None:
        """The OFD's ticket for this very document."""
        place = bisect_left(self._ticketed, fd)
        if place == len(self._ticketed) or self._ticketed[place] != fd:
            return None
        line = self._tickets[place]
        return _decode(self._journal[line], _TICKET, line)

    def find(self, fd: int) -> Document | None:
        """The document with this number, None where there is none."""
        return next(self.after(fd - 1, 1), None) if fd > 0 else None

    def last_sale(self) -> Document | None:
        """The newest receipt or correction, None where there is none. Looks through all that came behind it."""
        backwards = (self.find(fd) for fd in range(self.counters.fd, 0, -1))
        return next((each for each in backwards if each and each.kind in SALES), None)

    def after(self, fd: int, limit: int) -> Iterator[Document]:
        """Up to `limit` documents with greater numbers than `fd`, oldest first."""
        first = max(fd, 0)
        for line in self._lines[first : first + limit]:
            yield _decode(self._journal[line], _DOCUMENT, line)

    def slips_after(self, fd: int, limit: int) -> Iterator[CashMove]:
        """The cash slips behind that document and the `limit - 1` that follow it, oldest first."""
        before = self._line_of(fd + limit)
        for line in self._slips[bisect_left(self._slips, self._line_of(fd)) :]:
            if line > before:
                return
            yield _decode(self._journal[line], _SLIP, line)

    def _line_of(self, fd: int) -> int:
        """Where in the journal the document stands, or would."""
        if fd <= 0:
            return 0
        return self._lines[fd - 1] if fd <= len(self._lines) else len(self._journal)

    def close(self) -> None:
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, entry: Entry) -> None:
        self._journal.append(msgspec.json.encode(entry))
        self._count(entry, len(self._journal) - 1)

    def _count(self, entry: Entry, line: int) -> None:
        if isinstance(entry, Ticket):
            self._count_ticket(entry, line)
            return
        if isinstance(entry, Document):
            if entry.fd != self.counters.fd + 1:
                raise DriveCorrupt(f"line {line + 1}: document {entry.fd} stands behind document {self.counters.fd}")
            self._lines.append(line)
        else:
            self._slips.append(line)
        self.counters.count(entry)

    def _count_ticket(self, ticket: Ticket, line: int) -> None:
        if not self.confirmed < ticket.fd <= self.counters.fd:
            last, whose = self.counters.fd, f"the ticket of document {ticket.fd}"
            raise DriveCorrupt(f"line {line + 1}: {whose} stands behind that of {self.confirmed} and document {last}")
        self._tickets.append(line)
        self._ticketed.append(ticket.fd)

    def _sign(self, document: Document) -> str:
        """Ten digits of a 32-bit number. The same receipt once more is another document, so it gets another sign."""
        key = bytes.fromhex(self.passport.secret)
        digest = hmac.digest(key, msgspec.json.encode(document), hashlib.sha256)
        return f"{int.from_bytes(digest[:4], 'big'):010}"


_PASSPORT = msgspec.json.Decoder(Passport)
_DOCUMENT = msgspec.json.Decoder(Document)
_SLIP = msgspec.json.Decoder(CashMove)
_TICKET = msgspec.json.Decoder(Ticket)
_ENTRY: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Document | CashMove | Ticket)


def _decode(data: bytes, decoder: msgspec.json.Decoder[T], line: int) -> T:
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, ValueError) as error:
        raise DriveCorrupt(f"line {line + 1}: {error}") from error
