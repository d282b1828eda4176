"""The OFD's list against register and store: what was printed, once, in order."""

from collections.abc import Iterator

from protocols.audit.case import Case
from protocols.audit.properties import Property, Violation
from protocols.audit.witnesses import Numbers, OfdList, StoredReceipt
from protocols.life import State
from protocols.receipt import Kind

RECEIPTS = frozenset(Kind)  # what goes to the OFD


def listed_documents(case: Case) -> Iterator[Violation]:
    """What the OFD took is on the register, and listed once."""
    seen: set[Numbers] = set()
    for entry in _list(case).entries:
        numbers, paper = entry.numbers, case.documents.get(entry.numbers)
        if numbers in seen:
            yield Violation(Property.P9, f"the OFD lists {numbers} twice", document=numbers)
        seen.add(numbers)
        if paper is None and case.can_see(numbers):
            yield Violation(Property.P9, f"the OFD lists {numbers}, which no register has", document=numbers)
        elif paper is not None and paper.entry.fp not in (None, entry.fp):
            what = f"the OFD lists {numbers} with the sign {entry.fp}; on the register it is {paper.entry.fp}"
            yield Violation(Property.P9, what, document=numbers)
        elif case.terms.sole and numbers not in case.owned and numbers not in case.terms.strangers:
            yield Violation(Property.P9, f"the OFD lists {numbers}, of which nothing is on disk", document=numbers)


def delivery_order(case: Case) -> Iterator[Violation]:
    """Each drive's documents come in their order; one that was a dead letter comes when a person sends it."""
    in_order = {row.numbers for row in case.rows if all(event.state is not State.DEAD for event in row.events)}
    last: dict[str, int] = {}
    for entry in _list(case).entries:
        if entry.numbers not in in_order:
            continue
        before = last.setdefault(entry.fn, 0)
        if entry.fd < before:
            what = f"the OFD got {entry.numbers} after document {before}"
            yield Violation(Property.P9, what, document=entry.numbers)
        last[entry.fn] = max(entry.fd, before)


def deliveries(case: Case) -> Iterator[Violation]:
    """What the store calls delivered the OFD lists; once all has drained, whatever is no dead letter."""
    if not _list(case).whole or case.witnesses.ofd is None:
        return
    listed = {entry.numbers for entry in _list(case).entries}
    for kept in case.on_disk.values():
        if kept.numbers in listed or kept.numbers is None:
            continue
        if kept.state is State.SYNCED:
            what = f"receipt {kept.receipt_id} is said to be delivered; the OFD does not list {kept.numbers}"
            yield Violation(Property.P9, what, kept.receipt_id, kept.key, kept.numbers)
        elif case.terms.settled and isinstance(kept, StoredReceipt) and _waits(kept):
            what = f"receipt {kept.receipt_id} is {kept.state}; the OFD does not list {kept.numbers}"
            yield Violation(Property.P9, what, kept.receipt_id, kept.key, kept.numbers)


def _waits(row: StoredReceipt) -> bool:
    return row.kind in RECEIPTS and row.state in (State.PENDING, State.SYNCING)


def _list(case: Case) -> OfdList:
    return case.witnesses.ofd or OfdList(())
