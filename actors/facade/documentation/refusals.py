"""Every code of a refusal, by status: what it means, and what to do. The codes are stable, the sentences are not."""

from collections.abc import Mapping

Codes = Mapping[int, tuple[str, ...]]

REFUSALS: dict[int, dict[str, str]] = {
    400: {
        "BAD_REQUEST": "The request cannot be understood.",
        "INVALID_JSON": "The body is no JSON.",
        "INVALID_PARAMETER": "A query parameter is wrong or unknown; `details` names each.",
        "IDEMPOTENCY_KEY_MISSING": "The header Idempotency-Key is missing.",
        "IDEMPOTENCY_KEY_INVALID": "The Idempotency-Key is no UUIDv4.",
    },
    401: {
        "CREDENTIALS_MISSING": "Say who you are: with a token, an API key or a client certificate.",
        "AUTHORIZATION_INVALID": "The header Authorization is not `Bearer TOKEN`.",
        "TOKEN_EXPIRED": "The token has expired. Get a new one.",
        "TOKEN_INVALID": "This is no token, or a claim of it is missing or wrong, or its signature is not of its key.",
        "TOKEN_LIVES_TOO_LONG": "A token lives for 15 minutes at most, from `iat` to `exp`.",
        "TOKEN_NOT_YET": "The token is not good yet. Compare the clocks.",
        "TOKEN_UNKNOWN_KEY": "The token names no key (`kid`) that is known here.",
        "API_KEY_UNKNOWN": "There is no such API key.",
        "API_KEY_EXPIRED": "The API key has expired.",
        "CERTIFICATE_UNKNOWN": "The certificate is good, and nobody is known by it.",
        "CERTIFICATE_EXPIRED": "The certificate, or that of its CA, has expired.",
        "CERTIFICATE_NOT_YET": "The certificate, or that of its CA, is not good yet.",
        "CERTIFICATE_ISSUER_UNKNOWN": "No CA known here has issued the certificate itself.",
    },
    403: {
        "FORBIDDEN": "Your roles do not allow this; `details.needs` names those that do.",
        "FOREIGN_HOST": "The gateway answers by its own names only; the settings list them.",
        "FOREIGN_ORIGIN": "Pages of other sites may not use the gateway.",
    },
    404: {
        "NOT_FOUND": "There is no such path.",
        "RECEIPT_NOT_FOUND": "There is no such order.",
        "NO_HANDOVER": "The sales of this register were never handed over.",
        "JOB_NOT_FOUND": "There is no such job; only the latest one is remembered.",
        "LINK_NOT_FOUND": "There is no such link.",
    },
    405: {"METHOD_NOT_ALLOWED": "This path is not for this method; the header Allow names those it is for."},
    408: {"REQUEST_TIMEOUT": "The body did not arrive in time. Send it again."},
    409: {
        "IDEMPOTENCY_KEY_REUSED": "This key belongs to another order, `details.receipt_id`. Take a new key.",
        "RECEIPT_NOT_UNKNOWN": "There is nothing to decide: the fate of this order is known.",
        "DOCUMENT_TAKEN": "The document is another order's already.",
        "FD_MISSING": "Say as which document, `fd`, it is on paper.",
        "DOCUMENT_TOO_OLD": "The document was in the drive before the order came.",
        "NO_SUCH_DOCUMENT": "The register has no receipt or shift report of this number.",
        "DOCUMENT_DIFFERS": "The document is another than this order; `details` shows both.",
        "DRIVE_REPLACED": "The drive was replaced since: say fn, fd, fp and fiscal_datetime as they are on the paper.",
        "RECEIPT_NOT_DEAD": "It is no dead letter, `details.state`, or it is cleaned up.",
        "RECEIPT_NOT_PRINTED": "It is not on paper, `details.state`.",
        "NOTHING_TO_COPY": "This is no receipt on paper that the register could copy.",
        "NOT_THE_LAST_RECEIPT": "A register copies its last document only, and this receipt is not it any more.",
        "DISCOVERY_RUNNING": "Registers are being looked for already. Ask again after Retry-After.",
        "NO_STAND_IN": "The settings name no stand-in for this register.",
        "HANDOVER_CHAIN": "The stand-in is itself handed over, or stands in for another; `details` is that hand-over.",
        "NO_RECEIPTS_TO_SEND": "No receipts go to the OFD from here: documents reach it by other ways.",
        "SYNC_RUNNING": "A delivery is under way already, `details.job_id`.",
        "REFRESH_RUNNING": "The products are being refreshed already. Ask again after Retry-After.",
        "BREAKER_SWITCHED_OFF": "The settings switch this link's breaker off, so nothing can be ordered.",
    },
    413: {"BODY_TOO_LARGE": "The body is over 1 MiB."},
    415: {"UNSUPPORTED_MEDIA_TYPE": "Send the body as application/json."},
    422: {
        "VALIDATION_ERROR": "The body is not of the shape asked for; `details` names each field and its problem.",
        "UNKNOWN_POS": "No register goes by this pos_id; `details.known` names those there are.",
        "FFD_RULE": "No format of fiscal data allows this receipt; `details` names each rule and tag.",
        "DISCOUNT_ABOVE_PRICE": "The discount on an item is more than its price.",
        "TOTAL_TOO_LARGE": "The total is more than a register can hold.",
        "PAYMENTS_BELOW_TOTAL": "The payments do not cover the total; `details` has the sums in kopecks.",
        "CASHLESS_ABOVE_TOTAL": "Only cash may be more than the total, for change is cash.",
        "KKT_REFUSED": "The register refused and nothing was printed; `details` has its own code, text and advice. "
        "Correct the order and send it under a new key.",
        "RECEIPT_DROPPED": "A person decided that this order was not printed and will not be.",
    },
    429: {
        "RATE_LIMITED": "Too many requests in a second. Repeat the same request after Retry-After.",
        "TOO_BUSY": "Receipts come first: too much is under way. Ask again after Retry-After.",
    },
    500: {"INTERNAL_ERROR": "A fault of the gateway's; its log has it under this id. Repeat an order under its key."},
    503: {
        "STOPPING": "The gateway is stopping. Repeat the same request after Retry-After.",
        "BUSY": "Too much waits already. Repeat the same request after Retry-After.",
        "NOT_DONE_YET": "The answer is not there yet. Repeat the same request.",
        "INTERRUPTED": "A part of the gateway was started anew. Repeat the same request.",
        "BUFFER_FULL": "Too many receipts wait for the OFD, and no more are taken. See to the way to the OFD.",
        "DISK_FULL": "Nothing new is taken, for its result must find room on the disk. Make room; it heals by itself.",
        "STORE_UNAVAILABLE": "Nothing can be put on disk, or read from it, at the moment. Repeat the same request.",
        "RECEIPT_WAITS": "Taken, and printed as soon as the register can. Repeat the same request.",
        "RECEIPT_IN_DOUBT": "The register's answer was lost, and it is being asked. Repeat the same request.",
        "RECEIPT_UNKNOWN": "The register cannot tell whether it was printed. A person looks at it and resolves it.",
        "KKT_STARTING": "The register is being asked for its state. Repeat the same request.",
        "KKT_UNAVAILABLE": "The register does not answer: check its power and cable. Repeat the same request.",
        "KKT_NO_PAPER": "The register has no paper. Put in a roll, and repeat the same request.",
        "KKT_BUSY": "The register is busy with an earlier document. Repeat the same request.",
        "KKT_SETTLING": "The register is being asked what became of the last receipt. Repeat the same request.",
        "KKT_SHIFT_CLOSED": "The shift is closed and is not opened by itself. Open it, and repeat the same request.",
        "KKT_SHIFT_EXPIRED": "The shift is open for over 24 hours. Close it, open a new one, repeat the same request.",
        "KKT_REFUSED": "The register refused what had to come first. See to it, and repeat the same request.",
        "KKT_HALTED": "The register cannot tell what became of an earlier order. A person must resolve that one first.",
        "HANDED_OVER": "The sales were handed over meanwhile, or back. Repeat the same request.",
        "STAND_IN_GONE": "The sales are handed over to a register that is their stand-in no longer. End the hand-over.",
        "MAY_BE_PRINTED": "The register's answer was lost. Look at the paper before you repeat this.",
        "NO_WAY_TO_ODOO": "The head office is out of reach. The products that were known before are still served.",
        "ODOO_REFUSED": "The head office answers, but not with a list of products. Those known before are served.",
        "NO_WAY_TO_OFD": "The OFD is out of reach. Receipts are kept, and delivered by themselves when it is back.",
    },
}

ANY: Codes = {
    401: tuple(REFUSALS[401]),
    403: ("FORBIDDEN", "FOREIGN_HOST", "FOREIGN_ORIGIN"),
    429: ("RATE_LIMITED", "TOO_BUSY"),
    500: ("INTERNAL_ERROR",),
    503: ("STOPPING", "BUSY", "NOT_DONE_YET", "INTERRUPTED"),
}
"""What any call may hear."""

WITH_GAPS: Codes = {404: ("NOT_FOUND",)}
"""And any whose path has a gap, where what is put there makes it another path."""

WITH_BODY: Codes = {
    400: ("INVALID_JSON",),
    408: ("REQUEST_TIMEOUT",),
    413: ("BODY_TOO_LARGE",),
    415: ("UNSUPPORTED_MEDIA_TYPE",),
    422: ("VALIDATION_ERROR",),
}
WITH_KEY: Codes = {400: ("IDEMPOTENCY_KEY_MISSING", "IDEMPOTENCY_KEY_INVALID")}

REGISTER_CANNOT = (
    *("KKT_STARTING", "KKT_UNAVAILABLE", "KKT_NO_PAPER", "KKT_BUSY", "KKT_SETTLING", "KKT_SHIFT_CLOSED"),
    *("KKT_SHIFT_EXPIRED", "KKT_REFUSED", "KKT_HALTED", "STORE_UNAVAILABLE", "DISK_FULL"),
)
"""Why a register cannot print now (503)."""

OF_ORDERS: Codes = {
    409: ("IDEMPOTENCY_KEY_REUSED",),
    422: ("UNKNOWN_POS", "KKT_REFUSED", "RECEIPT_DROPPED"),
    503: (*REGISTER_CANNOT, "BUFFER_FULL", "RECEIPT_WAITS", "RECEIPT_IN_DOUBT", "RECEIPT_UNKNOWN"),
}
"""Of what is printed once under its key."""

OF_PAPER: Codes = {422: ("UNKNOWN_POS", "KKT_REFUSED"), 503: (*REGISTER_CANNOT, "MAY_BE_PRINTED")}
"""Of what is printed again when it is asked for again."""


def together(*many: Codes) -> dict[int, tuple[str, ...]]:
    """Each code once, in their order."""
    found: dict[int, dict[str, None]] = {}
    for codes in many:
        for status, named in codes.items():
            found.setdefault(status, {}).update(dict.fromkeys(named))
    return {status: tuple(named) for status, named in sorted(found.items())}
