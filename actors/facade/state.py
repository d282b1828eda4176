"""GET /v1/kkt/buffer/status and GET /v1/health."""

from quart import Response, g
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.condition import buffer_condition, gateway_condition
from actors.facade.reach import Reach


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/buffer/status")
    async def buffer_status() -> Response:
        return json_answer(await buffer_condition(reach))

    @app.get("/v1/health")
    async def get_health() -> Response:
        condition = await gateway_condition(reach, g.principal)
        return json_answer(condition, 503 if condition["status"] == "unhealthy" else 200)
