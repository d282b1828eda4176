"""GET /openapi.json: the document, made when somebody first asks for it."""

import trio
from quart import Response, request
from quart_trio import QuartTrio

from actors.facade.answering import JSON
from actors.facade.pages import Content, content, served
from protocols import jsontext


def install(app: QuartTrio) -> None:
    made: list[Content] = []
    one_at_a_time = trio.Lock()

    @app.get("/openapi.json")
    async def openapi() -> Response:
        async with one_at_a_time:
            if not made:
                made.append(await trio.to_thread.run_sync(_make, app))  # it takes longer than a sale may wait
        return served(made[0], request)


def _make(app: QuartTrio) -> Content:
    from actors.facade.documentation.provider import document_of  # noqa: PLC0415 - most gateways never show it

    return content(jsontext.dumps(document_of(app)), JSON)
