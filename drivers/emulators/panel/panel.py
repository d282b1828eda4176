"""The page over HTTP. It asks `/kkt/v1/state` and `/kkt/v1/paper`, and orders by `/kkt/_test`."""

from pathlib import Path

import msgspec
from quart import Response
from quart_trio import QuartTrio

from drivers.emulators.panel.buttons import Groups

PAGE = Path(__file__).with_name("page.html")
PLACE = b"{/* faults */}"
MAY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'"


def show_panel(app: QuartTrio, groups: Groups) -> None:
    """Adds `GET /` to the app, with a button for each of the groups' entries."""
    page = PAGE.read_bytes().replace(PLACE, msgspec.json.encode(groups))

    @app.get("/")
    async def panel() -> Response:
        return Response(page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": MAY})
