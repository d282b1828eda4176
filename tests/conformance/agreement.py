"""Whether what was asked for, what the register told and what it keeps are one and the same, to the kopeck."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, TypeAlias

from protocols.fiscal import FiscalDocument
from protocols.item import Line
from protocols.receipt import Kind, Method, Receipt

RECEIPT, CORRECTION = 3, 31  # types of document in the journal
SLOTS = {  # of the journal's payments
    Method.CASH: "1",
    Method.CARD: "2",
    Method.ACQUIRING: "2",
    Method.PREPAID: "14",
    Method.CREDIT: "15",
    Method.OTHER: "16",
}
OF_RECEIPT = (
    "contact",
    "note",
    "place",
    "cashier.name",
    "cashier.inn",
    "buyer.name",
    "buyer.inn",
    "requisite.name",
    "requisite.value",
    "correction.number",
)
OF_ITEM = (
    "country",
    "declaration",
    "requisite",
    "supplier.inn",
    "supplier.name",
    "agent.operation",
    "agent.transfer_address",
    "agent.transfer_name",
)
NUMBERS_OF_RECEIPT = {"correction.ordered": "1173"}
NUMBERS_OF_ITEM = {"agent.kind": "1222", "excise_kopecks": "1229"}
MARKS = ("1162", "2000")  # before FFD 1.2, and since; some journals keep the code beside the tags
NEW_SUBJECTS = {30: 2, 31: 2, 32: 1, 33: 1}  # what they are where FFD 1.2 is not spoken
Told: TypeAlias = FiscalDocument
Kept: TypeAlias = Mapping[str, Any]


def disagreements(asked: Receipt, told: Told, kept: Kept, ffd: str) -> list[str]:
    """What is not as it was asked or told, in words; none where all agree."""
    differ = [*_numbers(told, kept), *_sums(asked, told, kept), *_items(asked, kept, ffd), *_tags(asked, kept)]
    return [f"{what}: {one!r} and {other!r}" for what, one, other in differ if one != other]


def moment(kept: Kept) -> datetime:
    """As a drive keeps it: to the minute."""
    return datetime.fromisoformat(kept["at"]).astimezone(UTC).replace(second=0, microsecond=0)


def _numbers(told: Told, kept: Kept) -> Iterator[tuple[str, object, object]]:
    """The document as told names the one that is kept."""
    yield "fiscal drive", told.fn, kept["fn"]
    yield "document", told.fd, kept["fd"]
    yield "fiscal sign", told.fp, kept["fp"]
    yield "registration", told.kkt_number, kept["rnm"]
    yield "shift", told.shift_number, kept["shift_number"]
    yield "number within the shift", told.receipt_number, kept["receipt_number"]
    yield "time", told.fiscal_datetime.astimezone(UTC).replace(second=0, microsecond=0), moment(kept)


def _sums(asked: Receipt, told: Told, kept: Kept) -> Iterator[tuple[str, object, object]]:
    yield "type of document", CORRECTION if asked.kind is Kind.CORRECTION else RECEIPT, kept["kind"]
    yield "kind", asked.kind, told.kind
    yield "sign", (asked.sign, asked.sign), (told.sign, kept["operation"])
    yield "total", (asked.total_kopecks, asked.total_kopecks), (told.total_kopecks, kept["total_kopecks"])
    yield "payments", _asked_payments(asked), _kept_payments(kept)


def _asked_payments(asked: Receipt) -> dict[str, int]:
    """By slot; the change is no payment."""
    paid = dict.fromkeys(SLOTS.values(), 0)
    for payment in asked.payments:
        paid[SLOTS[payment.method]] += payment.amount_kopecks
    paid["1"] -= sum(paid.values()) - asked.total_kopecks
    return {slot: amount for slot, amount in paid.items() if amount}


def _kept_payments(kept: Kept) -> dict[str, int]:
    paid = dict(kept["payments"])
    if kept["change_kopecks"]:
        paid["1"] -= kept["change_kopecks"]
    return {slot: amount for slot, amount in paid.items() if amount}


def _items(asked: Receipt, kept: Kept, ffd: str) -> Iterator[tuple[str, object, object]]:
    """Line by line. Corrections have lines since FFD 1.1 only, so that a register of 1.05 keeps their sums alone."""
    if asked.kind is Kind.CORRECTION and not kept["items"]:
        return
    lines = [*asked.lines()]
    yield "lines", len(lines), len(kept["items"])
    for line, found in zip(lines, kept["items"], strict=False):
        yield "line", _line(line, ffd), _kept_line(found)
        for path, tag in NUMBERS_OF_ITEM.items():
            if number := _of(line.item, path):
                yield path, number, _number(found["tags"], tag)
        if line.item.marking:
            yield "a mark", True, bool(found["code"]) or any(tag in found["tags"] for tag in MARKS)


def _line(line: Line, ffd: str) -> tuple[object, ...]:
    item = line.item
    subject = item.subject if ffd == "1.2" else NEW_SUBJECTS.get(item.subject, item.subject)
    return item.name, line.quantity, line.total_kopecks, item.vat, item.terms, subject


def _kept_line(found: Kept) -> tuple[object, ...]:
    quantity = Decimal(str(found["quantity"]))
    return found["name"], quantity, found["sum_kopecks"], found["vat"], found["method"], found["subject"]


def _tags(asked: Receipt, kept: Kept) -> Iterator[tuple[str, object, object]]:
    """What goes into tags beside sums and lines. A tag is kept as text, or in hex with the text in CP866 inside."""
    wanted = [(name, _of(asked, name)) for name in OF_RECEIPT]
    wanted += [(name, _of(item, name)) for item in asked.items for name in OF_ITEM]
    for name, text in wanted:
        if text is not None:
            yield name, text, text if _holds(kept, text) else None
    for path, tag in NUMBERS_OF_RECEIPT.items():
        if (number := _of(asked, path)) is not None:
            yield path, number, _number(kept["tags"], tag)
    if asked.internet:
        yield "internet", 1, _number(kept["tags"], "1125")


def _number(tags: Mapping[str, str], tag: str) -> int | None:
    """A number is kept as its bytes, the least first, in hex."""
    return int.from_bytes(bytes.fromhex(tags[tag]), "little") if tag in tags else None


def _of(thing: object, path: str) -> Any:
    """The attribute of an attribute, None where there is none on the way."""
    return reduce(lambda found, name: None if found is None else getattr(found, name), path.split("."), thing)


def _holds(kept: Kept, text: str) -> bool:
    tags = [*kept["tags"].values(), *(tag for item in kept["items"] for tag in item["tags"].values())]
    return any(text in tag or text.encode("cp866").hex() in tag for tag in map(str, tags))
