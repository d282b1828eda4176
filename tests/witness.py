"""What the emulators and the database of a shop have seen, as the audit takes it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import msgspec

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.store.reading import read_store
from protocols.audit.witnesses import (
    OTHER,
    OfdEntry,
    OfdList,
    RegisterEntry,
    RegisterJournal,
    TillRequest,
    Witnesses,
)
from tests.e2e.gateway import Gateway

KINDS = {  # by type of document and tag 1054, whatever the gateway's own tables say
    (2, 0): "open_shift",
    (3, 1): "sale",
    (3, 2): "refund",
    (3, 3): "purchase",
    (3, 4): "purchase_refund",
    (5, 0): "close_shift",
    **{(31, operation): "correction" for operation in (1, 2, 3, 4)},
}
LONGEST = 1000  # documents in one page of the journal

_LINE: msgspec.json.Decoder[Document | CashMove] = msgspec.json.Decoder(Document | CashMove)


class _Page(msgspec.Struct):
    documents: list[Document]
    cash: list[CashMove]


def witnesses(shop: Gateway, tills: Iterable[TillRequest] | None = None, pos_id: str = "POS-001") -> Witnesses:
    """What a running gateway on embedded parts, its register and its OFD have seen so far."""
    return Witnesses(
        registers=(journal_at(pos_id, shop.emulators["kkt"], shop.client),),
        store=read_store(shop.log.parent / "kassir.db"),
        ofd=list_at(shop.emulators["ofd"], shop.client),
        tills=None if tills is None else tuple(tills),
    )


def journal_at(pos_id: str, url: str, client: httpx.Client) -> RegisterJournal:
    """The journal that an emulated register shows."""
    return RegisterJournal(pos_id, tuple(_entry(each) for each in _pages(url, client)))


def journal_in(pos_id: str, path: Path) -> RegisterJournal:
    """The journal that an emulated register has left behind; empty if it was never switched on."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    entries = lines[1:-1]  # the passport comes first; a last line without its end never was
    return RegisterJournal(pos_id, tuple(_entry(_LINE.decode(line)) for line in entries))


def list_at(url: str, client: httpx.Client) -> OfdList:
    """What an emulated OFD shows."""
    found = client.get(f"{url}/ofd/v1/_test/receipts").json()
    entries = tuple(OfdEntry(each["fn"], int(each["fd"]), each["fp"]) for each in found["receipts"])
    return OfdList(entries, whole=found["total"] == len(entries))


def _pages(url: str, client: httpx.Client) -> Iterator[Document | CashMove]:
    after = 0
    while True:
        answer = client.get(f"{url}/kkt/_test/journal", params={"after": after, "limit": LONGEST})
        page = msgspec.json.decode(answer.content, type=_Page)
        yield from page.documents
        yield from page.cash
        if len(page.documents) < LONGEST:
            return
        after = page.documents[-1].fd


def _entry(line: Document | CashMove) -> RegisterEntry:
    if isinstance(line, CashMove):
        kind = "cash_in" if line.amount_kopecks > 0 else "cash_out"
        return RegisterEntry(kind, abs(line.amount_kopecks), line.at, line.fn, None)
    kind = KINDS.get((line.kind, line.operation), OTHER)
    return RegisterEntry(kind, line.total_kopecks, line.at, line.fn, line.fd, line.fp)
