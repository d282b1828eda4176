"""GET /v1/kkt/buffer/status and GET /v1/health."""

import trio
from quart import Response, g
from quart_trio import QuartTrio

from actors import buffer, status
from actors.facade.answering import json_answer
from actors.facade.reach import Reach
from actors.mailbox import NoAnswer
from protocols.health import alerts, health, last_sync, network_status
from protocols.life import PUBLIC, State
from protocols.principal import NOBODY


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/buffer/status")
    async def buffer_status() -> Response:
        totals = await reach.buffer.ask(buffer.Count(), within=reach.patience)
        world = await reach.status.ask(status.Look(), within=reach.patience)
        has_room = world.get("buffer", {}).get("disk", "ok") == "ok"
        told = buffer.describe(totals, reach.capacity, has_room=has_room)
        answer = told | {
            "dead": totals.by_state[State.DEAD],
            "failed": sum(number for state, number in totals.by_state.items() if PUBLIC[state] == "failed"),
            "network_status": network_status(world),
            "last_sync": {"timestamp": last_sync(world)},
            "alerts": alerts({**world, "buffer": told}, reach.now(), reach.limits),
        }
        if totals.oldest_at is not None:
            age = (reach.now() - totals.oldest_at).total_seconds() / 3600
            answer["oldest_receipt"] = answer["oldest_receipt"] | {"age_hours": round(age, 2)}
        return json_answer(answer)

    @app.get("/v1/health")
    async def get_health() -> Response:
        try:
            world = await reach.status.ask(status.Look(), within=reach.patience)
        except (NoAnswer, trio.TooSlowError):
            world = {}  # judged as it is: nobody can say how we are
        report = health(world) | {"alerts": alerts(world, reach.now(), reach.limits)}
        code = 503 if report["status"] == "unhealthy" else 200
        if g.principal is NOBODY:
            report = {"status": report["status"]}
        return json_answer(report, code)
