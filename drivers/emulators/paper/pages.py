"""The paper of a register over HTTP: the end of it as text, one sheet as text or as a picture."""

from collections.abc import Callable

import trio
from quart import Response, abort
from quart_trio import QuartTrio

from drivers.emulators.paper.columns import RULE
from drivers.emulators.paper.picture import png_of
from drivers.emulators.paper.roll import Roll, Sheet
from drivers.emulators.paper.text import qr_of, text_of

PLAIN = "text/plain; charset=utf-8"
CUT = f"\n\n8< {RULE[3:]}\n\n"
SHOWN = 20  # sheets in one answer: each may be a receipt of a thousand lines
NOT_FOUND = 404


def show_paper(app: QuartTrio, roll: Callable[[], Roll]) -> None:
    """Adds the calls to the app; each asks for the `roll` anew. One picture is drawn at a time: it takes memory."""
    easel = trio.CapacityLimiter(1)

    @app.get("/kkt/v1/paper")
    async def paper() -> Response:
        sheets = list(roll())[-SHOWN:]
        return Response(CUT.join("\n".join(text_of(sheet)) for sheet in sheets) + "\n", content_type=PLAIN)

    @app.get("/kkt/v1/paper/<int(signed=True):number>.txt")
    async def sheet_text(number: int) -> Response:
        return Response("\n".join(text_of(_sheet(roll(), number))) + "\n", content_type=PLAIN)

    @app.get("/kkt/v1/paper/<int(signed=True):number>.png")
    async def sheet_picture(number: int) -> Response:
        sheet = _sheet(roll(), number)
        picture = await trio.to_thread.run_sync(png_of, text_of(sheet), qr_of(sheet), limiter=easel)
        return Response(picture, content_type="image/png")


def _sheet(roll: Roll, number: int) -> Sheet:
    """By its number, or from the end: -1 is the last."""
    try:
        return roll[number if number > 0 else roll.printed + 1 + number]
    except KeyError:
        abort(NOT_FOUND, f"sheet {number} was never printed or is long gone")
