"""What the HTTP API answers about receipts, as the outside contract has it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from protocols.fiscal import CashSlip, Document, FiscalDocument, ShiftReport
from protocols.jsontext import dumps, roubles
from protocols.order import Order
from protocols.receipt import Receipt
from protocols.till import TillWork


def fiscal_doc(document: FiscalDocument) -> dict[str, Any]:
    """The `fiscal_doc` of every answer; numbers of documents are strings, as the contract has them."""
    return {
        "fn": document.fn,
        "fd": str(document.fd),
        "fp": document.fp,
        "fiscal_datetime": document.fiscal_datetime,
        "shift_number": document.shift_number,
        "receipt_number": document.receipt_number,
        "kkt_number": document.kkt_number,
        "total": roubles(document.total_kopecks),
        "qr": document.qr,
    }


def shift_report(report: ShiftReport) -> dict[str, Any]:
    return {
        "fn": report.fn,
        "fd": str(report.fd),
        "fp": report.fp,
        "fiscal_datetime": report.fiscal_datetime,
        "shift_number": report.shift_number,
        "kkt_number": report.kkt_number,
    }


def cash_slip(slip: CashSlip) -> dict[str, Any]:
    return {"fn": slip.fn, "number": slip.number, "amount": roubles(slip.amount_kopecks)}


def document(of: Document) -> dict[str, Any]:
    """Whatever an order ended in."""
    match of:
        case FiscalDocument():
            return fiscal_doc(of)
        case ShiftReport():
            return shift_report(of)
        case CashSlip():
            return cash_slip(of)


def asked(order: Order) -> dict[str, Any]:
    """What was to be printed, as far as a register keeps of it."""
    kopecks = order.amount_kopecks if isinstance(order, TillWork) else order.total_kopecks
    return {"type": order.kind.value, "total": roubles(kopecks)}


def found(documents: Iterable[Document]) -> bytes:
    """What a register shows in the place of an order whose fate it cannot tell."""
    return dumps([{"type": each.kind.value, **document(each)} for each in documents])


def done(receipt_id: str, of: ShiftReport | CashSlip) -> bytes:
    """The answer to till work that is on paper; frozen like that of a receipt."""
    return dumps({"status": "done", "receipt_id": receipt_id, "type": of.kind.value, "document": document(of)})


class StoodIn(NamedTuple):
    """A sale of `pos_id` was printed by another register."""

    pos_id: str
    printed_on: str


class Waits(NamedTuple):
    """While the way to the OFD is shut: how many wait, this one included, and when they will be there, if known."""

    queued: int
    delivered_at: datetime | None = None


def printed(
    receipt_id: str, document: FiscalDocument, waits: Waits | None = None, stood_in: StoodIn | None = None
) -> bytes:
    """The answer to a receipt that is on paper. `waits`: None while the way to the OFD is open.

    `stood_in`: only where another register than the one that was asked has printed it.
    It is frozen with the receipt and said again, byte for byte, to whoever repeats the request.
    """
    return dumps(
        {
            "status": "buffered" if waits else "printed",
            "receipt_id": receipt_id,
            **(stood_in._asdict() if stood_in else {}),
            "fiscal_doc": fiscal_doc(document),
            "buffer_info": waits
            and {
                "queue_position": waits.queued,
                "total_queued": waits.queued,
                "estimated_sync_time": waits.delivered_at,
            },
        }
    )


def delivery(receipt_id: str, receipt: Receipt, document: FiscalDocument) -> dict[str, Any]:
    """What the OFD gets. It knows a receipt by `fn`, `fd` and `fp`: sent again, they are the same."""
    return {
        "receipt_id": receipt_id,
        "pos_id": receipt.pos_id,
        "type": receipt.kind.value,
        **fiscal_doc(document),
        "items": [
            {
                "name": line.name,
                "qty": line.quantity,
                "price": roubles(line.price_kopecks),
                "sum": roubles(line.total_kopecks),
                "vat": line.vat.value,
            }
            for line in receipt.lines()
        ],
        "payments": [
            {"method": payment.method.value, "amount": roubles(payment.amount_kopecks)} for payment in receipt.payments
        ],
        "customer_contact": receipt.contact,
    }


def error(code: str, message: str, error_id: str, details: object = None) -> bytes:
    """The one error model: `code` for programs, `message` for people, `id` to find it in the log."""
    return dumps({"code": code, "message": message, "details": details, "id": error_id})
