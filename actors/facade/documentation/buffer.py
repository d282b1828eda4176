"""Receipts on disk, their way to the OFD, and the log of events."""

from typing import Any

from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from actors.facade.sync import SyncBody
from protocols.api_answers.buffer import BufferStatus, Events, Job, SyncBegun, Worker
from protocols.event_log import AskedBody

TAG = "Buffer"
BUFFER: dict[str, Any] = {
    "disk": "ok",
    "total_capacity": 200,
    "current_queued": 1,
    "percent_full": 0.5,
    "oldest_receipt": {
        "id": "b61fe836-a323-4382-be03-4d0e50fa31d7",
        "created_at": "2026-11-21T04:58:00.169Z",
        "age_hours": 0.25,
    },
    "undelivered_since": "2026-11-21T04:58:00.512Z",
    "accepted": 0,
    "printing": 0,
    "pending": 1,
    "syncing": 0,
    "synced": 40,
    "done": 2,
    "rejected": 0,
    "unknown": 0,
    "dead": 0,
}
ALERT: dict[str, Any] = {
    "code": "OFD_LOST",
    "level": "warning",
    "pos_id": None,
    "since": "2026-11-21T05:00:00Z",
    "message": "The OFD has been out of reach for 10 minutes: receipts are printed and wait in the buffer.",
    "message_ru": "ОФД недоступен уже 10 мин: чеки печатаются и копятся в буфере.",
}
STATUS = BUFFER | {
    "failed": 0,
    "network_status": "online",
    "last_sync": {"timestamp": "2026-11-21T04:57:00.183Z"},
    "alerts": [ALERT],
}
JOB: dict[str, Any] = {
    "job_id": "001fb2cd-4d16-436c-9971-9206e1780dd2",
    "state": "running",
    "total": 200,
    "delivered": 50,
    "refused": 0,
    "percent": 25,
    "began_at": "2026-11-21T05:00:00Z",
    "ended_at": None,
    "reason": None,
}
BREAKER: dict[str, Any] = {
    "state": "CLOSED",
    "since": "2026-11-21T04:00:00Z",
    "reason": "the beginning",
    "author": "gateway",
    "until": None,
    "failures_in_a_row": 0,
    "successes_in_a_row": 0,
    "calls_in_window": 40,
    "failure_rate": 0.0,
    "slow_rate": 0.0,
    "probes_out": 0,
}
DELIVERY: dict[str, Any] = {
    "status": "online",
    "last_successful_sync": "2026-11-21T04:57:00.183Z",
    "last_error": None,
    "delivered": 40,
    "in_flight": 1,
    "seconds_per_receipt": 0.05,
    "retry_at": None,
    "job": None,
}
PRINTED_EVENT: dict[str, Any] = {
    "timestamp": "2026-11-21T04:58:00.512Z",
    "level": "INFO",
    "event": "pending",
    "source": None,
    "pos_id": "POS-001",
    "receipt_id": "b61fe836-a323-4382-be03-4d0e50fa31d7",
    "code": None,
    "alert": None,
    "message": "document 1, sign 0443784134",
}
ALARM_EVENT: dict[str, Any] = {
    "timestamp": "2026-11-21T04:00:00Z",
    "level": "WARN",
    "event": "alarm_began",
    "source": "kkt.POS-001",
    "pos_id": "POS-001",
    "receipt_id": None,
    "code": "DRIVE_EXPIRES",
    "alert": "P2",
    "message": "The fiscal drive expires in 20 days: have it replaced.",
}
PAGE = {"total": 2, "page": 1, "limit": 100, "as_of": "1-1", "items": [PRINTED_EVENT, ALARM_EVENT]}

OPERATIONS: Operations = {
    ("GET", "/v1/kkt/buffer/status"): Operation(
        TAG,
        "getBufferStatus",
        "How many receipts wait for the OFD, since when, and alerts",
        {200: Told("As it is at this moment.", BufferStatus, {"one waits": STATUS})},
    ),
    ("GET", "/v1/kkt/buffer/logs"): Operation(
        TAG,
        "listEvents",
        "What happened to receipts, registers, links and the gateway",
        {200: Told("A page, newest first.", Events, {"two events": PAGE})},
        "`as_of` of the first page, sent with the others, keeps pages from moving while the log is written. Pages "
        "reach 200 000 events back; a smaller `as_of` begins further back. Unknown parameters are refused.",
        query=AskedBody,
        refused={400: ("INVALID_PARAMETER",), 503: ("STORE_UNAVAILABLE",)},
    ),
    ("POST", "/v1/kkt/buffer/sync"): Operation(
        TAG,
        "beginSync",
        "Deliver what waits now",
        {202: Told("Under way.", SyncBegun, {"begun": {"job_id": JOB["job_id"], "estimated_duration_seconds": 10}})},
        "Receipts are delivered by themselves; this is for whoever cannot wait. `force`: also while the OFD is known "
        "to be out of reach. The same key gives the same job.",
        Sent(SyncBody, {"in any case": {"force": True, "who": "Петрова"}}, needed=False),
        refused={409: ("NO_RECEIPTS_TO_SEND", "SYNC_RUNNING"), 503: ("NO_WAY_TO_OFD",)},
        keyed=True,
    ),
    ("GET", "/v1/kkt/buffer/sync/<job_id>"): Operation(
        TAG,
        "getSyncJob",
        "How far a delivery that was asked for has come",
        {200: Told("Only the latest job is remembered.", Job, {"a quarter": JOB})},
        places={"job_id": "As the delivery's answer gave it."},
        refused={404: ("JOB_NOT_FOUND",)},
    ),
    ("GET", "/v1/kkt/worker/status"): Operation(
        TAG,
        "getWorkerStatus",
        "How delivery and its breaker stand",
        {200: Told("As it is now.", Worker, {"online": {**DELIVERY, "relays": {}, "circuit_breaker": BREAKER}})},
    ),
}
