"""Every call of the facade: who may make it, and how urgent it is. The one place where either is said.

A route that stands in no row is for nobody, and a test finds it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do. Roles do not include one another: each row says who, in full."""

    POS = "pos"  # the point of sale: sells and does the till's work, under its own name
    CASHIER = "cashier"  # a person at the till
    MANAGER = "manager"  # of the shop: sees everything, hands sales over
    ADMIN = "admin"  # decides, repairs, orders breakers about
    MONITOR = "monitor"  # a program that reads figures, such as Prometheus


class Rank(StrEnum):
    """How urgent a call is. The less, the sooner it is refused when there is much to do (`actors.facade.room`)."""

    VITAL = "vital"  # whether we are well; never refused
    SALE = "sale"  # fiscal work
    SOON = "soon"  # a till or a person waits for it
    PLAIN = "plain"  # lists, and whatever else there is time for
    IDLE = "idle"  # pages, histories, searches
    WATCH = "watch"  # somebody looks, for as long as they like; costs little, and has a bound of its own


ANYBODY: frozenset[Role] = frozenset(Role)  # also without saying who; see Call.open
TILL = frozenset({Role.POS, Role.CASHIER, Role.MANAGER, Role.ADMIN})
STAFF = frozenset({Role.CASHIER, Role.MANAGER, Role.ADMIN})
CHIEFS = frozenset({Role.MANAGER, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
WATCHERS = STAFF | {Role.MONITOR}

STREAM, RPC = "WS", "RPC"  # in the place of a method
GRPC = "/kassir.v1.FiscalGateway"


@dataclass(frozen=True)
class Call:
    """`path` as the router has it. `open`: also for those who do not say who they are."""

    method: str
    path: str
    who: frozenset[Role]
    rank: Rank
    open: bool = False

    @property
    def audited(self) -> bool:
        """Whether each one that was let in is an event for the log: what only chiefs may change."""
        return self.method not in ("GET", STREAM) and self.who <= CHIEFS

    @property
    def is_page(self) -> bool:
        """Whether it is one of the files that browsers are shown."""
        return self.open and self.rank is Rank.IDLE


def _anybody(path: str, rank: Rank = Rank.IDLE) -> Call:
    return Call("GET", path, ANYBODY, rank, open=True)


DASHBOARD = (
    "administrator.js", "api.js", "chart.js", "decision.js", "dialog.js", "element.js", "en.json", "format.js",
    "history.js", "icon.svg", "language.js", "layout.css", "listing.js", "log_list.js", "main.js", "notices.js",
    "now.js", "page_buffer.js", "page_dead.js", "page_links.js", "page_log.js", "page_overview.js", "page_receipt.js",
    "page_registers.js", "parts.css", "parts.js", "progress.js", "reasons.js", "receipts.js", "ru.json", "session.js",
    "signin.js", "standing.js", "statusbar.js", "stream.js", "theme.css", "theme.js", "world.js",
)  # fmt: skip
"""What the page at / is made of."""

CALLS = (
    Call("POST", "/v1/kkt/receipt", TILL, Rank.SALE),
    Call("GET", "/v1/kkt/receipt/<receipt_id>", TILL, Rank.SOON),
    Call("POST", "/v1/kkt/receipt/<receipt_id>/resolve", ADMIN, Rank.SOON),
    Call("POST", "/v1/kkt/receipt/<receipt_id>/copy", TILL, Rank.SOON),
    Call("GET", "/v1/kkt/receipt/<receipt_id>/timeline", STAFF, Rank.SOON),
    Call("GET", "/v1/kkt/receipt/<receipt_id>/slip", STAFF, Rank.SOON),
    Call("GET", "/v1/kkt/receipts", STAFF, Rank.PLAIN),
    Call("GET", "/v1/kkt/dlq", CHIEFS, Rank.PLAIN),
    Call("POST", "/v1/kkt/dlq/<receipt_id>/retry", ADMIN, Rank.SOON),
    Call("POST", "/v1/kkt/dlq/retry", ADMIN, Rank.SOON),
    Call("POST", "/v1/kkt/shift/open", TILL, Rank.SALE),
    Call("POST", "/v1/kkt/shift/close", TILL, Rank.SALE),
    Call("POST", "/v1/kkt/report/z", TILL, Rank.SALE),
    Call("POST", "/v1/kkt/cash/in", TILL, Rank.SALE),
    Call("POST", "/v1/kkt/cash/out", TILL, Rank.SALE),
    Call("POST", "/v1/kkt/report/x", TILL, Rank.SOON),
    Call("POST", "/v1/kkt/print", TILL, Rank.SOON),
    Call("POST", "/v1/kkt/continue-print", TILL, Rank.SOON),
    Call("GET", "/v1/kkt/shift", TILL, Rank.SOON),
    Call("GET", "/v1/kkt/ready", TILL, Rank.SOON),
    Call("GET", "/v1/kkt/devices", WATCHERS, Rank.PLAIN),
    Call("POST", "/v1/kkt/devices/discover", ADMIN, Rank.IDLE),
    Call("GET", "/v1/kkt/handover", STAFF, Rank.PLAIN),
    Call("POST", "/v1/kkt/handover", CHIEFS, Rank.SOON),
    Call("DELETE", "/v1/kkt/handover/<pos_id>", CHIEFS, Rank.SOON),
    Call("POST", "/v1/kkt/handover/<pos_id>/end", CHIEFS, Rank.SOON),
    Call("GET", "/v1/kkt/buffer/status", TILL | {Role.MONITOR}, Rank.PLAIN),
    Call("GET", "/v1/kkt/buffer/logs", STAFF, Rank.PLAIN),
    Call("POST", "/v1/kkt/buffer/sync", ADMIN, Rank.SOON),
    Call("GET", "/v1/kkt/buffer/sync/<job_id>", STAFF, Rank.PLAIN),
    Call("GET", "/v1/kkt/worker/status", WATCHERS, Rank.PLAIN),
    Call("GET", "/v1/kkt/cache/products", TILL, Rank.SOON),
    Call("POST", "/v1/kkt/cache/refresh", CHIEFS, Rank.SOON),
    Call("GET", "/v1/links", WATCHERS, Rank.PLAIN),
    Call("GET", "/v1/links/<name>", WATCHERS, Rank.PLAIN),
    Call("POST", "/v1/links/<name>/breaker", ADMIN, Rank.SOON),
    Call("GET", "/v1/status/history", WATCHERS, Rank.IDLE),
    Call(STREAM, "/v1/status/stream", TILL | {Role.MONITOR}, Rank.WATCH),
    Call(RPC, f"{GRPC}/CreateReceipt", TILL, Rank.SALE),
    Call(RPC, f"{GRPC}/GetReceipt", TILL, Rank.SOON),
    Call(RPC, f"{GRPC}/BufferStatus", TILL | {Role.MONITOR}, Rank.PLAIN),
    Call(RPC, f"{GRPC}/WatchStatus", TILL | {Role.MONITOR}, Rank.WATCH),
    Call(RPC, f"{GRPC}/Health", ANYBODY, Rank.VITAL, open=True),
    Call("GET", "/metrics", WATCHERS, Rank.VITAL),
    _anybody("/v1/health", Rank.VITAL),
    _anybody("/openapi.json"),
    _anybody("/"),
    *(_anybody(f"/assets/dashboard/{file}") for file in DASHBOARD),
    _anybody("/docs"),
    _anybody("/docs/docs.js"),
    _anybody("/docs/elements.js"),
    _anybody("/docs/schemas.js"),
    _anybody("/docs/sending.js"),
    _anybody("/docs/docs.css"),
)

BY_ROUTE = {(call.method, call.path): call for call in CALLS}


def call_of(method: str, path: str) -> Call | None:
    """The row of a route; HEAD is a GET whose answer has no body."""
    return BY_ROUTE.get(("GET" if method == "HEAD" else method, path))
