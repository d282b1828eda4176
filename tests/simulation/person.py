"""The person who says what became of a receipt that the register cannot tell of, by looking at its paper.

And who has dead letters sent again.
"""

from collections.abc import Iterator
from itertools import chain
from random import Random
from typing import TYPE_CHECKING

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.fiscal.drive import Drive
from protocols.jsontext import dumps
from protocols.shtrih.codes import DocumentType
from tests.simulation.points import Row
from tests.simulation.tills import new_key

if TYPE_CHECKING:
    from tests.simulation.shop import Shop

WHO = "the cashier"
CASH_SIGNS = {"cash_in": 1, "cash_out": -1}
UNMARKED = {
    "open_shift": DocumentType.SHIFT_OPENED,
    "close_shift": DocumentType.SHIFT_CLOSED,
    "correction": DocumentType.CORRECTION,
}


def paper_of(shop: "Shop", mark: str) -> list[tuple[str, Document]]:
    """Every document that carries the order's mark, with its register."""
    return [
        (pos_id, document)
        for pos_id, register in shop.registers.items()
        for document in register.documents()
        if document.items and document.items[0].name == mark
    ]


async def decide(shop: "Shop", random: Random) -> None:
    """Looks after every receipt that is unknown now."""
    for row in shop.rows():
        if row.state == "unknown":
            shop.trace("a person looks at", row.receipt_id)
            body = dumps(_decision(shop, row, random))
            path = f"/v1/kkt/receipt/{row.receipt_id}/resolve"
            heard = await shop.till.post(path, body, new_key(random))
            shop.trace("a person said", body, heard and heard.status)


async def retry(shop: "Shop", random: Random) -> None:
    """Has every dead letter sent again, one by one or all by one word."""
    dead = [row.receipt_id for row in shop.rows() if row.state == "dead"]
    if dead and random.random() < 0.5:
        dead = [""]
    for receipt_id in dead:
        shop.trace("a person retries", receipt_id or "all")
        path = f"/v1/kkt/dlq/{receipt_id}/retry" if receipt_id else "/v1/kkt/dlq/retry"
        heard = await shop.till.post(path, dumps({"who": WHO}), new_key(random))
        shop.trace("a person hears", heard and heard.status)


def _decision(shop: "Shop", row: Row, random: Random) -> dict[str, object]:
    kind = row.order["kind"]
    if kind in CASH_SIGNS:
        return {"decision": "printed" if _moved(shop, row) else "print", "who": WHO}
    found = _unmarked(shop, row) if kind in UNMARKED else _marked(shop, row)
    if not found:
        return {"decision": random.choice(["print", "drop"]) if row.mark else "drop", "who": WHO}
    paper = found[-1]
    said = {"decision": "printed", "fd": paper.fd, "who": WHO}
    if shop.registers[row.pos_id].device.drive.passport.fn != row.baseline_fn:  # it may be on any of several drives
        said |= {"fn": paper.fn, "fp": paper.fp, "fiscal_datetime": paper.at}
    return said


def _marked(shop: "Shop", row: Row) -> list[Document]:
    return [document for pos_id, document in paper_of(shop, row.mark) if pos_id == row.pos_id]


def _unmarked(shop: "Shop", row: Row) -> list[Document]:
    """What carries no mark is known by its kind, its sum and its place behind the last document before it."""
    total = sum(item["price_kopecks"] for item in row.order.get("items", ()))
    return [
        document
        for document in _after(shop, row)
        if document.kind == UNMARKED[row.order["kind"]] and document.total_kopecks == total
    ][:1]


def _after(shop: "Shop", row: Row) -> Iterator[Document]:
    first, *later = _drives(shop, row)
    return chain(first.after(row.baseline_fd, 2000), *(drive.after(0, 2000) for drive in later))


def _moved(shop: "Shop", row: Row) -> bool:
    """Whether the drawer has had that much put in or taken out of it since, whichever drive was in the register."""
    sign = CASH_SIGNS[row.order["kind"]]
    first, *later = _drives(shop, row)
    slips = chain(_slips_since(first, row, sign), *(drive.slips_after(0, 2000) for drive in later))
    return any(slip.amount_kopecks == sign * row.order["amount_kopecks"] for slip in slips)


def _slips_since(drive: Drive, row: Row, sign: int) -> list[CashMove]:
    """Of that way, behind those that the register had counted in the shift before the intent."""
    last = drive.find(row.baseline_fd)
    shift = last.shift_number if last else 1
    moved = [slip for slip in drive.slips_after(0, 2000) if slip.amount_kopecks * sign > 0]
    in_shift = [slip for slip in moved if slip.shift_number == shift]
    return in_shift[row.cash_count :] + [slip for slip in moved if slip.shift_number > shift]


def _drives(shop: "Shop", row: Row) -> list[Drive]:
    """The drive that was looked at before the print, and those that came after it."""
    drives = shop.registers[row.pos_id].drives
    return drives[[drive.passport.fn for drive in drives].index(row.baseline_fn) :]
