"""Register journal against store: everything on paper has its receipt, every printed receipt its paper."""

from collections.abc import Iterator
from datetime import datetime

from protocols.audit.case import PRINTED, SHIFT_REPORTS, Case, Content, Paper, content_of
from protocols.audit.properties import Property, Violation
from protocols.audit.said import error_code
from protocols.audit.witnesses import Numbers, StoredReceipt, TillRequest
from protocols.life import State
from protocols.till import CASH

FINAL = frozenset({400, 404, 405, 410, 413, 414, 415, 422})
"""Refusals that a till takes for the last word. A repeat may overcome the other 4xx: who asks, too often, too soon."""
KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
NO_ROOM = "DISK_FULL"


def stray_documents(case: Case) -> Iterator[Violation]:
    """Whatever is on paper and accounted for by nothing on disk: printed twice, or against a refusal, or unrecorded."""
    for paper in case.stray:
        found = _unrecorded(case, paper)
        if found is None and not case.is_foreign(paper):
            found = _repeated(case, paper) or _nobodys(case, paper)
        if found is not None:
            yield found


def _unrecorded(case: Case, paper: Paper) -> Violation | None:
    """A till asked for it and the store does not know."""
    asked = case.unbound.get(paper.content)
    if not asked:
        return None
    request = min(asked, key=lambda request: list(PROMISES).index(_promise(request)))
    promise = _promise(request)
    what = f"{_name(paper)} ({paper.content}) was printed, but {promise}, and nothing on disk knows of it"
    return Violation(PROMISES[promise], what, key=request.key, document=_numbers(paper))


PROMISES = {  # what the till was told of a receipt, the gravest first, and what its document breaks then
    "the till was told yes": Property.P14,
    "the till was told no": Property.P5,
    "the till was told that the key is another receipt's": Property.P7,
    "the till was told that there is no room on disk": Property.P18,
    "the till was told nothing": Property.P6,
}


def _promise(request: TillRequest) -> str:
    heard = {(outcome.status, error_code(outcome.body)) for outcome in request.outcomes}
    statuses, codes = {status for status, _ in heard}, {code for _, code in heard}
    told = (200 in statuses, bool(statuses & FINAL), KEY_REUSED in codes, NO_ROOM in codes, True)
    return next(promise for promise, kept in zip(PROMISES, told, strict=True) if kept)


def _repeated(case: Case, paper: Paper) -> Violation | None:
    """A receipt with this content was under way when it was printed, and has another document, or none by right."""
    rows = [row for row in case.rows_of.get(paper.content, []) if _could_print(case, row, paper)]
    if not rows:
        return None
    row = max(rows, key=lambda row: row.baseline.fd)
    if row.state is State.REJECTED:
        what = f"{_name(paper)} is what receipt {row.receipt_id} ({paper.content}) asked for, which was rejected"
        return Violation(Property.P5, what, row.receipt_id, row.key, _numbers(paper))
    own = f"has {row.numbers}" if row.numbers else f"is {row.state}"
    what = f"{_name(paper)} is a second {paper.content}: receipt {row.receipt_id} asked for one and {own}"
    return Violation(Property.P1, what, row.receipt_id, row.key, _numbers(paper))


def _could_print(case: Case, row: StoredReceipt, paper: Paper) -> bool:
    fd = paper.entry.fd
    if fd is None or row.baseline.fn != paper.entry.fn or row.baseline.fd >= fd:
        return False
    if case.terms.sole:
        return True
    if paper.entry.kind in SHIFT_REPORTS:  # after its own document somebody may have turned the shift at the register
        return row.fd is not None and fd < row.fd
    return fd <= case.next_baseline(row)


def _nobodys(case: Case, paper: Paper) -> Violation | None:
    if not case.terms.sole:
        return None
    what = f"{_name(paper)} ({paper.content}) was printed for no receipt on disk"
    return Violation(Property.P2, what, document=_numbers(paper))


def counted_prints(case: Case) -> Iterator[Violation]:
    """No content is on paper more often than tills asked for it: this needs no word of the gateway's."""
    if not case.terms.sole:
        return
    keys: dict[Content, set[str]] = {}
    for request in case.tills:
        keys.setdefault(content_of(request), set()).add(request.key)
    for content, times in case.printed.items():
        asked = keys.get(content, set())
        if asked and times > len(asked) and content.kind not in SHIFT_REPORTS:
            what = f"{content} was asked for under {len(asked)} keys and printed {times} times"
            yield Violation(Property.P1, what, key=next(iter(asked)) if len(asked) == 1 else None)


def printed_rows(case: Case) -> Iterator[Violation]:
    """Whatever the store calls printed is that very document on the register."""
    for row in case.rows:
        if row.state is State.REJECTED and row.numbers is not None:
            what = f"receipt {row.receipt_id} is rejected and yet has {row.numbers}"
            yield Violation(Property.P5, what, row.receipt_id, row.key, row.numbers)
        if row.state in PRINTED and row.kind not in CASH:
            yield from _row_on_paper(case, row)


def _row_on_paper(case: Case, row: StoredReceipt) -> Iterator[Violation]:
    numbers = row.numbers
    if numbers is None:
        what = f"receipt {row.receipt_id} is {row.state} and has no document"
        yield Violation(Property.P2, what, row.receipt_id, row.key)
        return
    if row.baseline.fn == numbers.fn and numbers.fd <= row.baseline.fd:
        what = f"receipt {row.receipt_id} claims {numbers}, which was there before it was printed"
        yield Violation(Property.P2, what, row.receipt_id, row.key, numbers)
    paper = case.documents.get(numbers)
    if paper is None:
        if case.can_see(numbers):
            what = f"receipt {row.receipt_id} ({content_of(row)}) claims {numbers}, which no register has"
            yield Violation(Property.P2, what, row.receipt_id, row.key, numbers)
        return
    if paper.content != content_of(row):
        what = f"receipt {row.receipt_id} ({content_of(row)}) claims {numbers}, which is a {paper.content}"
        yield Violation(Property.P2, what, row.receipt_id, row.key, numbers)
    yield from _sign_and_time(row, paper)


def _sign_and_time(row: StoredReceipt, paper: Paper) -> Iterator[Violation]:
    if None not in (row.fp, paper.entry.fp) and row.fp != paper.entry.fp:
        what = f"receipt {row.receipt_id} has the sign {row.fp}, {row.numbers} has {paper.entry.fp}"
        yield Violation(Property.P3, what, row.receipt_id, row.key, row.numbers)
    if not _same_minute(row.fiscal_at, paper.entry.at):
        what = f"receipt {row.receipt_id} says {row.fiscal_at}, {row.numbers} says {paper.entry.at}"
        yield Violation(Property.P17, what, row.receipt_id, row.key, row.numbers)


def _same_minute(one: datetime | None, other: datetime | None) -> bool:
    """The archive of a drive keeps no seconds."""
    return (
        one is None or other is None or one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)
    )


def buried_documents(case: Case) -> Iterator[Violation]:
    """What a tombstone names is on the register too."""
    for tomb in case.witnesses.store.tombstones:
        numbers = tomb.numbers
        if numbers is None or not case.can_see(numbers):
            continue
        paper = case.documents.get(numbers)
        if paper is None:
            what = f"the tombstone of key {tomb.key} names {numbers}, which no register has"
            yield Violation(Property.P2, what, key=tomb.key, document=numbers)
        elif None not in (tomb.fp, paper.entry.fp) and tomb.fp != paper.entry.fp:
            what = f"the tombstone of key {tomb.key} has the sign {tomb.fp}, {numbers} has {paper.entry.fp}"
            yield Violation(Property.P3, what, key=tomb.key, document=numbers)


def open_rows(case: Case) -> Iterator[Violation]:
    """Once faults have stopped nothing is left half done."""
    for row in case.rows if case.terms.settled else ():
        if row.state in (State.ACCEPTED, State.PRINTING):
            what = f"receipt {row.receipt_id} ({content_of(row)}) is still {row.state}"
            yield Violation(Property.P2, what, row.receipt_id, row.key)


def _numbers(paper: Paper) -> Numbers | None:
    return None if paper.entry.fd is None else Numbers(paper.entry.fn, paper.entry.fd)


def _name(paper: Paper) -> str:
    return str(_numbers(paper) or f"a slip of drive {paper.entry.fn}")
