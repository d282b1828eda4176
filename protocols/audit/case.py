"""What the witnesses saw, put side by side: by key, by document, by content."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from sys import maxsize
from typing import NamedTuple

from protocols.audit.said import printed_on
from protocols.audit.witnesses import (
    OTHER,
    Numbers,
    RegisterEntry,
    Store,
    StoredReceipt,
    Terms,
    TillRequest,
    Tombstone,
    Witnesses,
)
from protocols.fiscal import Baseline
from protocols.life import State
from protocols.till import Work

PRINTED = frozenset({State.PENDING, State.SYNCING, State.SYNCED, State.DONE, State.DEAD})
SHIFT_REPORTS = frozenset({Work.OPEN_SHIFT, Work.CLOSE_SHIFT})  # no till need ask for them: a sale wants an open shift


class Content(NamedTuple):
    """What a document is recognised by where nobody names it."""

    pos_id: str
    kind: str
    total_kopecks: int

    def __str__(self) -> str:
        roubles, kopecks = divmod(self.total_kopecks, 100)
        money = f" of {roubles}.{kopecks:02}" if self.total_kopecks else ""
        return f"{self.kind.replace('_', ' ')}{money} at {self.pos_id}"


class Paper(NamedTuple):
    """An entry in the journal of the register `pos_id`."""

    pos_id: str
    entry: RegisterEntry

    @property
    def content(self) -> Content:
        return Content(self.pos_id, self.entry.kind, self.entry.total_kopecks)


@dataclass(frozen=True)
class Case:
    """One audit: the witnesses and the terms, with the indexes that the checks look things up in."""

    witnesses: Witnesses
    terms: Terms

    @cached_property
    def rows(self) -> tuple[StoredReceipt, ...]:
        return self.witnesses.store.receipts

    @cached_property
    def papers(self) -> list[Paper]:
        """Every entry of every register, in the order of each."""
        return [Paper(journal.pos_id, entry) for journal in self.witnesses.registers for entry in journal.entries]

    @cached_property
    def documents(self) -> dict[Numbers, Paper]:
        return {Numbers(paper.entry.fn, paper.entry.fd): paper for paper in self.papers if paper.entry.fd is not None}

    @cached_property
    def kept(self) -> list[StoredReceipt | Tombstone]:
        return [*self.witnesses.store.tombstones, *self.rows]

    @cached_property
    def on_disk(self) -> dict[str, StoredReceipt | Tombstone]:
        """Whatever the store has for a key."""
        return {kept.key: kept for kept in self.kept}

    @cached_property
    def owned(self) -> set[Numbers]:
        """Documents that some row or tombstone calls its own."""
        return {numbers for kept in self.kept if (numbers := kept.numbers) is not None}

    @cached_property
    def rows_of(self) -> dict[Content, list[StoredReceipt]]:
        found = defaultdict(list)
        for row in self.rows:
            found[content_of(row)].append(row)
        return dict(found)

    def next_baseline(self, row: StoredReceipt) -> int:
        """Up to here a document on its register can be this receipt's: the next one to be printed found it there."""
        behind = self._baselines[row.pos_id, row.baseline.fn]
        place = bisect_right(behind, row.baseline.fd)
        return behind[place] if place < len(behind) else maxsize

    @cached_property
    def _baselines(self) -> dict[tuple[str, str], list[int]]:
        found = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: row.baseline.fd):
            found[row.pos_id, row.baseline.fn].append(row.baseline.fd)
        return dict(found)

    @cached_property
    def tills(self) -> list[TillRequest]:
        """Every request, one for each body under a key, whoever sent it and however often.

        As a request to the register that has it in hand: a stand-in prints what another was asked for.
        """
        found: dict[tuple[str, str], TillRequest] = {}
        for request in self.witnesses.tills or ():
            same = found.get((request.key, request.fingerprint))
            outcomes = (*same.outcomes, *request.outcomes) if same else request.outcomes
            found[request.key, request.fingerprint] = replace(request, outcomes=outcomes)
        return [replace(request, pos_id=self._register_of(request)) for request in found.values()]

    @cached_property
    def requests(self) -> dict[str, list[TillRequest]]:
        """By key; more than one where a till sent another body under a used key."""
        found = defaultdict(list)
        for request in self.tills:
            found[request.key].append(request)
        return dict(found)

    @cached_property
    def bound(self) -> dict[str, TillRequest]:
        """For each key on disk the body that it is bound to, as far as that can be told."""
        found = {key: self._bound(kept, self.requests.get(key, [])) for key, kept in self.on_disk.items()}
        return {key: request for key, request in found.items() if request is not None}

    @cached_property
    def unbound(self) -> dict[Content, list[TillRequest]]:
        """Requests of which the store keeps nothing, or another body."""
        found = defaultdict(list)
        for request in self.tills:
            if request.outcomes and not self._may_be_bound(request):
                found[content_of(request)].append(request)
        return dict(found)

    @cached_property
    def stray(self) -> list[Paper]:
        """Documents that nothing on disk accounts for, and nobody known to be a stranger printed.

        One that a receipt in doubt may yet be recognised by is accounted for.
        """
        in_doubt = {
            content: [row.baseline for row in rows if row.state in (State.PRINTING, State.UNKNOWN)]
            for content, rows in self.rows_of.items()
        }
        return [paper for paper in self._unowned() if not _take_baseline(in_doubt.get(paper.content, []), paper)]

    @cached_property
    def first(self) -> dict[str, int]:
        return first_documents(self.witnesses.store)

    @cached_property
    def printed(self) -> Counter[Content]:
        """How often each content is on paper since our time, strangers' documents aside."""
        return Counter(paper.content for paper in self.papers if not self.is_foreign(paper))

    def is_foreign(self, paper: Paper) -> bool:
        """True of a known stranger's document and of one from before the first receipt on disk."""
        fn, fd = paper.entry.fn, paper.entry.fd
        if fd is None:
            return False
        return Numbers(fn, fd) in self.terms.strangers or fn not in self.first or fd < self.first[fn]

    def can_see(self, numbers: Numbers) -> bool:
        """True if a document that no register journal lists does not exist."""
        return self._every_drive or numbers.fn in self._drives

    @cached_property
    def _every_drive(self) -> bool:
        read = {journal.pos_id for journal in self.witnesses.registers if journal.every_drive}
        return bool(read) and all(row.pos_id in read for row in self.rows)

    @cached_property
    def _drives(self) -> set[str]:
        return {paper.entry.fn for paper in self.papers}

    def _unowned(self) -> Iterator[Paper]:
        settled = self.owned | self.terms.strangers
        for numbers, paper in self.documents.items():
            if paper.entry.kind != OTHER and numbers not in settled:
                yield paper

    def _register_of(self, request: TillRequest) -> str:
        kept = self.on_disk.get(request.key)
        if isinstance(kept, Tombstone):
            return printed_on(kept.answer) or request.pos_id
        return kept.pos_id if kept is not None and kept.sold_at == request.pos_id else request.pos_id

    def _bound(self, kept: StoredReceipt | Tombstone, requests: list[TillRequest]) -> TillRequest | None:
        exact = [request for request in requests if request.fingerprint == kept.fingerprint]
        heard = [request for request in requests if any(outcome.status == 200 for outcome in request.outcomes)]
        alike = requests
        if isinstance(kept, StoredReceipt):
            alike = [request for request in requests if content_of(request) == content_of(kept)]
        return next((candidates[0] for candidates in (exact, heard, alike) if len(candidates) == 1), None)

    def _may_be_bound(self, request: TillRequest) -> bool:
        if request.key not in self.on_disk:
            return False
        return self.bound.get(request.key, request) is request


def first_documents(store: Store) -> dict[str, int]:
    """The number, in each drive, of the first document that can be one of the store's."""
    kept: list[StoredReceipt | Tombstone] = [*store.tombstones, *store.receipts]
    named = [numbers for each in kept if (numbers := each.numbers) is not None]
    found: dict[str, int] = {}
    for numbers in (*named, *(Numbers(row.baseline.fn, row.baseline.fd + 1) for row in store.receipts)):
        found[numbers.fn] = min(numbers.fd, found.get(numbers.fn, numbers.fd))
    return found


def content_of(of: StoredReceipt | TillRequest) -> Content:
    return Content(of.pos_id, of.kind, of.total_kopecks)


def _take_baseline(baselines: list[Baseline], paper: Paper) -> bool:
    """Takes the nearest baseline before the document, if there is one: a receipt accounts for one document only."""
    fn, fd = paper.entry.fn, paper.entry.fd
    before = [baseline for baseline in baselines if fd is not None and baseline.fn == fn and baseline.fd < fd]
    if before:
        baselines.remove(max(before, key=lambda baseline: baseline.fd))
    return bool(before)
