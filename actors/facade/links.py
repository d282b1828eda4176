"""The links to the outside: how their calls are guarded, how they stand, and a person's word to a breaker."""

import math
from typing import Any

import structlog
import trio
from quart import Response, request
from quart_trio import QuartTrio

from actors import circuit_breaker
from actors.facade.answering import json_answer
from actors.facade.orders import idempotency_key, read_json
from actors.facade.problems import Problem
from actors.facade.reach import Guarded, Reach
from actors.mailbox import NoAnswer
from protocols.breaker import State
from protocols.breaker_order import parse_order
from protocols.link_policy import STAGES

log = structlog.get_logger()

PATH = "/v1/links"


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get(PATH)
    async def links_list() -> Response:
        return json_answer({"links": [await _described(reach, name, guarded) for name, guarded in reach.links.items()]})

    @app.get(f"{PATH}/<name>")
    async def link_show(name: str) -> Response:
        return json_answer(await _described(reach, name, _named(reach, name)))

    @app.post(f"{PATH}/<name>/breaker")
    async def breaker_order(name: str) -> Response:
        """Safe to repeat by itself; it wants an Idempotency-Key as every change does."""
        idempotency_key(request)
        guarded = _named(reach, name)
        said = parse_order(await read_json(request))
        if guarded.link.policy.breaker is None:
            message = f"The settings of {name} switch its breaker off: calls pass, whatever is ordered."
            raise Problem(409, "BREAKER_SWITCHED_OFF", message)
        order = circuit_breaker.Order(said.state, said.reason, said.who, said.lasts)
        await guarded.breaker.ask(order, within=reach.patience)
        if said.state is not State.FORCED_OPEN:
            guarded.link.resume()  # who lets calls out again means it, whatever pause was asked for
        log.warning("breaker_ordered", link=name, command=said.command, who=said.who, reason=said.reason)
        return json_answer(await _described(reach, name, guarded))


def _named(reach: Reach, name: str) -> Guarded:
    """Raises Problem."""
    if name not in reach.links:
        known = ", ".join(reach.links)
        raise Problem(404, "LINK_NOT_FOUND", f"There is no link {name!r}; there are: {known}.")
    return reach.links[name]


async def _described(reach: Reach, name: str, guarded: Guarded) -> dict[str, Any]:
    """The stages as a call passes them, each with its figures and what it has counted. A breaker whose actor is down is
    None: what else is known is worth telling just then."""
    policy, counted = guarded.link.policy, guarded.link.figures()
    stages: list[dict[str, Any]] = []
    for stage in STAGES:
        figures = getattr(policy, stage)
        settings = figures.model_dump() if hasattr(figures, "model_dump") else {"seconds": figures}
        now = counted.get(stage)
        if figures is not None:
            stages.append({"stage": stage, "settings": settings, **({"now": now} if now else {})})
    try:
        breaker: dict[str, Any] | None = await guarded.breaker.ask(circuit_breaker.Describe(), within=reach.patience)
    except (NoAnswer, trio.TooSlowError):
        breaker = None
    paused_for = math.ceil(guarded.link.paused_for)  # by the other side's wish, which is no stage
    return {
        "name": name,
        "deadline": policy.deadline,
        "paused_for": paused_for,
        "stages": stages,
        "breaker": breaker,
    }
