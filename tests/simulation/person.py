"""The person who says what became of a receipt that the register cannot tell of: by looking at its paper."""

from random import Random
from typing import TYPE_CHECKING

from drivers.emulators.shtrih.documents import Document
from protocols.jsontext import dumps
from protocols.shtrih.codes import DocumentType
from tests.simulation.points import Row
from tests.simulation.tills import new_key

if TYPE_CHECKING:
    from tests.simulation.shop import Shop

CASH_SIGNS = {"cash_in": 1, "cash_out": -1}


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


def _decision(shop: "Shop", row: Row, random: Random) -> dict[str, object]:
    found = [document for pos_id, document in paper_of(shop, row.mark) if pos_id == row.pos_id]
    if not row.mark:
        return _about_till_work(shop, row)
    if not found:
        return {"decision": random.choice(["print", "drop"]), "who": "the cashier"}
    if found[-1].fn != shop.registers[row.pos_id].device.drive.passport.fn:
        shop.excused.add(row.key)  # on paper of a drive that is gone, which the gateway has no word for
        return {"decision": "drop", "who": "the cashier"}
    return {"decision": "printed", "fd": found[-1].fd, "who": "the cashier"}


def _about_till_work(shop: "Shop", row: Row) -> dict[str, object]:
    """A person counts the drawer or looks at the last report: neither carries a mark, so what is there decides."""
    register = shop.registers[row.pos_id]
    drive = next(drive for drive in register.drives if drive.passport.fn == row.baseline_fn)
    kind = row.order["kind"]
    if kind in CASH_SIGNS:
        amount = CASH_SIGNS[kind] * row.order["amount_kopecks"]
        moved = [slip for slip in drive.slips_after(row.baseline_fd, 1000) if slip.amount_kopecks == amount]
        return {"decision": "printed" if moved else "print", "who": "the cashier"}
    types = {"open_shift": DocumentType.SHIFT_OPENED, "close_shift": DocumentType.SHIFT_CLOSED}
    found = [document.fd for document in drive.after(row.baseline_fd, 1000) if document.kind == types.get(kind)]
    if found and drive is register.device.drive:
        return {"decision": "printed", "fd": found[0], "who": "the cashier"}
    return {"decision": "drop", "who": "the cashier"}
