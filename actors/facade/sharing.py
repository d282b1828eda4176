"""Pages of other sites that the settings let in (`api.origins`): what their browsers must hear of it (Fetch, CORS)."""

from collections.abc import Set

from quart import Request, Response

SENT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id",
    "Access-Control-Max-Age": "600",
}
SHOWN = "ETag, Retry-After, X-Request-Id"


def asks_first(of: Request, origins: Set[str]) -> bool:
    """Whether a browser asks if such a page may make a call; it says nobody's name then."""
    return of.method == "OPTIONS" and "Access-Control-Request-Method" in of.headers and _is_let_in(of, origins)


def may_call() -> Response:
    return Response(b"", 204, headers=SENT)


def share(of: Request, answer: Response, origins: Set[str]) -> None:
    """Lets such a page read the answer, a refusal too."""
    if origins:
        answer.vary.add("Origin")
    if _is_let_in(of, origins):
        answer.headers["Access-Control-Allow-Origin"] = of.headers["Origin"]
        answer.headers["Access-Control-Expose-Headers"] = SHOWN


def _is_let_in(of: Request, origins: Set[str]) -> bool:
    return of.headers.get("Origin", "").lower() in origins
