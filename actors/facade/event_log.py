"""GET /v1/kkt/buffer/logs: what happened to receipts and registers, newest first."""

from dataclasses import replace

import trio
from quart import Response, g, request
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.store.database import CannotOpen
from drivers.store.event_log import Page
from protocols.event_log import OF_A_CASHIER, Asked, for_roles, parse_asked


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/buffer/logs")
    async def buffer_logs() -> Response:
        """`?page=&limit=&level=&since=`, and `as_of` as the first page gave it, for pages that do not move."""
        wanted = parse_asked(request.args.to_dict())
        asked = for_roles(wanted, g.principal.roles)
        if asked is None:
            raise Problem(403, "FORBIDDEN", f"A cashier sees the newest {OF_A_CASHIER} events, and no earlier ones.")
        try:
            with trio.fail_after(reach.patience):
                page = await reach.events.page(asked)
        except CannotOpen as error:
            raise Problem(503, "STORE_UNAVAILABLE", f"The events cannot be read now: {error}", None, 2) from error
        return json_answer(page if asked is wanted else _picked(page, wanted))


def _picked(page: Page, wanted: Asked) -> Page:
    """Of what somebody may see what was asked for; nothing else is promised either."""
    limit = min(wanted.limit, page.limit)
    items = [item for item in page.items if wanted.level in (None, item.level)]
    picked = tuple(item for item in items if wanted.since is None or item.timestamp >= wanted.since)[:limit]
    return replace(page, items=picked, total=len(picked), limit=limit)
