"""What HTTP answers, as messages: made of the same dictionaries, so that neither says what the other does not."""

from collections.abc import Mapping
from typing import Any

from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb
from protocols.jsontext import dumps, loads
from protocols.life import State

Answer = Mapping[str, Any]


def settled(answer: bytes, *, rejected: bool) -> pb.CreateReceiptResponse:
    """`answer` as it is stored."""
    told, text = loads(answer), answer.decode()
    if rejected:
        refusal = pb.Refusal(code=told["code"], message=told["message"], details_json=_json(told["details"]))
        return pb.CreateReceiptResponse(receipt_id=told["id"], refusal=refusal, answer_json=text)
    waits = told["buffer_info"]
    printed = pb.Printed(
        buffered=told["status"] == "buffered",
        fiscal_doc=_fiscal_document(told["fiscal_doc"]),
        buffer_info=None if waits is None else pb.BufferInfo(**waits),
        pos_id=told.get("pos_id"),
        printed_on=told.get("printed_on"),
    )
    return pb.CreateReceiptResponse(receipt_id=told["receipt_id"], printed=printed, answer_json=text)


def life(told: Answer) -> pb.ReceiptLife:
    """Of a receipt that was cleaned up only the end is known, and its answer in `life_json`."""
    text = dumps(told)
    plain = loads(text)
    document = plain.get("fiscal_doc")
    return pb.ReceiptLife(
        receipt_id=plain["id"],
        **{name: plain[name] for name in ("status", "state", "created_at")},
        **{name: plain.get(name) for name in LIFE},
        fiscal_doc=None if document is None else _fiscal_document(document),
        life_json=text.decode(),
    )


LIFE = ("pos_id", "printed_on", "type", "printed_at", "synced_at", "retry_count", "last_error")


def buffer_status(told: Answer) -> pb.BufferStatusResponse:
    plain = loads(dumps(told))
    oldest = plain["oldest_receipt"] or {}
    return pb.BufferStatusResponse(
        **{name: plain[name] for name in ("total_capacity", "current_queued", "failed", "dead", "network_status")},
        percent_full=float(plain["percent_full"]),
        receipts={state.value: plain[state.value] for state in State},
        oldest_receipt_id=oldest.get("id"),
        oldest_created_at=oldest.get("created_at"),
        last_sync=plain["last_sync"]["timestamp"],
        alerts=[_alert(alert) for alert in plain["alerts"]],
        disk_full=plain["disk"] == "full",
    )


def health(told: Answer) -> pb.HealthResponse:
    status = pb.HealthResponse.Status.Value(f"STATUS_{told['status'].upper()}")
    if told.keys() == {"status"}:  # all that a stranger hears
        return pb.HealthResponse(status=status)
    return pb.HealthResponse(
        status=status,
        network_status=str(told["network_status"]),
        components_json=_json(told["components"]),
        alerts=[_alert(alert) for alert in told["alerts"]],
    )


def news(told: Answer) -> pb.StatusEvent:
    """Of a message of the status stream."""
    number = told["number"]
    match told["type"]:
        case "snapshot":
            states = {component: _json(state) for component, state in told["components"].items()}
            return pb.StatusEvent(number=number, snapshot=pb.Snapshot(components_json=states))
        case "change":
            change = pb.Change(component=told["component"], state_json=_json(told["state"]))
            return pb.StatusEvent(number=number, change=change)
        case _:
            return pb.StatusEvent(number=number, heartbeat=pb.Heartbeat())


def _fiscal_document(told: Answer) -> pb.FiscalDocument:
    return pb.FiscalDocument(**{name: told[name] for name in DOCUMENT}, total_kopecks=int(told["total"] * 100))


DOCUMENT = ("fn", "fd", "fp", "fiscal_datetime", "shift_number", "receipt_number", "kkt_number", "qr")


def _alert(told: Answer) -> pb.Alert:
    return pb.Alert(**{name: told.get(name) for name in ("code", "level", "pos_id", "message", "message_ru")})


def _json(value: object) -> str:
    return dumps(value).decode()
