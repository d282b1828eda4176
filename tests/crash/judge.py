"""The audit of a shop whose gateway is dead and whose faults have ended."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from drivers.emulators.fiscal.documents import CashMove, Document, Ticket
from drivers.emulators.fiscal.passport import Passport
from drivers.emulators.ofd import Taken
from drivers.store.reading import read_store
from protocols.audit.judge import audit
from protocols.audit.witnesses import OTHER, OfdEntry, OfdList, RegisterEntry, RegisterJournal, Terms, Witnesses
from protocols.receipt import Kind
from protocols.shtrih.codes import DocumentType
from protocols.till import Work
from tests.crash.till import Till

KINDS: dict[tuple[int, int], str] = {  # by type of document and operation (tag 1054)
    (DocumentType.RECEIPT, 1): Kind.SALE,
    (DocumentType.RECEIPT, 2): Kind.REFUND,
    (DocumentType.RECEIPT, 3): Kind.PURCHASE,
    (DocumentType.RECEIPT, 4): Kind.PURCHASE_REFUND,
    **{(DocumentType.CORRECTION, operation): Kind.CORRECTION for operation in (1, 2, 3, 4)},
    (DocumentType.SHIFT_OPENED, 0): Work.OPEN_SHIFT,
    (DocumentType.SHIFT_CLOSED, 0): Work.CLOSE_SHIFT,
}
SETTLED = Terms(settled=True, undecidable=frozenset())  # these registers can always tell


def judge(folder: Path, drives: Mapping[str, Path], taken: Sequence[Taken], till: Till) -> list[str]:
    """The violations, in words. `drives`: journals by pos_id; `taken`: all that the OFD has."""
    registers = tuple(RegisterJournal(pos_id, tuple(_entries(drive))) for pos_id, drive in drives.items())
    ofd = OfdList(tuple(OfdEntry(each.fn, int(each.fd), each.fp) for each in taken))
    seen = Witnesses(registers, read_store(folder / "kassir.db"), ofd, till.testimony())
    return [f"{violation.property.name}: {violation.what}" for violation in audit(seen, SETTLED)]


def _entries(drive: Path) -> Iterator[RegisterEntry]:
    first, *lines = drive.read_bytes().splitlines()
    fn = msgspec.json.decode(first, type=Passport).fn
    for line in lines:
        match msgspec.json.decode(line, type=Document | CashMove | Ticket):
            case Document() as found:
                kind = KINDS.get((found.kind, found.operation), OTHER)
                yield RegisterEntry(kind, found.total_kopecks, found.at, found.fn, found.fd, found.fp)
            case CashMove(amount_kopecks=amount, at=at):
                yield RegisterEntry(Work.CASH_IN if amount > 0 else Work.CASH_OUT, abs(amount), at, fn, None)
