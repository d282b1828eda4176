"""The registers as they stand: GET /v1/kkt/devices, /v1/kkt/shift and /v1/kkt/ready. No register is asked for them."""

from collections.abc import Mapping
from typing import Any

import trio
from quart import Response, request
from quart_trio import QuartTrio

from actors import handovers, status
from actors.facade.answering import json_answer
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from actors.mailbox import NoAnswer
from protocols.readiness import readiness

World = Mapping[str, Mapping[str, Any]]

SHIFT = ("pos_id", "shift", "shift_number", "shift_opened_at", "last_fd", "ready", "trouble")

DEVICE = (
    *("model", "serial", "fn", "rnm", "last_fd", "shift", "shift_number", "shift_opened_at", "paper"),
    *("ffd", "firmware", "drive", "ofd_queue", "clock_drift_s"),
)
"""What the answer always has, null while the register has not told it."""


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/v1/kkt/devices")
    async def devices() -> Response:
        world = await reach.status.ask(status.Look(), within=reach.patience)
        return json_answer({"devices": [_register(world, pos_id) for pos_id in sorted(reach.kkts)]})

    @app.get("/v1/kkt/shift")
    async def shift() -> Response:
        world = await reach.status.ask(status.Look(), within=reach.patience)
        state = _register(world, _pos_id(reach))
        return json_answer({name: state.get(name) for name in SHIFT})

    @app.get("/v1/kkt/ready")
    async def ready() -> Response:
        """May a card be charged now; `?lang=en` for English reasons."""
        pos_id = printed_on = _pos_id(reach)
        try:
            world = await reach.status.ask(status.Look(), within=reach.patience)
            printed_on = await _serving(reach, pos_id)
        except (NoAnswer, trio.TooSlowError):
            world = {}  # nobody can say how we are, so no card is charged
        judged = readiness(
            _alive(world, f"kkt.{printed_on}"),
            _alive(world, "buffer"),
            reach.now(),
            "en" if request.args.get("lang") == "en" else "ru",
        )
        return json_answer({"pos_id": pos_id, "printed_on": printed_on, **judged})


def _pos_id(reach: Reach) -> str:
    """Of the register that is asked about; it may go unnamed where there is but one. Raises Problem."""
    only = next(iter(reach.kkts)) if len(reach.kkts) == 1 else ""
    pos_id = request.args.get("pos_id", only)
    if pos_id not in reach.kkts:
        raise Problem(422, "UNKNOWN_POS", "Say of which register: ?pos_id=…", {"known": sorted(reach.kkts)})
    return pos_id


async def _serving(reach: Reach, pos_id: str) -> str:
    """The register that prints its sales now. Raises NoAnswer, trio.TooSlowError."""
    if pos_id not in reach.stand_ins:
        return pos_id
    return await reach.buffer.ask(handovers.StandIn(pos_id), within=reach.patience) or pos_id


def _alive(world: World, actor: str) -> Mapping[str, Any] | None:
    """What it said of itself; None if it is not there to stand by it."""
    lives = world.get("actors", {}).get(actor, {}).get("state") == "started"
    return world.get(actor) if lives else None


def _register(world: World, pos_id: str) -> Mapping[str, Any]:
    told = world.get(f"kkt.{pos_id}", {"pos_id": pos_id, "ready": False, "trouble": None, "alarms": []})
    return {**dict.fromkeys(DEVICE), **told}
