"""Numbers of documents: none is missing, none is two receipts'."""

from collections.abc import Iterator

from protocols.audit.case import Case
from protocols.audit.properties import Property, Violation
from protocols.audit.witnesses import Numbers


def gaps(case: Case) -> Iterator[Violation]:
    """Each drive counts on by one."""
    last: dict[str, int] = {}
    for paper in case.papers:
        fn, fd = paper.entry.fn, paper.entry.fd
        if fd is None:
            continue
        if fn in last and fd != last[fn] + 1:
            what = f"document {fd} of drive {fn} comes after document {last[fn]}"
            yield Violation(Property.P10, what, document=Numbers(fn, fd))
        last[fn] = fd


def shared_documents(case: Case) -> Iterator[Violation]:
    """No document is two keys'."""
    owner: dict[Numbers, str] = {}
    for kept in case.kept:
        if kept.numbers is not None and owner.setdefault(kept.numbers, kept.key) != kept.key:
            what = f"{kept.numbers} belongs to the keys {owner[kept.numbers]} and {kept.key}"
            yield Violation(Property.P10, what, key=kept.key, document=kept.numbers)
