"""How long fiscal data takes for a receipt of five lines, in milliseconds: `python -m tests.benchmarks.tlv`."""

import timeit
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from protocols.ffd.document import settlement_of
from protocols.ffd.electronic import Record, receipt_document
from protocols.ffd.rules import check
from protocols.ffd.tlv import decode, encode
from protocols.item import Item, Vat
from protocols.receipt import Cashier, Kind, Method, Payment, Receipt

ROUNDS = 2_000
ALLOWED_MS = 0.3  # each, to encode and to decode

ITEMS = tuple(Item(f"Линза контактная № {n}", Decimal("1.5"), 10_010, Vat.V22) for n in range(5))
RECEIPT = Receipt(
    "POS-001",
    Kind.SALE,
    ITEMS,
    (Payment(Method.CASH, 80_000),),
    "buyer@example.ru",
    cashier=Cashier("Иванова И. И.", "500100732259"),
)
NOON = datetime(2026, 3, 1, 12, 0)  # noqa: DTZ001 - the register's own clock
RECORD = Record("9999078900001234", 7, 12_345_678, "0000000005008570", "7702203276", NOON, 1, "1.2")


def milliseconds(work: Callable[[], object]) -> float:
    return min(timeit.repeat(work, number=ROUNDS, repeat=5)) / ROUNDS * 1_000


def main() -> None:
    document = receipt_document(RECORD, settlement_of(RECEIPT, "1.2", taxation=1, number=1))
    data = encode((document,))
    print(f"a receipt of {len(ITEMS)} lines, {len(data)} bytes; at most {ALLOWED_MS} ms are allowed")
    print(
        f"encode {milliseconds(lambda: encode((document,))):.3f} ms, decode {milliseconds(lambda: decode(data)):.3f} ms"
    )
    print(f"all rules {milliseconds(lambda: check(RECEIPT, None)):.3f} ms")


if __name__ == "__main__":
    main()
