"""What recovery found, taken from the log: it is counted, and an "I cannot tell" is held against the world."""

import logging
import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from protocols.shtrih.codes import DocumentType
from tests.simulation.points import Row
from tests.simulation.register import ShopRegister
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
    "shift turned over cash": "the register counts cash within a shift",
    "slips do not add up": "slips more than before",
    "does not show": "does not show its documents",
}
VERDICTS = ["printed", "not printed", *UNKNOWN]

EXCUSES = {  # faults without which the register could have told
    "keeps a receipt open": ("refuses to cancel", "refuses", "doubt: kept open"),
    "unreadable document": ("cannot read a document",),
    "does not show": ("cannot read a document", "doubt: not shown"),
}
TURNS = (DocumentType.SHIFT_OPENED, DocumentType.SHIFT_CLOSED)

_now: dict[str, Any] = {}


@contextmanager
def listening(trace: Trace) -> Iterator[None]:
    """Meanwhile the log goes here and nowhere else."""
    before, level = structlog.get_config(), logging.root.manager.disable
    _now["trace"], _now["shop"] = trace, None
    logging.disable(logging.CRITICAL)
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(processors=[_hear], wrapper_class=quiet, cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.disable(level)


def ask(shop: "Shop") -> None:
    _now["shop"] = shop


def _hear(_logger: object, _name: str, event: MutableMapping[str, Any]) -> Any:
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


def may_be_in_doubt(verdict: str, row: Row, register: ShopRegister, trace: Trace) -> bool:
    """Whether the register could in truth not tell what became of that order."""
    drive = register.device.drive
    since = [] if drive.passport.fn != row.baseline_fn else list(drive.after(row.baseline_fd, 2000))
    total = sum(item["price_kopecks"] for item in row.order.get("items", ()))
    match verdict:
        case "drive was changed":
            return bool(drive.passport.fn != row.baseline_fn)
        case "several alike":
            return bool(sum(document.total_kopecks == total for document in since) > 1)
        case "too many documents":
            return len(since) > 1000
        case "shift turned over cash":
            return any(document.kind in TURNS for document in since)
        case "slips do not add up":
            return len(list(drive.slips_after(row.baseline_fd, 2000))) != 1
        case _:
            return any(trace.tally["fault", fault] for fault in EXCUSES.get(verdict, ()))
