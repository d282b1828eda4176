"""What an audit says to people and to programs: how much it compared, what it could not read, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from protocols.audit.case import Case
from protocols.audit.judge import audit
from protocols.audit.properties import Violation
from protocols.audit.witnesses import Terms, Witnesses
from protocols.jsontext import dumps


@dataclass(frozen=True, slots=True)
class Compared:
    """How much there was. `delivered` None: the OFD was not asked.

    Of the register's `documents`: `ours` some receipt or tombstone names, `others` none does. `before`: so many
    numbers came before the first receipt on disk. `out_of_sight`: receipts whose drive is in no register that was read.
    """

    receipts: int
    tombstones: int
    documents: int
    ours: int
    others: int
    before: int
    out_of_sight: int
    delivered: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """`unread`: a sentence for each witness that could not be asked."""

    compared: Compared
    violations: list[Violation]
    unread: list[str]


def report(witnesses: Witnesses, terms: Terms, unread: list[str]) -> Report:
    return Report(_compare(Case(witnesses, terms)), audit(witnesses, terms), unread)


def _compare(case: Case) -> Compared:
    ours = sum(numbers in case.owned for numbers in case.documents)
    hidden = [kept for kept in case.kept if kept.numbers is not None and not case.can_see(kept.numbers)]
    drives = {numbers.fn for numbers in case.documents}
    return Compared(
        receipts=len(case.rows),
        tombstones=len(case.witnesses.store.tombstones),
        documents=len(case.documents),
        ours=ours,
        others=len(case.documents) - ours,
        before=sum(case.first[fn] - 1 for fn in sorted(drives) if fn in case.first),
        out_of_sight=len(hidden),
        delivered=None if case.witnesses.ofd is None else len(case.witnesses.ofd.entries),
    )


def as_text(of: Report) -> str:
    return "\n".join(_lines(of)) + "\n"


def _lines(of: Report) -> Iterator[str]:
    compared = of.compared
    yield f"on disk: {compared.receipts} receipts, {compared.tombstones} cleaned up"
    yield (
        f"on the register: {compared.documents} documents, {compared.ours} of them of these receipts,"
        f" {compared.others} of others; {compared.before} more came before the first receipt on disk"
    )
    if compared.out_of_sight:
        yield f"not compared: {compared.out_of_sight} receipts on drives that no register read here has"
    if compared.delivered is not None:
        yield f"at the OFD: {compared.delivered} documents"
    for sentence in of.unread:
        yield f"not read: {sentence}"
    for violation in of.violations:
        yield f"{violation.property.name} {violation.what} (promised: {violation.property.value})"
    if not of.violations:
        yield "nothing wrong" if not of.unread else "nothing wrong in what could be read"


def as_json(of: Report) -> bytes:
    names = Compared.__slots__
    return dumps(
        {
            "compared": {name: getattr(of.compared, name) for name in names},
            "unread": of.unread,
            "violations": [_violation(each) for each in of.violations],
        }
    )


def _violation(of: Violation) -> dict[str, Any]:
    document = of.document and {"fn": of.document.fn, "fd": of.document.fd}
    return {
        "property": of.property.name,
        "promised": of.property.value,
        "what": of.what,
        "receipt_id": of.receipt_id,
        "key": of.key,
        "document": document,
    }
