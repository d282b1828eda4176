"""Which crash point it was: told at the instant by what the disk holds, the register did and the tills have heard.

| point | witness |
| --- | --- |
| C0 | a request is under way and the disk knows nothing of it |
| C1, C7, C12, C13, C14 | the transaction that was being written |
| C2 | a row is accepted |
| C3 - C6 | a row is printing: nothing sent; begun; the closing command sent; its answer here |
| C8, C9 | a row is pending: no byte of the answer sent; some or all |
| C10, C11 | a row is pending or syncing and the OFD has it not; has it and is not known to have |
| C15 | a row was printing when this life began, and the register has been asked since |
| C18 | a row is unknown |

C1e and C7e are no kills but errors at commit, C16 and C17 are the register's; they are counted where they happen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from actors import buffer, deliveries
from drivers.store.records import Claimed
from tests.simulation.net import End
from tests.simulation.register import Cable

POINTS = [f"C{number}" for number in range(19)] + ["C1e", "C7e"]
DOUBTS = ((buffer.Claim, "C1e"), (buffer.Printed, "C7e"))
ROWS = (
    "SELECT id, pos_id, state, key, fn, fd, baseline_fn, baseline_fd, cash_count, content FROM receipts ORDER BY number"
)
CLEAN_UP = "clean-up"
TRANSACTIONS = ((buffer.Claim, "C1"), (buffer.Printed, "C7"), (deliveries.Synced, "C12"))


@dataclass(frozen=True)
class Row:
    """Of a receipt, as it stands on a disk."""

    receipt_id: str
    pos_id: str
    state: str
    key: str
    fn: str | None
    fd: int | None
    baseline_fn: str
    baseline_fd: int
    cash_count: int | None
    order: dict[str, Any]  # the body that the key is bound to

    @classmethod
    def read(cls, values: tuple[Any, ...]) -> "Row":
        """A row of the answer to ROWS."""
        receipt_id, pos_id, state, key, fn, fd, baseline_fn, baseline_fd, cash_count, content = values
        order = msgspec.json.decode(content)
        return cls(receipt_id, pos_id, state, key, fn, fd, baseline_fn, baseline_fd, cash_count, order)

    @property
    def mark(self) -> str:
        """Whose it is, as the register's journal has it too; empty for what has no lines."""
        items = self.order.get("items") or [{"name": ""}]
        return str(items[0]["name"])


def of_transaction(messages: list[Any]) -> Iterator[str]:
    for message in messages:
        for kind, point in TRANSACTIONS:
            if isinstance(message, kind):
                yield point
        if isinstance(message, deliveries.Refused) and message.dead:
            yield "C13"
        if message == CLEAN_UP:
            yield "C14"


def of_print(row: Row, cable: Cable, inherited: set[str]) -> Iterator[str]:
    if row.receipt_id in inherited:
        if cable.asked:
            yield "C15"
    elif cable.answered:
        yield "C6"
    elif cable.closing and cable.closing.passed:
        yield "C5"
    else:
        yield "C4" if cable.begun and cable.begun.passed else "C3"


def of_answer(row: Row, receiving: dict[str, End | None], taken: set[tuple[str, str]]) -> Iterator[str]:
    """`receiving`: where the answer arrives, by the key of each request under way."""
    if row.key in receiving:
        end = receiving[row.key]
        yield "C9" if end is not None and end.coming else "C8"
    yield "C11" if (row.fn, str(row.fd)) in taken else "C10"


def of_requests(rows: list[Row], receiving: dict[str, End | None]) -> Iterator[str]:
    known = {row.key for row in rows}
    if any(key not in known for key in receiving):
        yield "C0"


def begins_print(message: Any, outcome: Any, pos_id: str) -> bool:
    """Whether this message, now on disk, was the intent of a print at that register."""
    if isinstance(message, buffer.Claim):
        return isinstance(outcome, Claimed) and message.intent.order.pos_id == pos_id
    return isinstance(message, buffer.PrintAgain)


PLAIN = {"accepted": "C2", "unknown": "C18"}
