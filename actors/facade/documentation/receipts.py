"""Receipts: printed once, looked at, decided on, copied."""

from typing import Any

from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from actors.facade.documentation.refusals import OF_ORDERS, OF_PAPER, REGISTER_CANNOT, together
from protocols.api import ResolveBody
from protocols.api_answers.receipts import CleanedUp, Done, OrderLife, ReceiptPrinted
from protocols.api_receipt import ReceiptBody

TAG = "Receipts"
RECEIPT_ID = "b61fe836-a323-4382-be03-4d0e50fa31d7"
OF_RECEIPTS = together(
    OF_ORDERS,
    {
        422: ("FFD_RULE", "DISCOUNT_ABOVE_PRICE", "TOTAL_TOO_LARGE", "PAYMENTS_BELOW_TOTAL", "CASHLESS_ABOVE_TOTAL"),
        503: ("HANDED_OVER", "STAND_IN_GONE"),
    },
)

GLASSES: dict[str, Any] = {
    "pos_id": "POS-001",
    "type": "sale",
    "items": [
        {"name": "Оправа Ray-Ban RX5228", "qty": 1, "price": 8990, "vat": "22%"},
        {"name": "Линза Crizal", "qty": 2, "price": 4500.50, "vat": "22%"},
    ],
    "payments": [{"method": "card", "amount": 17991}],
}
SERVICE: dict[str, Any] = {
    "pos_id": "POS-001",
    "type": "sale",
    "items": [
        {
            "name": "Подбор очков",
            "qty": "0.5",
            "price": "1200.00",
            "vat": "no_vat",
            "payment_method": "full_payment",
            "payment_object": "service",
            "discount": "100.00",
        }
    ],
    "payments": [{"method": "cash", "amount": "500.00"}],
    "customer": {"email": "buyer@example.org"},
    "cashier": {"name": "Иванова А. Б."},
    "footer": ["Спасибо за покупку!"],
}
CORRECTION: dict[str, Any] = {
    "pos_id": "POS-001",
    "type": "correction",
    "correction": {"date": "2026-01-20", "ordered": False, "of": "sale"},
    "items": [{"name": "Оправа", "qty": 1, "price": "100.00", "vat": "22%"}],
    "payments": [{"method": "cash", "amount": "100.00"}],
}
REFUND: dict[str, Any] = {
    "pos_id": "POS-001",
    "type": "refund",
    "items": [{"name": "Линза Crizal", "qty": 1, "price": "10.00", "vat": "22%"}],
    "payments": [{"method": "cash", "amount": "10.00"}],
}

FISCAL_DOC: dict[str, Any] = {
    "fn": "9999177208510271",
    "fd": "1",
    "fp": "0443784134",
    "fiscal_datetime": "2026-11-21T07:58:00+03:00",
    "shift_number": 1,
    "receipt_number": 1,
    "kkt_number": "6788242623059941",
    "total": 17991.00,
    "qr": "t=20261121T0758&s=17991.00&fn=9999177208510271&i=1&fp=443784134&n=1",
}
PRINTED: dict[str, Any] = {
    "status": "printed",
    "receipt_id": RECEIPT_ID,
    "fiscal_doc": FISCAL_DOC,
    "buffer_info": None,
}
BUFFERED = PRINTED | {
    "status": "buffered",
    "buffer_info": {"queue_position": 3, "total_queued": 3, "estimated_sync_time": "2026-11-21T05:30:00Z"},
}
STOOD_IN = PRINTED | {"pos_id": "POS-001", "printed_on": "POS-002"}
SYNCED: dict[str, Any] = {
    "id": RECEIPT_ID,
    "pos_id": "POS-001",
    "printed_on": "POS-001",
    "type": "sale",
    "status": "synced",
    "state": "synced",
    "created_at": "2026-11-21T04:58:00.169Z",
    "printed_at": "2026-11-21T04:58:00.512Z",
    "synced_at": "2026-11-21T04:58:01.030Z",
    "fiscal_doc": FISCAL_DOC,
    "retry_count": 0,
    "last_error": None,
}
UNKNOWN = SYNCED | {
    "status": "failed",
    "state": "unknown",
    "printed_at": None,
    "synced_at": None,
    "fiscal_doc": None,
    "last_error": "two documents could be it",
    "asked": {"type": "sale", "total": 17991.00},
    "found": [{"type": "sale", **FISCAL_DOC}],
}
CLEANED: dict[str, Any] = {
    "id": RECEIPT_ID,
    "status": "synced",
    "state": "synced",
    "created_at": "2026-11-21T04:58:00.169Z",
    "answer": PRINTED,
}

POST_SAYS = """\
200 means: on paper and on disk. The gateway prints an order once for its `Idempotency-Key`, however often it is sent.

**Repeat the request with the same key and body for as long as you have no answer of 200 or 422.** A 5xx, a 429 or a
broken connection promises nothing in either direction: the receipt may be printed, and the repeat will tell. The
repeat gets the stored answer byte for byte, at any time within 400 days. The same key with another body is 409. After
a 422 correct the receipt and take a new key.

Money is roubles with up to two decimal places, as a number or a string. Give quantities and sums as strings where
your language has floats only. The payments must cover the total; only cash may be more, and the change is given from
it. `quantity` is taken for `qty`, `vat_rate` (a number) for `vat`, and a payment's `type` for `method`.
"""

OPERATIONS: Operations = {
    ("POST", "/v1/kkt/receipt"): Operation(
        TAG,
        "createReceipt",
        "Print a receipt",
        {
            200: Told(
                "It is on paper and on disk.",
                ReceiptPrinted,
                {
                    "printed": PRINTED,
                    "printed, the way to the OFD is shut": BUFFERED,
                    "printed by the stand-in": STOOD_IN,
                },
            )
        },
        POST_SAYS,
        Sent(
            ReceiptBody,
            {
                "a sale, paid by card": GLASSES,
                "a service with a discount, paid in cash": SERVICE,
                "a refund": REFUND,
                "a correction of a sale that was not printed": CORRECTION,
            },
        ),
        refused=OF_RECEIPTS,
        keyed=True,
    ),
    ("GET", "/v1/kkt/receipt/<receipt_id>"): Operation(
        TAG,
        "getReceipt",
        "An order's life so far",
        {
            200: Told(
                "Its state, its document, and how far it is on its way to the OFD.",
                OrderLife | CleanedUp,
                {"at the OFD": SYNCED, "a person must decide": UNKNOWN, "cleaned up": CLEANED},
            )
        },
        "Till work has a life of the same kind. An order that is final is cleaned up after some days; what is left of "
        "it is told for 400 days.",
        places={"receipt_id": "The order's id."},
        refused={404: ("RECEIPT_NOT_FOUND",)},
    ),
    ("POST", "/v1/kkt/receipt/<receipt_id>/resolve"): Operation(
        TAG,
        "resolveReceipt",
        "Decide on an order whose fate is unknown",
        {200: Told("The decision is on disk; the order's life with it.", OrderLife | CleanedUp, {"printed": SYNCED})},
        "For an order in the state `unknown`, whose register prints nothing until a person has looked at its paper. "
        "`printed`: it is on paper as document `fd`. `print`: it is not on paper, print it now. `drop`: it is not on "
        "paper, and nobody waits for it any more. Safe to repeat.",
        Sent(
            ResolveBody,
            {
                "it is on paper": {"decision": "printed", "who": "Петрова", "fd": 42},
                "print it": {"decision": "print", "who": "Петрова"},
                "nobody waits for it": {"decision": "drop", "who": "Петрова"},
            },
        ),
        places={"receipt_id": "The order's id."},
        refused={
            404: ("RECEIPT_NOT_FOUND",),
            409: (
                *("RECEIPT_NOT_UNKNOWN", "DOCUMENT_TAKEN", "FD_MISSING", "DOCUMENT_TOO_OLD", "NO_SUCH_DOCUMENT"),
                *("DOCUMENT_DIFFERS", "DRIVE_REPLACED"),
            ),
            422: ("UNKNOWN_POS",),
            503: REGISTER_CANNOT,
        },
        keyed=True,
    ),
    ("POST", "/v1/kkt/receipt/<receipt_id>/copy"): Operation(
        TAG,
        "copyReceipt",
        "Print a copy of the register's last receipt",
        {200: Told("The copy is on paper.", Done, {"done": {"status": "done"}})},
        "A copy is no fiscal document. Nothing is kept under its key: a repeat prints again.",
        places={"receipt_id": "The receipt's id; it must be the last document of its register."},
        refused=together(OF_PAPER, {404: ("RECEIPT_NOT_FOUND",), 409: ("NOTHING_TO_COPY", "NOT_THE_LAST_RECEIPT")}),
        keyed=True,
    ),
}
