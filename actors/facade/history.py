"""GET /v1/status/history: the last hours in figures, for a graph."""

from dataclasses import asdict
from functools import partial

import trio
from cachetools import LRUCache
from quart import Response, request
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.looking import looked_up
from actors.facade.reach import Reach
from drivers.store.history import counted
from protocols.history import grid_of, parse_hours, points

FRESH = 30.0  # seconds that an answer is given again
KEPT = 8  # answers, each to another number of hours


def install(app: QuartTrio, reach: Reach) -> None:
    answers: LRUCache[int, tuple[float, dict[str, object]]] = LRUCache(KEPT)
    one_at_a_time = trio.Lock()  # it may take a while: other lookups keep a place beside it

    @app.get("/v1/status/history")
    async def history() -> Response:
        """`?hours=`, 24 if nothing is said, a week at most."""
        hours = parse_hours(request.args.to_dict())
        async with one_at_a_time:
            until, answer = answers.get(hours, (trio.current_time(), {}))
            if trio.current_time() >= until:
                answer = await _history(reach, hours)
                answers[hours] = trio.current_time() + FRESH, answer
        return json_answer(answer)


async def _history(reach: Reach, hours: int) -> dict[str, object]:
    now = reach.now()
    grid = grid_of(hours, now)
    found = await looked_up(reach, partial(counted, grid=grid))
    return {
        "from": grid.first,
        "to": now,
        "step_s": grid.step_s,
        "points": [asdict(point) for point in points(grid, found)],
    }
