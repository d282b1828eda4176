"""The product cache: a search that never waits for the head office, and a refresh on a person's word."""

from typing import Any, assert_never

from quart import Response, request
from quart_trio import QuartTrio

from actors import catalog
from actors.catalog_refresh import Failed, Refreshed
from actors.facade.answering import json_answer
from actors.facade.orders import idempotency_key, read_json
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from protocols.api_catalog import RefreshBody, described, parse_asked
from protocols.said import parsed

KEPT = "What was known before is still served."


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/cache/products")
    async def products() -> Response:
        """`?q=&limit=`: by SKU, barcode, or the beginnings of the words of a name."""
        asked = parse_asked(request.args.to_dict())
        found = await reach.catalog.ask(catalog.Search(asked.query, asked.limit), within=reach.patience)
        return json_answer(
            {"products": [described(product) for product in found.products], "total": found.total, **_aged(found.age)}
        )

    @app.post("/v1/kkt/cache/refresh")
    async def refresh() -> Response:
        """Safe to repeat by itself. Under the same key it is the same refresh, whose result it tells."""
        key = idempotency_key(request)
        has_body = request.content_length or "Transfer-Encoding" in request.headers
        body = parsed(RefreshBody, await read_json(request) if has_body else {})
        begun = await reach.catalog.ask(catalog.Refresh(key, body.full), within=reach.patience)
        if isinstance(begun, catalog.Running):
            raise Problem(409, "REFRESH_RUNNING", "The products are being refreshed already.", None, 5)
        return _told(await begun.result(within=reach.patience))


def _told(outcome: Refreshed | Failed | None) -> Response:
    """Raises Problem."""
    match outcome:
        case None:
            return json_answer({"status": "running"}, 202)
        case Refreshed():
            told = {"full": outcome.full, "changed": outcome.changed, "gone": outcome.gone}
            kept = {"products": outcome.products, "refreshed_at": outcome.refreshed_at}
            return json_answer({"status": "done", **told, **kept})
        case Failed(refused=True, reason=reason, retry_after=seconds):
            message = f"Odoo answers, but not with a list of products: {reason}. {KEPT}"
            raise Problem(503, "ODOO_REFUSED", message, None, seconds)
        case Failed(reason=reason, retry_after=seconds):
            raise Problem(503, "NO_WAY_TO_ODOO", f"Odoo is out of reach: {reason}. {KEPT}", None, seconds)
        case _:
            assert_never(outcome)


def _aged(age: catalog.Age) -> dict[str, Any]:
    return {"refreshed_at": age.refreshed_at, "age_s": age.seconds, "stale": age.stale}
