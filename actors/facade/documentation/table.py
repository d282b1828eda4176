"""All rows, and what stands above them."""

from actors.facade.documentation import buffer, gateway, handover, links, receipts, registers, till
from actors.facade.documentation.operation import Operations

OPERATIONS: Operations = {
    **receipts.OPERATIONS,
    **till.OPERATIONS,
    **registers.OPERATIONS,
    **handover.OPERATIONS,
    **buffer.OPERATIONS,
    **links.OPERATIONS,
    **gateway.OPERATIONS,
}

TAGS = {
    receipts.TAG: "Printed once for each key, delivered to the OFD by themselves.",
    till.TAG: "Shifts, the cash drawer, and paper that is no fiscal document.",
    registers.TAG: "The fiscal registers (ККТ) as they last told how they stand.",
    handover.TAG: "A register's sales, printed by its stand-in.",
    buffer.TAG: "Receipts on disk, and their way to the operator of fiscal data (OFD, ОФД).",
    links.TAG: "How calls to the outside are guarded: rate, bulkhead, breaker, retry, deadlines.",
    gateway.TAG: "How the gateway itself is.",
}

TITLE = "Kassir"
SUMMARY = "The fiscal gateway of a shop: prints receipts on a register, keeps them, delivers them to the OFD."
VERSION = "1.0"
SAYS = """\
JSON in UTF-8, both ways. Times are ISO 8601 with an offset. Money is roubles, with up to two decimal places.

**Errors** are of one shape, `Problem`. Programs look at `code`, which is stable. Where a repeat makes sense the
header `Retry-After` says after how many seconds. A path that is not here is 404 `NOT_FOUND`, a method that a path
does not have 405 `METHOD_NOT_ALLOWED` with the header `Allow`.

**Keys.** Every change wants the header `Idempotency-Key`, a UUIDv4 that you make once for each thing you want done.
Repeat a request with the same key and body until you have an answer of 200 or 422: it is done once. A 5xx, a 429 or a
broken connection says nothing about whether it was done.

**Requests are named.** Every answer carries `X-Request-Id`, which is also in the gateway's log: the name that you
gave in the same header (up to 64 letters, digits and any of `._:-`), or else a new one.

**Addresses.** On loopback the gateway answers to loopback names only, and to no page of another site.

**The status stream.** `GET /v1/status/stream` as a websocket sends JSON texts, and takes none: `{"type": "snapshot",
"number": N, "components": {name: state}}` first and after each restart of the part that tells it, then `{"type":
"change", "number": N, "component": name, "state": state}` for each change, and `{"type": "heartbeat", "number": N}`
after 15 seconds of quiet. Numbers grow; a change that was overtaken by a newer one of the same component is left out.
It closes with 1001 when the gateway stops, with 1013 while nobody can say how it is.
"""
