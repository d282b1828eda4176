"""How the buffer and the gateway are, whatever they are asked by."""

from typing import Any

import trio

from actors import buffer, status
from actors.facade.reach import Reach
from actors.mailbox import NoAnswer
from protocols.health import alerts, health, last_sync, network_status
from protocols.life import PUBLIC, State
from protocols.principal import NOBODY, Principal


async def buffer_condition(reach: Reach) -> dict[str, Any]:
    """What waits, since when, and what a person must see to."""
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
    return answer


async def gateway_condition(reach: Reach, principal: Principal) -> dict[str, Any]:
    """`status` is healthy, degraded or unhealthy: no receipt can be taken. Who is nobody hears no more than that."""
    try:
        world = await reach.status.ask(status.Look(), within=reach.patience)
    except (NoAnswer, trio.TooSlowError):
        world = {}  # judged as it is: nobody can say how we are
    report = health(world) | {"alerts": alerts(world, reach.now(), reach.limits)}
    return {"status": report["status"]} if principal is NOBODY else report
