"""WS /v1/status/stream: a snapshot, then every change of the world, for as long as somebody looks."""

from typing import Any

import trio
from quart import websocket
from quart_trio import QuartTrio

from actors.facade.news import follow
from actors.facade.reach import Reach
from actors.mailbox import NoAnswer
from protocols import jsontext

GOING_AWAY, TRY_LATER = 1001, 1013  # RFC 6455 §7.4.1; 1013 of the IANA registry


def install(app: QuartTrio, reach: Reach, stopping: trio.Event) -> None:
    @app.websocket("/v1/status/stream")
    async def stream() -> None:
        try:
            await follow(reach, stopping, _send)
        except (NoAnswer, trio.TooSlowError):
            await websocket.close(TRY_LATER, "the status is not known at the moment")
        else:
            await websocket.close(GOING_AWAY, "the gateway is stopping")


async def _send(message: dict[str, Any]) -> None:
    await websocket.send(jsontext.dumps(message).decode())
