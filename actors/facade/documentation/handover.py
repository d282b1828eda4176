"""Sales that are handed over to a stand-in."""

from typing import Any

from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from protocols.api_answers.handovers import Handover, HandoverBegun, Handovers
from protocols.handover import BeginBody, EndBody

TAG = "Hand-over"
IN_FORCE: dict[str, Any] = {
    "pos_id": "POS-001",
    "stand_in": "POS-002",
    "in_force": True,
    "who": "Иванова",
    "reason": "не печатает",
    "began_at": "2026-11-21T04:58:00Z",
    "ended_at": None,
    "ended_by": None,
}
ENDED = IN_FORCE | {"in_force": False, "ended_at": "2026-11-21T09:00:00Z", "ended_by": "Петрова"}
STAYS = {
    "receipt_id": "b61fe836-a323-4382-be03-4d0e50fa31d7",
    "state": "accepted",
    "to_do": "It was not printed. Its register prints it as soon as it can; do not sell it under another key.",
}
BEGIN = Sent(BeginBody, {"it does not print": {"pos_id": "POS-001", "who": "Иванова", "reason": "не печатает"}})
END = Sent(EndBody, {"it prints again": {"who": "Петрова"}})


def _end(name: str, says: str) -> Operation:
    return Operation(
        TAG,
        name,
        "End a hand-over",
        {200: Told("Its own register prints them again.", Handover, {"ended": ENDED})},
        f"Safe to repeat. {says}",
        END,
        places={"pos_id": "The register whose sales were handed over."},
        refused={404: ("NO_HANDOVER",), 503: ("DISK_FULL",)},
        keyed=True,
    )


OPERATIONS: Operations = {
    ("GET", "/v1/kkt/handover"): Operation(
        TAG,
        "listHandovers",
        "The latest hand-over of each register",
        {200: Told("Those in force and those that ended.", Handovers, {"one": {"handovers": [IN_FORCE]}})},
    ),
    ("POST", "/v1/kkt/handover"): Operation(
        TAG,
        "beginHandover",
        "Hand a register's sales over to its stand-in",
        {
            200: Told(
                "In force from this instant on.", HandoverBegun, {"one receipt stays": IN_FORCE | {"stays": [STAYS]}}
            )
        },
        "No receipt can be printed on both: a key is bound to one register for good. What the register had in hand "
        "stays there and is listed under `stays`. Safe to repeat.",
        BEGIN,
        refused={409: ("NO_STAND_IN", "HANDOVER_CHAIN"), 422: ("UNKNOWN_POS",), 503: ("DISK_FULL",)},
        keyed=True,
    ),
    ("DELETE", "/v1/kkt/handover/<pos_id>"): _end(
        "endHandover", "Where a client cannot send a body with DELETE: `POST /v1/kkt/handover/{pos_id}/end`."
    ),
    ("POST", "/v1/kkt/handover/<pos_id>/end"): _end("endHandoverByPost", "The same as DELETE on the path above."),
}
