"""POST /v1/kkt/receipt, GET /v1/kkt/receipt/{id}, and a person's word on one whose fate is unknown."""

from functools import partial

from quart import Response, request
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.lives import described, look
from actors.facade.orders import idempotency_key, place, read_json
from actors.facade.placing import receipt_of
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from actors.facade.serving import register_of
from actors.kkt import actor as kkt
from actors.kkt.trouble import NotReady
from drivers.store.records import Buried
from protocols.api import parse_decision
from protocols.decision import NotResolved


def install(app: QuartTrio, reach: Reach) -> None:
    @app.post("/v1/kkt/receipt")
    async def post_receipt() -> Response:
        return await place(reach, request, partial(receipt_of, now=reach.now()))

    @app.get("/v1/kkt/receipt/<receipt_id>")
    async def get_receipt(receipt_id: str) -> Response:
        return json_answer(described(await look(reach, receipt_id)))

    @app.post("/v1/kkt/receipt/<receipt_id>/resolve")
    async def resolve(receipt_id: str) -> Response:
        idempotency_key(request)  # every change wants one; this one is safe to repeat by itself
        decision = parse_decision(await read_json(request))
        view = await look(reach, receipt_id)
        if isinstance(view, Buried):
            raise Problem(409, "RECEIPT_NOT_UNKNOWN", "There is nothing to decide: the fate of this receipt is known.")
        address = register_of(reach, view.register)
        order = kkt.Resolve(view.receipt_id, decision)
        match await address.ask(order, within=reach.receipt_timeout):
            case NotResolved(code=code, message=message, details=details):
                raise Problem(409, code, message, details)
            case NotReady(code=code, message=message, retry_after=retry_after):
                raise Problem(503, code, message, None, retry_after)
        return json_answer(described(await look(reach, receipt_id)))
