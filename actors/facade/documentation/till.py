"""The till's own work: shifts, cash, and paper that is no fiscal document."""

from typing import Any

from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from actors.facade.documentation.refusals import OF_ORDERS, OF_PAPER, REGISTER_CANNOT
from protocols.api import CashBody, ShiftBody, TextBody
from protocols.api_answers.receipts import Done, WorkDone

TAG = "Till work"
DONE_EXAMPLE = {"done": {"status": "done"}}
THE_REGISTER = {"the register": {"pos_id": "POS-001"}}
CASH = {"a thousand roubles": {"pos_id": "POS-001", "amount": "1000.00"}}
ONCE = (
    "Done once for its `Idempotency-Key`: repeat the request with the same key until you have an answer of 200 or 422. "
)
AGAIN = "No fiscal document. Nothing is kept under its key: a repeat prints again. "


def _shift_report(kind: str) -> dict[str, Any]:
    return {
        "on paper": {
            "status": "done",
            "receipt_id": "4b428093-d67c-4a18-8ca0-7d0cac0e5cc4",
            "type": kind,
            "document": {
                "fn": "9999177208510271",
                "fd": "2",
                "fp": "1885143351",
                "fiscal_datetime": "2026-11-21T20:58:00+03:00",
                "shift_number": 1,
                "kkt_number": "6788242623059941",
            },
        }
    }


def _cash_slip(kind: str) -> dict[str, Any]:
    return {
        "on paper": {
            "status": "done",
            "receipt_id": "2b290c94-2c86-456f-a135-956d0b05338a",
            "type": kind,
            "document": {"fn": "9999177208510271", "number": 1, "amount": 1000.00},
        }
    }


def _shift(name: str, summary: str, kind: str, says: str = "") -> Operation:
    told = {200: Told("The report is on paper and on disk.", WorkDone, _shift_report(kind))}
    return Operation(
        TAG, name, summary, told, ONCE + says, Sent(ShiftBody, THE_REGISTER), refused=OF_ORDERS, keyed=True
    )


def _cash(name: str, summary: str, kind: str) -> Operation:
    told = {200: Told("The slip is on paper and on disk.", WorkDone, _cash_slip(kind))}
    return Operation(TAG, name, summary, told, ONCE, Sent(CashBody, CASH), refused=OF_ORDERS, keyed=True)


def _paper(name: str, summary: str, sent: Sent, says: str = "") -> Operation:
    told = {200: Told("It is on paper.", Done, DONE_EXAMPLE)}
    return Operation(TAG, name, summary, told, AGAIN + says, sent, refused=OF_PAPER, keyed=True)


OPERATIONS: Operations = {
    ("POST", "/v1/kkt/shift/open"): _shift("openShift", "Open the shift", "open_shift"),
    ("POST", "/v1/kkt/shift/close"): _shift(
        "closeShift", "Close the shift: a Z report", "close_shift", "`/v1/kkt/report/z` is another name of it."
    ),
    ("POST", "/v1/kkt/report/z"): _shift(
        "printZReport", "Close the shift, by its other name", "close_shift", "Another name of `/v1/kkt/shift/close`."
    ),
    ("POST", "/v1/kkt/cash/in"): _cash("putCashIn", "Put cash into the drawer", "cash_in"),
    ("POST", "/v1/kkt/cash/out"): _cash("takeCashOut", "Take cash out of the drawer", "cash_out"),
    ("POST", "/v1/kkt/report/x"): _paper(
        "printXReport", "Print the shift's sums so far: an X report", Sent(ShiftBody, THE_REGISTER)
    ),
    ("POST", "/v1/kkt/print"): _paper(
        "printText",
        "Print lines of text",
        Sent(TextBody, {"two lines": {"pos_id": "POS-001", "lines": ["Скидка 10 %", "до конца месяца"]}}),
        "The register cuts each line to the width of its paper.",
    ),
    ("POST", "/v1/kkt/continue-print"): Operation(
        TAG,
        "continuePrint",
        "Go on printing after new paper was put in",
        {200: Told("The register prints.", Done, DONE_EXAMPLE)},
        "For whoever does not want to wait the seconds until the register is looked at anyway.",
        Sent(ShiftBody, THE_REGISTER),
        refused={422: ("UNKNOWN_POS",), 503: REGISTER_CANNOT},
        keyed=True,
    ),
}
