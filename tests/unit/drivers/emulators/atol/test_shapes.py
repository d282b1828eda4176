"""Answers have the shape of the vendor's description: every field it shows, of the type that it shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from trio.testing import wait_all_tasks_blocked

from tests.emulated_atol import ServedAtol
from tests.unit.drivers.emulators.atol.goods import sale

SHAPES: dict[str, Any] = json.loads((Path(__file__).parents[4] / "vectors" / "atol_web_shapes.json").read_text())
UUID = "11111111-1111-4111-8111-111111111111"


def lacks(shown: Any, told: Any, where: str = "$") -> list[str]:
    """Where what is told is not of the shape shown. It may have more fields."""
    if isinstance(shown, dict) and isinstance(told, dict):
        missing = [f"{where}.{name}: missing" for name in shown.keys() - told.keys()]
        return missing + [lack for name in shown.keys() & told.keys() for lack in lacks(shown[name], told[name], name)]
    if isinstance(shown, list) and isinstance(told, list):
        differs = [] if len(shown) == len(told) else [f"{where}: {len(told)} elements"]
        return differs + [lack for one, other in zip(shown, told, strict=False) for lack in lacks(one, other, where)]
    return [] if kind_of(shown) is kind_of(told) else [f"{where}: {told!r}, not as {shown!r}"]


def kind_of(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


async def told_of(atol: ServedAtol, *tasks: dict[str, Any]) -> Any:
    uuid = (await atol.post(*tasks)).json()["uuid"]
    await atol.final(uuid)
    return (await atol.http.get(f"/api/v2/requests/{uuid}")).json()


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("GET result closeShift ready", {"type": "closeShift"}),
        ("GET result receipt ready", sale()),
        ("GET result cashIn ready", {"type": "cashIn", "cashSum": 600}),
        ("GET result reportX ready", {"type": "reportX"}),
    ],
)
async def test_results_of_tasks(atol: ServedAtol, name: str, task: dict[str, Any]) -> None:
    assert lacks(SHAPES[name], await told_of(atol, task)) == []


async def test_result_of_a_shift_that_opens(atol: ServedAtol) -> None:
    await atol.do("closeShift")

    assert lacks(SHAPES["GET result openShift ready"], await told_of(atol, {"type": "openShift"})) == []


async def test_result_of_the_report_on_the_exchange(atol: ServedAtol) -> None:
    await atol.behave(ofd_queue=1)

    told = await told_of(atol, {"type": "reportOfdExchangeStatus"})

    assert lacks(SHAPES["GET result reportOfdExchangeStatus ready"], told) == []


async def test_result_of_an_error_and_what_it_interrupts(atol: ServedAtol) -> None:
    await atol.behave(shift_age_h=25)

    told = await told_of(atol, sale(), sale())

    shown = SHAPES["GET result two tasks, first failed"]
    assert lacks(shown, told) == []
    assert [each["error"]["code"] for each in told["results"]] == [each["error"]["code"] for each in shown["results"]]


async def test_a_blocked_queue_and_what_comes_of_it(atol: ServedAtol) -> None:
    await atol.behave(connection="lost_after_next")
    await atol.post(sale(), uuid=UUID)
    await wait_all_tasks_blocked()

    taken = (await atol.post(sale())).json()
    blocked = (await atol.http.get(f"/api/v2/requests/{UUID}")).json()
    queue = (await atol.http.get("/api/v2/getRequestsQueueStatus")).json()
    await atol.behave(connection="ok")
    await atol.final(UUID)
    recovered = (await atol.http.get(f"/api/v2/requests/{UUID}")).json()

    assert lacks(SHAPES["201 answer, blocked queue"], taken) == []
    assert lacks(SHAPES["GET result blocked"], blocked) == []
    assert lacks(SHAPES["GET /getRequestsQueueStatus"], queue) == []
    assert lacks(SHAPES["GET result receipt recovered"], recovered) == []


async def test_a_job_from_the_description_is_taken(atol: ServedAtol) -> None:
    taken = await atol.http.post("/api/v2/requests", json=SHAPES["POST /api/v2/requests body"])

    assert (taken.status_code, lacks(SHAPES["201 answer, free queue"], taken.json())) == (201, [])
    assert (await atol.final(UUID))[0]["status"] == "ready"


@pytest.mark.parametrize("name", ["FnStatus", "ShiftStatus", "DeviceStatus"])
async def test_answers_to_queries(atol: ServedAtol, name: str) -> None:
    told = (await atol.http.post(f"/api/v2/operations/query{name}")).json()

    assert lacks(SHAPES[f"operations/query{name}"], told) == []


async def test_refusals(atol: ServedAtol) -> None:
    wrong = await atol.http.post("/api/v2/requests", json={})

    assert lacks(SHAPES["420 answer"], wrong.json()) == []
