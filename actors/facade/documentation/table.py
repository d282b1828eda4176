"""All rows, and what stands above them."""

from actors.facade.documentation import buffer, catalog, gateway, handover, links, lookups, receipts, registers, till
from actors.facade.documentation.operation import Operations

OPERATIONS: Operations = {
    **receipts.OPERATIONS,
    **till.OPERATIONS,
    **registers.OPERATIONS,
    **handover.OPERATIONS,
    **buffer.OPERATIONS,
    **lookups.OPERATIONS,
    **catalog.OPERATIONS,
    **links.OPERATIONS,
    **gateway.OPERATIONS,
}

TAGS = {
    receipts.TAG: "Printed once for each key, delivered to the OFD by themselves.",
    till.TAG: "Shifts, the cash drawer, and paper that is no fiscal document.",
    registers.TAG: "The fiscal registers (ККТ) as they last told how they stand.",
    handover.TAG: "A register's sales, printed by its stand-in.",
    buffer.TAG: "Receipts on disk, and their way to the operator of fiscal data (OFD, ОФД).",
    lookups.TAG: "For people: lists, the story of a sale, dead letters, the last hours.",
    catalog.TAG: "The products of the head office, found without it.",
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

**Addresses.** The gateway answers to its own names only, and to no page of another site.

**Callers.** Where the settings ask callers who they are, say so with each request: `Authorization: Bearer TOKEN`, where
TOKEN is a signed token (JWT) that lives for 15 minutes at most or an API key, or with a client certificate. Roles are
`pos`, `cashier`, `manager`, `admin` and `monitor`; each call names those that may make it. A browser's websocket, which
can set no header, offers the subprotocols `kassir.v1` and `bearer.TOKEN`.

**Limits.** 60 requests in a second for each caller, unless the settings say otherwise. Where more than 50 receipts
wait for their registers, lists and reports are put off (429 `TOO_BUSY`).

**The status stream.** `GET /v1/status/stream` as a websocket sends JSON texts, and takes none: `{"type": "snapshot",
"epoch", "number": N, "components": {name: state}}` first and after each restart of the part that tells it, then
`{"type": "change", "number": N, "component": name, "state": state, "missed": 0}` for each change, and `{"type":
"heartbeat", "number": N}` after two seconds of quiet. Numbers are consecutive for who keeps up; `missed` says how many
changes before this one were overtaken by newer ones of the same component. With `?after=EPOCH-N` a stream goes on where
another one ended: `{"type": "resumed", "epoch", "number": N}` and the changes since, or else a snapshot. It closes with
1001 when the gateway stops, with 1013 while nobody can say how it is, with 4401 when its caller's token has expired.
"""
