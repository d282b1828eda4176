"""WS /v1/status/stream: a snapshot, then every change of the world, for as long as somebody looks."""

import trio
from quart import websocket
from quart_trio import QuartTrio

from actors import status
from actors.facade.reach import Reach
from actors.mailbox import NoAnswer
from protocols import jsontext

HEARTBEAT = 15.0  # seconds of quiet after which the viewer is told that we are still there
GOING_AWAY, TRY_LATER = 1001, 1013  # RFC 6455 §7.4.1; 1013 of the IANA registry


def install(app: QuartTrio, reach: Reach, stopping: trio.Event) -> None:
    @app.websocket("/v1/status/stream")
    async def stream() -> None:
        while not stopping.is_set():
            try:
                feed = await reach.status.ask(status.Follow(), within=reach.patience)
            except (NoAnswer, trio.TooSlowError):
                await websocket.close(TRY_LATER, "the status is not known at the moment")
                return
            try:
                await _relay(feed, stopping)
            finally:
                feed.end()
        await websocket.close(GOING_AWAY, "the gateway is stopping")


async def _relay(feed: status.Feed, stopping: trio.Event) -> None:
    """Returns when the feed has ended (a new one begins with a new snapshot) or the gateway stops."""
    number = feed.number
    await _send({"type": "snapshot", "number": number, "components": feed.snapshot})
    while not (feed.ended or stopping.is_set()):
        changes: list[status.Change] = []
        with trio.move_on_after(HEARTBEAT) as quiet:
            changes = await _news_or_stop(feed, stopping)
        for change in changes:
            number = change.number
            await _send({"type": "change", "number": number, "component": change.component, "state": change.state})
        if quiet.cancelled_caught:
            await _send({"type": "heartbeat", "number": number})


async def _news_or_stop(feed: status.Feed, stopping: trio.Event) -> list[status.Change]:
    """The next changes; none when the gateway stops first."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_end_at, stopping, feed)
        changes = await feed.changes()
        nursery.cancel_scope.cancel()
    return changes


async def _end_at(stopping: trio.Event, feed: status.Feed) -> None:
    await stopping.wait()
    feed.end()


async def _send(message: dict[str, object]) -> None:
    await websocket.send(jsontext.dumps(message).decode())
