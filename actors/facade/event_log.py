"""GET /v1/kkt/buffer/logs: what happened to receipts and registers, newest first."""

import trio
from quart import Response, request
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.store.database import CannotOpen
from protocols.event_log import parse_asked


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/buffer/logs")
    async def buffer_logs() -> Response:
        """`?page=&limit=&level=&since=`, and `as_of` as the first page gave it, for pages that do not move."""
        asked = parse_asked(request.args.to_dict())
        try:
            with trio.fail_after(reach.patience):
                page = await reach.events.page(asked)
        except CannotOpen as error:
            raise Problem(503, "STORE_UNAVAILABLE", f"The events cannot be read now: {error}", None, 2) from error
        return json_answer(page)
