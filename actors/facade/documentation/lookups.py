"""What people look up: lists, the story of a sale, its slip, dead letters, and the last hours in figures."""

from typing import Any

from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from protocols.api_answers.lookups import DeadLetters, History, Orders, Retried, Timeline
from protocols.dead_letters import RetryBody
from protocols.history import HistoryBody
from protocols.receipt_list import DeadBody, ListBody

TAG = "Lookups"
RECEIPT_ID = "b61fe836-a323-4382-be03-4d0e50fa31d7"
NEXT = "AAAAAAAAAJY0xAuD"
LISTED: dict[str, Any] = {
    "id": RECEIPT_ID,
    "pos_id": "POS-001",
    "printed_on": "POS-001",
    "type": "sale",
    "status": "synced",
    "state": "synced",
    "total": 17991.00,
    "created_at": "2026-11-21T04:58:00.169Z",
    "printed_at": "2026-11-21T04:58:00.512Z",
    "synced_at": "2026-11-21T04:58:01.030Z",
    "fiscal_doc": {"fn": "9999177208510271", "fd": "1", "fp": "0443784134"},
    "retry_count": 0,
    "last_error": None,
}
SLIP: dict[str, Any] = LISTED | {"type": "cash_in", "status": "done", "state": "done", "fiscal_doc": None}
DEAD: dict[str, Any] = LISTED | {
    "status": "failed",
    "state": "dead",
    "synced_at": None,
    "retry_count": 20,
    "last_error": "answer 422 NO_SUCH_DRIVE",
    "died_at": "2026-11-21T06:10:00.000Z",
    "reason": "answer 422 NO_SUCH_DRIVE",
}
STEPS: list[dict[str, Any]] = [
    {
        "at": "2026-11-21T04:58:00.169Z",
        "state": "accepted",
        "message": "Taken, and kept on disk.",
        "message_ru": "Принято и записано на диск.",
    },
    {
        "at": "2026-11-21T04:58:00.512Z",
        "state": "pending",
        "message": "Printed as document 1, sign 0443784134. Waits for the OFD.",
        "message_ru": "Напечатано: документ № 1, ФПД 0443784134. Ждёт отправки в ОФД.",
    },
]
POINTS: list[dict[str, Any]] = [
    {"at": "2026-11-21T04:50:00Z", "queued": 1, "printed": 40, "p50_s": 0.343, "p95_s": 0.702},
    {"at": "2026-11-21T05:00:00Z", "queued": 0, "printed": 0, "p50_s": None, "p95_s": None},
]
HOURS = {"from": "2026-11-21T04:50:00Z", "to": "2026-11-21T05:03:00Z", "step_s": 600, "points": POINTS}
PAGE = "<!doctype html>…"
AGAIN = (
    "Safe to repeat: what is no dead letter any more stays as it is. The OFD knows a receipt by its numbers, so what "
    "it has already it has once. Attempts are counted anew."
)
READS: dict[int, tuple[str, ...]] = {503: ("STORE_UNAVAILABLE",)}
WHO = Sent(RetryBody, {"a person": {"who": "Иванова"}}, needed=False)

OPERATIONS: Operations = {
    ("GET", "/v1/kkt/receipts"): Operation(
        TAG,
        "listReceipts",
        "Receipts and the till's own work, newest first",
        {200: Told("A page.", Orders, {"the last page": {"items": [LISTED, SLIP], "next": None}})},
        "`cursor` is the `next` of the page before, with the same filters. Pages stay put while the shop sells: no "
        "order is told twice, and none is missed that was there at the first page. `pos_id` is the register that has "
        "an order in hand (`printed_on`). No sale waits for this.",
        query=ListBody,
        refused={400: ("INVALID_PARAMETER",), **READS},
    ),
    ("GET", "/v1/kkt/receipt/<receipt_id>/timeline"): Operation(
        TAG,
        "getTimeline",
        "What happened to this sale, step by step, in plain words",
        {200: Told("In order.", Timeline, {"printed": {"id": RECEIPT_ID, "steps": STEPS}})},
        "The same failure many times in a row is one step. Of what is cleaned up it is told as far as it is known.",
        places={"receipt_id": "The order's id."},
        refused={404: ("RECEIPT_NOT_FOUND",), **READS},
    ),
    ("GET", "/v1/kkt/receipt/<receipt_id>/slip"): Operation(
        TAG,
        "getSlip",
        "The receipt as the buyer sees it, a page to be shown",
        {200: Told("HTML in Russian, without scripts.", str, {"the beginning": PAGE}, text="text/html")},
        "The buyer's address is masked. Of an order whose fate is unknown it shows what was asked for and what the "
        "register has; of what is cleaned up its document only.",
        places={"receipt_id": "The order's id."},
        refused={404: ("RECEIPT_NOT_FOUND",), 409: ("RECEIPT_NOT_PRINTED",), **READS},
    ),
    ("GET", "/v1/kkt/dlq"): Operation(
        TAG,
        "listDeadLetters",
        "Receipts that the OFD refused too often, newest first",
        {200: Told("A page.", DeadLetters, {"one, and more behind it": {"items": [DEAD], "next": NEXT}})},
        query=DeadBody,
        refused={400: ("INVALID_PARAMETER",), **READS},
    ),
    ("POST", "/v1/kkt/dlq/<receipt_id>/retry"): Operation(
        TAG,
        "retryDeadLetter",
        "Send a dead letter again",
        {200: Told("It waits for the OFD.", Retried, {"one": {"retried": 1, "receipts": [RECEIPT_ID], "left": 0}})},
        AGAIN,
        WHO,
        places={"receipt_id": "The receipt's id."},
        refused={404: ("RECEIPT_NOT_FOUND",), 409: ("RECEIPT_NOT_DEAD",), 503: ("DISK_FULL",)},
        keyed=True,
    ),
    ("POST", "/v1/kkt/dlq/retry"): Operation(
        TAG,
        "retryDeadLetters",
        "Send all dead letters again, oldest first",
        {200: Told("They wait for the OFD.", Retried, {"one": {"retried": 1, "receipts": [RECEIPT_ID], "left": 0}})},
        f"{AGAIN} They take no more than half of the buffer, so that sales go on; `left` "
        "stay dead until they are asked for again.",
        WHO,
        refused={503: ("DISK_FULL",)},
        keyed=True,
    ),
    ("GET", "/v1/status/history"): Operation(
        TAG,
        "getHistory",
        "The last hours in figures, in 144 points at most",
        {200: Told("The same for half a minute.", History, {"two points": HOURS})},
        query=HistoryBody,
        refused={400: ("INVALID_PARAMETER",), **READS},
    ),
}
