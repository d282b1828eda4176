"""The till's own work: shifts and the cash drawer. Each is an order with a key, and done once."""

from functools import partial

from quart import Response, request
from quart_trio import QuartTrio

from actors.facade.orders import place
from actors.facade.reach import Reach
from protocols.api import parse_till_work
from protocols.till import Work

ROUTES = {
    "/v1/kkt/shift/open": Work.OPEN_SHIFT,
    "/v1/kkt/shift/close": Work.CLOSE_SHIFT,
    "/v1/kkt/report/z": Work.CLOSE_SHIFT,  # the same by its other name, and under one key the same order
    "/v1/kkt/cash/in": Work.CASH_IN,
    "/v1/kkt/cash/out": Work.CASH_OUT,
}


def install(app: QuartTrio, reach: Reach) -> None:
    for path, work in ROUTES.items():
        app.add_url_rule(path, path, partial(_order, reach, work), methods=["POST"])


async def _order(reach: Reach, work: Work) -> Response:
    return await place(reach, request, partial(parse_till_work, work))
