"""GET /v1/kkt/receipt/{id}/timeline: what happened to this sale, in plain words."""

from functools import partial

from quart import Response
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.looking import looked_up
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.store.stories import story_of
from protocols.story import Step, told


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/receipt/<receipt_id>/timeline")
    async def timeline(receipt_id: str) -> Response:
        story = await looked_up(reach, partial(story_of, receipt_id=receipt_id.lower()))
        if story is None:
            raise Problem(404, "RECEIPT_NOT_FOUND", f"There is no receipt {receipt_id}.")
        return json_answer({"id": receipt_id.lower(), "steps": [_described(step) for step in told(story)]})


def _described(step: Step) -> dict[str, object]:
    return {"at": step.at, "state": step.state.value, "message": step.message, "message_ru": step.message_ru}
