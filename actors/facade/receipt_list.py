"""GET /v1/kkt/receipts: what was sold, and the till's own work, newest first. No sale waits for it."""

from functools import partial
from typing import Any

from quart import Response, request
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.lives import life_of
from actors.facade.looking import looked_up
from actors.facade.reach import Reach
from drivers.store import receipt_list
from drivers.store.records import View
from protocols import answers, cursor
from protocols.receipt_list import Asked, parse_list


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/receipts")
    async def receipts() -> Response:
        """`?status=&state=&pos_id=&limit=`, and `cursor` as the page before gave it under `next`."""
        asked = parse_list(request.args.to_dict())
        page = await looked_up(reach, partial(receipt_list.page_of, asked=asked))
        return json_answer({"items": [listed(view) for view in page.items], "next": next_page(page, asked)})


def listed(view: View) -> dict[str, Any]:
    """One order in a list: its life so far, and what tells it from others."""
    asked = answers.asked(view.order)
    return life_of(view) | {"total": asked["total"], "fiscal_doc": _numbers(view)}


def next_page(page: receipt_list.Page, asked: Asked) -> str | None:
    return None if page.below is None else cursor.write(page.below, asked.list_name)


def _numbers(view: View) -> dict[str, str] | None:
    """Those of its fiscal document; a slip of the cash drawer is none."""
    if view.document is None or view.document.fd is None:
        return None
    return {"fn": view.document.fn, "fd": str(view.document.fd), "fp": view.document.fp}
