"""What the facade shows to browsers, file by file, and how a browser must treat it.

A new file is one more row of `PAGES`, and its path one more row of `protocols.calls.CALLS`. Nothing here comes from
elsewhere, and a page may load nothing from elsewhere: a shop's network may have no way out. So all of it works offline.
"""

import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from quart import Request, Response, request
from quart_trio import QuartTrio

from actors.facade.answering import takes_gzip
from actors.facade.slip import STYLE_HASH
from protocols.calls import DASHBOARD

FOLDER = Path(__file__).parent / "pages"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
PRESSED = frozenset({".png", ".ico", ".woff2"})  # as small as they get
POLICY = (
    "default-src 'none'; script-src 'self'; "
    f"style-src 'self' 'sha256-{STYLE_HASH}'; "  # a slip is shown within the dashboard, under the policy of that
    "connect-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # kept, but asked about each time: an update is seen at once, the same costs a 304
}


@dataclass(frozen=True)
class Page:
    """`path` as the router has it, `file` within `FOLDER`; its ending says what type it is."""

    path: str
    file: str


PAGES = (
    Page("/", "dashboard/index.html"),
    *(Page(f"/assets/dashboard/{file}", f"dashboard/{file}") for file in DASHBOARD),
    Page("/docs", "docs/docs.html"),
    Page("/docs/docs.js", "docs/docs.js"),
    Page("/docs/elements.js", "docs/elements.js"),
    Page("/docs/schemas.js", "docs/schemas.js"),
    Page("/docs/sending.js", "docs/sending.js"),
    Page("/docs/docs.css", "docs/docs.css"),
)


@dataclass(frozen=True)
class Content:
    """What is the same for everyone, ready to go out. `pressed`: by gzip; None where that gains nothing."""

    body: bytes
    type: str
    tag: str
    pressed: bytes | None = None


def content(body: bytes, content_type: str, *, press: bool = True) -> Content:
    tag = sha256(body).hexdigest()[:32]
    return Content(body, content_type, tag, gzip.compress(body, mtime=0) if press else None)


def install(app: QuartTrio) -> None:
    for page in PAGES:
        app.get(page.path, endpoint=page.path.replace(".", "-"))(_handler(page))


def served(what: Content, to: Request) -> Response:
    """The content, or 304 to a browser that has it."""
    pressed = what.pressed is not None and takes_gzip(to)
    tag = f"{what.tag}-gzip" if pressed else what.tag  # a tag is that of one representation
    if to.if_none_match.contains_weak(tag):
        response = Response(b"", 304)  # bytes: with no body at all Quart looks for asyncio
        for name in ("Content-Type", "Content-Length"):  # of the body that is left out: RFC 9110, 8.6 and 15.4.5
            response.headers.pop(name, None)
    else:
        response = Response(what.pressed if pressed else what.body, content_type=what.type)
        if pressed:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(tag)
    response.headers.update(HEADERS)
    response.headers["Vary"] = "Accept-Encoding"
    return response


@cache
def read(page: Page) -> Content:
    """Once in a process, when it is first asked for: most gateways that are started show nothing."""
    ending = Path(page.file).suffix
    return content((FOLDER / page.file).read_bytes(), TYPES[ending], press=ending not in PRESSED)


def _handler(page: Page) -> Callable[[], Awaitable[Response]]:
    async def show() -> Response:
        return served(read(page), request)

    return show
