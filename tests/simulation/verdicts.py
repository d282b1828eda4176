"""What recovery found, taken from the log: it is counted, and an "I cannot tell" is held against the world."""

import logging
import re
from typing import TYPE_CHECKING, Any

import structlog

from tests.simulation.trace import Trace

if TYPE_CHECKING:
    from tests.simulation.shop import Shop

UNKNOWN = {  # why: what the reason says
    "keeps a receipt open": "keeps a receipt open",
    "drive was changed": "fiscal drive was changed",
    "numbers went back": "the last document was",
    "too many documents": "documents came since",
    "unreadable document": "cannot be read",
    "several alike": "all look like it",
}
VERDICTS = ["printed", "not printed", *UNKNOWN]

_now: dict[str, Any] = {}


def listen(trace: Trace) -> None:
    """From now on the log goes here."""
    _now["trace"], _now["shop"] = trace, None
    logging.disable(logging.CRITICAL)
    structlog.configure(
        processors=[_hear],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=False,
    )


def ask(shop: "Shop") -> None:
    _now["shop"] = shop


def _hear(_logger: object, _name: str, event: dict[str, Any]) -> Any:
    trace: Trace = _now["trace"]
    if event["event"] == "receipt_settled":
        verdict = verdict_of(event["verdict"])
        trace.count("verdict", verdict)
        if verdict in UNKNOWN:
            _now["shop"].cannot_tell(event["receipt_id"], verdict)
    if trace.keep:
        said = {name: value for name, value in event.items() if name not in ("event", "exc_info")}
        trace.lines.append(f"             . {event['event']} {said} {event.get('exc_info') or ''!r}")
    raise structlog.DropEvent


def verdict_of(text: str) -> str:
    if text.startswith("WasPrinted"):
        return "printed"
    if text.startswith("WasNotPrinted"):
        return "not printed"
    return next((name for name, words in UNKNOWN.items() if re.search(words, text)), f"unknown: {text}")
