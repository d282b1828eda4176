"""Reads back what a register has in its fiscal drive, and changes nothing there."""

from collections.abc import Callable, Mapping

from drivers.kkt.port import Register
from protocols.audit.witnesses import OTHER, RegisterEntry, RegisterJournal
from protocols.fiscal import FiscalDocument, OtherDocument, ShiftReport

Progress = Callable[[int, int], None]
"""Hears before each document its number and that of the last."""


async def read_journal(
    register: Register, pos_id: str, first: Mapping[str, int], progress: Progress
) -> RegisterJournal:
    """The documents of the present drive, from the number that `first` has for it on; none if it has none.

    Raises LinkError, RegisterRefused.
    """
    try:
        await register.connect()
        last = (await register.status()).last
        entries = []
        for fd in range(first.get(last.fn, last.fd + 1), last.fd + 1):
            progress(fd, last.fd)
            document = await register.find(fd)
            if document is not None:  # what is missing shows as a gap in the numbers
                entries.append(_entry(last.fn, document))
        return RegisterJournal(pos_id, tuple(entries), every_drive=False, slips=False)
    finally:
        await register.close()


def _entry(fn: str, document: FiscalDocument | ShiftReport | OtherDocument) -> RegisterEntry:
    match document:
        case FiscalDocument(kind=kind, total_kopecks=total):
            return RegisterEntry(kind, total, document.fiscal_datetime, fn, document.fd, document.fp)
        case ShiftReport(kind=kind):
            return RegisterEntry(kind, 0, document.fiscal_datetime, fn, document.fd, document.fp)
        case OtherDocument():
            return RegisterEntry(OTHER, 0, None, fn, document.fd)
