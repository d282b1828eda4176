"""The till's own work: shifts and the cash drawer."""

from functools import partial

from quart import Response, request
from quart_trio import QuartTrio

from actors import status
from actors.facade.orders import place
from actors.facade.problems import JSON, Problem
from actors.facade.reach import Reach
from protocols import jsontext
from protocols.api import parse_till_work
from protocols.till import Work

ROUTES = {
    "/v1/kkt/shift/open": Work.OPEN_SHIFT,
    "/v1/kkt/shift/close": Work.CLOSE_SHIFT,
    "/v1/kkt/cash/in": Work.CASH_IN,
    "/v1/kkt/cash/out": Work.CASH_OUT,
}


def install(app: QuartTrio, reach: Reach) -> None:
    for path, work in ROUTES.items():
        app.add_url_rule(path, work.value, partial(_order, reach, work), methods=["POST"])

    @app.get("/v1/kkt/shift")
    async def shift() -> Response:
        world = await reach.status.ask(status.Look(), within=reach.patience)
        pos_id = request.args.get("pos_id", next(iter(reach.kkts)) if len(reach.kkts) == 1 else "")
        state = world.get(f"kkt.{pos_id}")
        if state is None:
            raise Problem(422, "UNKNOWN_POS", "Say of which register: ?pos_id=…", {"known": sorted(reach.kkts)})
        fields = ("pos_id", "shift", "shift_number", "last_fd", "ready", "trouble")
        return Response(jsontext.dumps({name: state.get(name) for name in fields}), content_type=JSON)


async def _order(reach: Reach, work: Work) -> Response:
    return await place(reach, request, partial(parse_till_work, work))
