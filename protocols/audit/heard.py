"""What the tills heard, against the store and the register: an answer is true, stays the same, and is on disk."""

from collections.abc import Iterator

from protocols.audit.case import PRINTED, Case, content_of
from protocols.audit.paper import FINAL, KEY_REUSED
from protocols.audit.properties import Property, Violation
from protocols.audit.said import error_code, read_answer
from protocols.audit.witnesses import StoredReceipt, TillRequest, Tombstone
from protocols.life import State
from protocols.till import CASH


def named_documents(case: Case) -> Iterator[Violation]:
    """Each 200 names the document that carries what was asked for."""
    for request in case.tills:
        for body in dict.fromkeys(outcome.body for outcome in request.outcomes if outcome.status == 200):
            yield from _names_its_document(case, request, body)


def _names_its_document(case: Case, request: TillRequest, body: bytes | None) -> Iterator[Violation]:
    named = read_answer(body)
    if named is None:
        if request.kind not in CASH:
            what = f"the answer to key {request.key} ({content_of(request)}) names no document"
            yield Violation(Property.P3, what, key=request.key)
        return
    paper = case.documents.get(named.numbers)
    if paper is None:
        if case.can_see(named.numbers):
            what = f"the answer to key {request.key} names {named.numbers}, which no register has"
            yield Violation(Property.P3, what, key=request.key, document=named.numbers)
    elif paper.content != content_of(request):
        what = f"key {request.key} asked for {content_of(request)}; its answer names {named.numbers}: {paper.content}"
        yield Violation(Property.P3, what, key=request.key, document=named.numbers)
    elif paper.entry.fp not in (None, named.fp):
        what = f"the answer to key {request.key} has the sign {named.fp}, {named.numbers} has {paper.entry.fp}"
        yield Violation(Property.P3, what, key=request.key, document=named.numbers)


def stored_answers(case: Case) -> Iterator[Violation]:
    """What will be said to whoever repeats the request names the same document as its row."""
    for kept in case.kept:
        named = read_answer(kept.answer)
        if named is not None and (kept.numbers != named.numbers or kept.fp not in (None, named.fp)):
            what = f"the answer kept for key {kept.key} names {named.numbers}, sign {named.fp}; the store says"
            what += f" {kept.numbers}, sign {kept.fp}"
            yield Violation(Property.P3, what, key=kept.key, document=named.numbers)


def same_answers(case: Case) -> Iterator[Violation]:
    """All answers to one key and body are the same bytes; a yes never becomes a no."""
    for request in case.tills:
        yes = {outcome.body for outcome in request.outcomes if outcome.status == 200}
        if len(yes) > 1:
            yield Violation(Property.P4, f"key {request.key} was answered in {len(yes)} ways", key=request.key)
        no = [outcome.status for outcome in request.outcomes if outcome.status in FINAL]
        if yes and no:
            yield Violation(Property.P4, f"key {request.key} was answered 200 and {no[0]}", key=request.key)


def answers_on_disk(case: Case) -> Iterator[Violation]:
    """Whatever a till was told for good can be told again."""
    for request in case.tills:
        kept = case.on_disk.get(request.key)
        told = [outcome for outcome in request.outcomes if outcome.status == 200]
        if kept is None or case.bound.get(request.key) is not request:
            if told and kept is None:
                what = f"key {request.key} ({content_of(request)}) was answered 200 and is not on disk"
                yield Violation(Property.P14, what, key=request.key)
            continue
        if told and (kept.state not in PRINTED or kept.answer is None):
            what = f"key {request.key} was answered 200; receipt {kept.receipt_id} is {kept.state} on disk"
            yield Violation(Property.P14, what, kept.receipt_id, request.key)
        elif _differs(request, kept):
            what = f"key {request.key} heard another answer than the one on disk"
            yield Violation(Property.P4, what, key=request.key)


def _differs(request: TillRequest, kept: StoredReceipt | Tombstone) -> bool:
    """A refusal of what was never bound is made anew each time, with a number of its own; one on disk is not."""
    final = 422 if kept.state is State.REJECTED else 200
    return any(outcome.status == final and outcome.body != kept.answer for outcome in request.outcomes)


def refused_receipts(case: Case) -> Iterator[Violation]:
    """Who heard a final no has no receipt."""
    for key, request in case.bound.items():
        kept = case.on_disk[key]
        no = [outcome.status for outcome in request.outcomes if outcome.status in FINAL]
        if no and kept.state in PRINTED:
            what = f"key {key} was refused with {no[0]}, and its receipt {kept.receipt_id} is {kept.state}"
            yield Violation(Property.P5, what, kept.receipt_id, key, kept.numbers)


def used_keys(case: Case) -> Iterator[Violation]:
    """One key, one body: the others are refused, and the first stays what it was."""
    for key, requests in case.requests.items():
        heard = [request for request in requests if any(outcome.status == 200 for outcome in request.outcomes)]
        if len(heard) > 1:
            yield Violation(Property.P7, f"key {key} was answered 200 for {len(heard)} bodies", key=key)
        row = case.on_disk.get(key)
        if isinstance(row, StoredReceipt) and content_of(row) not in map(content_of, requests):
            what = f"receipt {row.receipt_id} ({content_of(row)}) is not what its key {key} was sent with"
            yield Violation(Property.P7, what, row.receipt_id, key)
        for request in requests:
            if _is_turned_away(request) and (request in heard or case.bound.get(key) is request):
                what = f"key {key} was called another receipt's when its own body came again"
                yield Violation(Property.P7, what, key=key)


def _is_turned_away(request: TillRequest) -> bool:
    return any(outcome.status == 409 and error_code(outcome.body) == KEY_REUSED for outcome in request.outcomes)
