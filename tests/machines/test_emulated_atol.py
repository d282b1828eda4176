"""Whatever happens to the emulated web server: a task is `ready` if and only if its document is in the drive, once."""

import tempfile
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulated_atol import ServedAtol, in_memory
from tests.unit.drivers.emulators.atol.goods import sale

TROUBLE: tuple[dict[str, Any], ...] = (
    {"lose_answer_next": 1},
    {"lose_command_next": 1},
    {"late_command_next": 1, "late_ms": 3000},
    {"paper": "out_next"},
    {"paper": "out"},
    {"connection": "lost_next"},
    {"connection": "lost_after_next"},
    {"fn": "fault_next"},
    {"fn": "fault_after_next"},
    {"power_off_in_receipt": True},
    {"power_off_after_receipt": True},
    {"power": "off"},
    {"fn_left": 1},
    {"refuse_next": {"code": 115}},
    {"print_delay_ms": 2000},
)
CALM = {"paper": "present", "connection": "ok", "fn": "ok", "power": "on", "fn_left": None}
TROUBLED_SALE = st.sampled_from(TROUBLE).map(lambda trouble: [trouble, "sell"])
STEPS = st.one_of(
    TROUBLED_SALE, st.sampled_from(["sell", "again", "cancel", "restart", "wait", CALM]).map(lambda it: [it])
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=20))
def test_a_task_is_ready_if_and_only_if_its_document_is_in_the_drive(steps: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trio.run(play, Path(folder), [*chain(*steps)], clock=trio.testing.MockClock(autojump_threshold=0))


async def play(folder: Path, steps: list[Any]) -> None:
    sent: list[str] = []
    for life in lives([*steps, CALM, "wait"]):
        async with in_memory(folder) as atol:
            for step in life:
                await take(atol, step, sent)
    async with in_memory(folder) as atol:
        await judge(atol, sent)


def lives(steps: list[Any]) -> list[list[Any]]:
    """What happens between two starts of the server."""
    found: list[list[Any]] = [[]]
    for step in steps:
        if step == "restart":
            found.append([])
        else:
            found[-1].append(step)
    return found


async def take(atol: ServedAtol, step: Any, sent: list[str]) -> None:
    with suppress(httpx.ReadError):
        match step:
            case "sell":
                sent.append(f"{len(sent)}")
                await atol.post(sale(), uuid=sent[-1])
            case "again" if sent:
                await atol.post(sale(), uuid=sent[-1])
            case "cancel" if sent:
                await atol.http.delete(f"/api/v2/requests/{sent[-1]}")
            case "wait":
                await trio.sleep(10)
            case dict():
                await atol.behave(**step)


async def judge(atol: ServedAtol, sent: list[str]) -> None:
    numbers = []
    for uuid in sent:
        if (await atol.http.get(f"/api/v2/requests/{uuid}")).status_code == 200:
            (result,) = await atol.final(uuid)
            if result["status"] == "ready":
                numbers.append(result["result"]["fiscalParams"]["fiscalDocumentNumber"])
    assert sorted(numbers) == [document["fd"] for document in await atol.documents()]
