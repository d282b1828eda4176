"""The end of a history, judged: by the audit of what the witnesses saw, and by what only this world can see."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from drivers.emulators.fiscal.documents import CashMove, Document
from protocols.audit.judge import audit
from protocols.audit.witnesses import (
    OTHER,
    Event,
    Numbers,
    OfdEntry,
    OfdList,
    Outcome,
    RegisterEntry,
    RegisterJournal,
    Store,
    StoredReceipt,
    Terms,
    TillRequest,
    Tombstone,
    Witnesses,
)
from protocols.fiscal import Baseline
from protocols.life import State
from protocols.shtrih.codes import DocumentType
from tests.simulation.register import ShopRegister
from tests.simulation.tills import Order

if TYPE_CHECKING:
    from tests.simulation.shop import Shop

TOMBSTONES = "SELECT id, key, fingerprint, state, answer, fn, fd, fp FROM tombstones"
KINDS = {1: "sale", 2: "refund"}  # tag 1054
REPORTS = {
    int(DocumentType.SHIFT_OPENED): "open_shift",
    int(DocumentType.SHIFT_CLOSED): "close_shift",
    int(DocumentType.CORRECTION): "correction",
}


def judge(shop: "Shop") -> list[str]:
    """What is wrong, a line each."""
    store = read_store(shop)
    witnesses = Witnesses(
        tuple(_journal(register) for register in shop.registers.values()),
        store,
        OfdList(tuple(OfdEntry(fn, int(fd), fp) for fn, fd, fp in shop.services.ofd.accepted)),
        tuple(_requests(shop)),
    )
    terms = Terms(
        settled=True,
        strangers=frozenset(Numbers(fn, fd) for each in shop.registers.values() for fn, fd in each.strangers),
        undecidable=frozenset(shop.doubts),
        max_attempts=shop.plan.max_attempts,
    )
    found = audit(witnesses, terms)
    own = [*_own(shop, store), *_unrefused(shop, store)]
    return [*(f"{each.property.name}: {each.what}" for each in found), *own, *shop.wrong]


def _own(shop: "Shop", store: Store) -> list[str]:
    """By the marks in the register's journal, which recovery cannot read: mistaken identity shows here."""
    wrong = []
    marks = Counter[str]()
    papers = {}
    for register in shop.registers.values():
        for document in register.documents():
            if document.items:
                marks[document.items[0].name] += 1
                papers[document.fn, document.fd] = document.items[0].name
    wrong += [f"P1: {mark} is on paper {times} times" for mark, times in marks.items() if times > 1]
    for row in shop.rows():
        if row.fd is not None and row.order["kind"] in KINDS.values() and papers.get((str(row.fn), row.fd)) != row.mark:
            wrong.append(f"P3: {row.mark} has document {row.fd}, which is {papers.get((str(row.fn), row.fd))}")
    early = {pos_id: register.cable.unasked for pos_id, register in shop.registers.items() if register.cable.unasked}
    wrong += [f"P19: {pos_id} was told to print {times} times before it was asked" for pos_id, times in early.items()]
    wrong += [
        f"P21: {custom.order.mark} was not answered in time" for custom in shop.plan.customs if custom.order.overdue
    ]
    return wrong


def _unrefused(shop: "Shop", store: Store) -> list[str]:
    """Dead letters by the OFD's own count. An attempt whose sender died counts too, and so does a garbled answer."""
    dead = sum(row.state is State.DEAD for row in store.receipts)
    tally = shop.trace.tally
    excuses = len(shop.gateway.lives) + sum(tally["fault", name] for name in ("actor crash", "ofd answers twice"))
    refusals = shop.services.ofd.counted.refusals
    if dead * shop.plan.max_attempts <= refusals + excuses:
        return []
    return [f"P20: {dead} dead letters of {shop.plan.max_attempts} attempts each, and the OFD refused {refusals} times"]


def _journal(register: ShopRegister) -> RegisterJournal:
    entries = [_entry(entry) for drive in register.drives for entry in register.entries_of(drive)]
    return RegisterJournal(register.pos_id, tuple(entries))


def _entry(document: Document | CashMove) -> RegisterEntry:
    if isinstance(document, CashMove):
        kind = "cash_in" if document.amount_kopecks > 0 else "cash_out"
        return RegisterEntry(kind, abs(document.amount_kopecks), document.at, document.fn, None)
    named = {**REPORTS, int(DocumentType.RECEIPT): KINDS.get(document.operation, OTHER)}
    kind = named.get(document.kind, OTHER)
    return RegisterEntry(kind, document.total_kopecks, document.at, document.fn, document.fd, document.fp)


def _requests(shop: "Shop") -> list[TillRequest]:
    return [_request(custom.order, shop.start) for custom in shop.customs]


def _request(order: Order, at: datetime) -> TillRequest:
    heard = tuple(Outcome(at, heard.status, heard.body) for heard in order.heard)
    return TillRequest(order.key, order.fingerprint, order.pos_id, order.kind, order.total_kopecks, heard)


def read_store(shop: "Shop") -> Store:
    """All that is on the disk, read without the gateway."""
    events: dict[int, list[Event]] = {}
    for number, at, receipt, state, detail in shop.query("SELECT number, at, receipt, state, detail FROM events"):
        events.setdefault(receipt, []).append(Event(number, shop.at(at), State(state), detail))
    receipts = [_stored(row, tuple(events.get(row["number"], ()))) for row in shop.table("receipts")]
    counts = {State(state): number for state, number in shop.query("SELECT state, receipts FROM counts")}
    ((integrity,),) = shop.query("PRAGMA integrity_check")
    tombs = [
        Tombstone(receipt_id, key, body, State(state), *rest)
        for receipt_id, key, body, state, *rest in shop.query(TOMBSTONES)
    ]
    return Store(tuple(receipts), tuple(tombs), counts, None, integrity)


def _stored(row: dict[str, Any], events: tuple[Event, ...]) -> StoredReceipt:
    order = msgspec.json.decode(row["content"])
    document = msgspec.json.decode(row["document"]) if row["document"] else {}
    return StoredReceipt(
        receipt_id=row["id"],
        key=row["key"],
        fingerprint=row["fingerprint"],
        pos_id=row["pos_id"],
        kind=row["kind"],
        total_kopecks=order.get("amount_kopecks", 0) + sum(item["price_kopecks"] for item in order.get("items", ())),
        state=State(row["state"]),
        baseline=Baseline(row["baseline_fn"], row["baseline_fd"]),
        fn=row["fn"],
        fd=row["fd"],
        fp=document.get("fp"),
        fiscal_at=None,
        answer=row["answer"],
        attempts=row["attempts"],
        events=events,
    )
