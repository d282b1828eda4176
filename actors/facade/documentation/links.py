"""Links to the outside and their breakers."""

from typing import Any

from actors.facade.documentation.buffer import BREAKER
from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from protocols.api_answers.links import Link, Links
from protocols.breaker_order import OrderBody

TAG = "Links"
LINK: dict[str, Any] = {
    "name": "ofd",
    "deadline": 60.0,
    "paused_for": 0,
    "stages": [
        {"stage": "rate", "settings": {"per_second": 5, "per_minute": 100}, "now": {"left": {"1s": 5, "60s": 99}}},
        {
            "stage": "bulkhead",
            "settings": {"in_flight": 8, "queue": 32, "wait": 5.0},
            "now": {"in_flight": 0, "waiting": 0},
        },
        {"stage": "timeout", "settings": {"seconds": 10.0}},
    ],
    "breaker": BREAKER,
}
NAME = {"name": "Of the link, such as `ofd`, `relay` or `odoo`; the list names all."}

OPERATIONS: Operations = {
    ("GET", "/v1/links"): Operation(
        TAG,
        "listLinks",
        "Every link to the outside",
        {200: Told("The stages that a call passes, each with its figures.", Links, {"one": {"links": [LINK]}})},
    ),
    ("GET", "/v1/links/<name>"): Operation(
        TAG,
        "getLink",
        "One link to the outside",
        {200: Told("The stages that a call passes, each with its figures.", Link, {"to the OFD": LINK})},
        places=NAME,
        refused={404: ("LINK_NOT_FOUND",)},
    ),
    ("POST", "/v1/links/<name>/breaker"): Operation(
        TAG,
        "orderBreaker",
        "Order a breaker about",
        {200: Told("The link as it stands now.", Link, {"to the OFD": LINK})},
        "`close`: calls pass. `probe`: a few do, and decide. For `expires_in` seconds, which these and only these "
        "need: `force_open`, no call passes; `disable`, all pass and nothing is counted; `metrics_only`, all pass and "
        "are counted. Safe to repeat.",
        Sent(
            OrderBody,
            {
                "close it": {"command": "close", "who": "Петрова", "reason": "the OFD says it is mended"},
                "keep it open for an hour": {
                    "command": "force_open",
                    "who": "Петрова",
                    "reason": "the OFD is being moved",
                    "expires_in": 3600,
                },
            },
        ),
        places=NAME,
        refused={404: ("LINK_NOT_FOUND",), 409: ("BREAKER_SWITCHED_OFF",)},
        keyed=True,
    ),
}
