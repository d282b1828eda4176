"""No task, however wrong, brings the emulated server down: it is ready, or an error, and so is the next one."""

import copy
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulated_atol import ServedAtol, in_memory
from tests.unit.drivers.emulators.atol.goods import correction, sale, tea

MARK = {"imc": "MDEyMzQ1", "imcModeProcessing": 0, "itemEstimatedStatus": 1, "itemInfoCheckResult": {}}
AGENT = {"agents": ["bankPayingAgent"], "payingAgent": {"phones": ["+7"]}, "moneyTransferOperator": {"name": "Б"}}
WHOLE = tea(agentInfo=AGENT, supplierInfo={"vatin": "7702203276"}, imcParams=MARK, exciseSum=1)
TASKS: tuple[dict[str, Any], ...] = (
    sale(items=[WHOLE, {"type": "userAttribute", "name": "Карта", "value": "1"}], clientInfo={"emailOrPhone": "+7"}),
    correction(correctionBaseNumber="1"),
    {"type": "cashIn", "cashSum": 5},
    {"type": "getFnDocument", "fiscalDocumentNumber": 1},
    {"type": "setDateTime", "dateTime": "2027.01.01 12:00:00"},
    {"type": "beginMarkingCodeValidation", "params": MARK},
    {"type": "closeShift", "operator": {"name": "Кассир"}},
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=200),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.sampled_from([Decimal("1E+400"), Decimal("1E-400"), -1, 0, 10**9, "9999.12.31", "", "\0", "MDE="]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place within a task."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*path, key)
        yield from places(part, (*path, key))


def altered(task: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(task)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@st.composite
def hostile(draw: st.DrawFn) -> dict[str, Any]:
    task = draw(st.sampled_from(TASKS))
    return altered(task, draw(st.sampled_from([*places(task)])), draw(VALUES))


@settings(max_examples=25, deadline=None)
@given(st.lists(hostile(), min_size=1, max_size=20))
def test_a_hostile_task_ends_and_the_server_lives(tasks: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trio.run(send, Path(folder), tasks, clock=trio.testing.MockClock(autojump_threshold=0))


async def send(folder: Path, tasks: list[dict[str, Any]]) -> None:
    async with in_memory(folder) as atol:
        for task in tasks:
            await end(atol, task)
        await atol.do("getFnStatus")
    async with in_memory(folder) as atol:  # what it has written down can be read again
        await atol.query("FnStatus")


async def end(atol: ServedAtol, task: dict[str, Any]) -> None:
    answer = await atol.post(task)
    if answer.status_code == 400:  # no JSON that it reads
        return
    (result,) = await atol.final(answer.json()["uuid"])
    assert result["status"] in ("ready", "error")
    assert (result["status"] == "error") == (result["error"]["code"] != 0)
