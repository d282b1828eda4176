"""Troubles that come over a register at random and pass."""

from random import Random
from typing import Any

import httpx
import trio

TROUBLES: tuple[dict[str, Any], ...] = (
    {"lose_answer_next": 1},
    {"lose_command_next": 1},
    {"power_off_in_receipt": True},
    {"power": "off"},
    {"down": True},
)
HEALTH = {
    "lose_answer_next": 0,
    "lose_command_next": 0,
    "power_off_in_receipt": False,
    "power": "on",
    "down": False,
}
HEALTHY_FOR, ILL_FOR = (0.05, 1.5), (0.0, 0.3)  # seconds; a gateway backs off from a register that is ill each time


async def plague(client: httpx.AsyncClient, control: str, random: Random) -> None:
    """For ever. Whoever cancels it sees to it that the register is `heal`ed."""
    while True:
        await trio.sleep(random.uniform(*HEALTHY_FOR))
        await _behave(client, control, random.choice(TROUBLES))
        await trio.sleep(random.uniform(*ILL_FOR))
        await heal(client, control)


async def heal(client: httpx.AsyncClient, control: str) -> None:
    await _behave(client, control, HEALTH)


async def _behave(client: httpx.AsyncClient, control: str, wanted: dict[str, Any]) -> None:
    answer = await client.post(f"{control}/kkt/_test/behave", json=wanted)
    answer.raise_for_status()
