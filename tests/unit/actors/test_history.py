"""GET /v1/status/history at the real facade, in virtual time."""

from pathlib import Path
from typing import Any

import trio
from trio.testing import MockClock

from actors import deliveries
from actors.facade.history import FRESH
from tests.fakes.pair import Pair

PATH = "/v1/status/history"


async def told(pair: Pair, query: str = "") -> Any:
    answer = await pair.client.get(PATH + query, headers={"Host": "localhost"})
    return await answer.get_json()


async def test_a_day_is_told_in_points_of_ten_minutes_and_the_last_one_is_now(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.sell(100)
    await pair.sell(200)
    await trio.sleep(700)
    await pair.wiring.mailboxes.buffer.address.ask(deliveries.Take(), within=1)

    day = await told(pair)

    assert set(day) == {"from", "to", "step_s", "points"}
    assert (day["from"], day["step_s"], len(day["points"])) == ("2026-02-28T12:20:00Z", 600, 144)
    assert day["points"][-2] == {
        "at": "2026-03-01T12:00:00Z",
        "queued": 2,
        "printed": 2,
        "p50_s": 0.3,
        "p95_s": 0.3,
    }
    empty = {"printed": 0, "p50_s": None, "p95_s": None}
    assert day["points"][-1] == {"at": "2026-03-01T12:10:00Z", "queued": 2, **empty}
    assert day["points"][0] == {"at": day["from"], "queued": 0, **empty}
    nursery.cancel_scope.cancel()


async def test_an_answer_is_given_again_for_half_a_minute_and_is_new_after_it(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    first = await told(pair, "?hours=1")
    await pair.sell(100)

    assert await told(pair, "?hours=1") == first
    assert (await told(pair, "?hours=2"))["points"][-1]["printed"] == 1
    await trio.sleep(FRESH)
    assert (await told(pair, "?hours=1"))["points"][-1]["printed"] == 1
    nursery.cancel_scope.cancel()


async def test_other_hours_are_400(tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)

    refused = await told(pair, "?hours=169")

    assert (refused["code"], refused["details"][0]["field"]) == ("INVALID_PARAMETER", "hours")
    nursery.cancel_scope.cancel()
