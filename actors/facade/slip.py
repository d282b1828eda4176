"""GET /v1/kkt/receipt/{id}/slip: the receipt as the buyer sees it, a page of its own without any script."""

from base64 import b64encode
from functools import partial
from hashlib import sha256
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from quart import Response
from quart_trio import QuartTrio
from sqlalchemy import Connection

from actors.facade.looking import looked_up
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.store.records import Buried, View
from drivers.store.views import look
from protocols.life import State
from protocols.slip import Slip, gone_slip, slip_of, unknown_slip

PAGES = Path(__file__).with_name("pages")
STYLE = (PAGES / "slip.css").read_text("utf-8")
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
}
HTML = "text/html; charset=utf-8"
_TEMPLATES = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, auto_reload=False
)


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/receipt/<receipt_id>/slip")
    async def slip(receipt_id: str) -> Response:
        match await looked_up(reach, partial(_page, receipt_id=receipt_id.lower())):
            case None:
                raise Problem(404, "RECEIPT_NOT_FOUND", f"There is no receipt {receipt_id}.")
            case State() as state:
                raise Problem(409, "RECEIPT_NOT_PRINTED", "This is not on paper.", {"state": state.value})
            case text:
                return Response(text, content_type=HTML, headers=HEADERS)


def _page(connection: Connection, receipt_id: str) -> str | State | None:
    """The page, or the state of one that is not on paper; None: there is no such. It takes 10 ms, hence made here."""
    found = look(connection, receipt_id)
    if found is None:
        return None
    slip = _slip(found)
    return found.state if slip is None else page(slip)


def page(slip: Slip) -> str:
    """All that is said of it is escaped; what is markup is ours."""
    style = Markup(STYLE)  # noqa: S704  our own file
    return _TEMPLATES.get_template("slip.html").render(slip=slip, style=style, qr=_picture(slip.qr))


def _slip(found: View | Buried) -> Slip | None:
    """None if it is not on paper."""
    if isinstance(found, Buried):
        return gone_slip(found.answer)
    if found.state is State.UNKNOWN:
        return unknown_slip(found.order, found.found)
    return None if found.document is None else slip_of(found.order, found.document)


def _picture(text: str) -> Markup:
    """The QR code; nothing where there is none."""
    if not text:
        return Markup()
    picture = segno.make_qr(text, error="m").svg_inline(omitsize=True, title="QR-код чека")
    return Markup(picture)  # noqa: S704  drawn here; the text is in it as black and white only
