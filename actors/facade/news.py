"""A snapshot of the world, then every change of it, for as long as somebody looks; whatever they look by."""

from collections.abc import Awaitable, Callable
from typing import Any

import trio

from actors import status
from actors.facade.reach import Reach

HEARTBEAT = 15.0  # seconds of quiet after which the viewer is told that we are still there

Tell = Callable[[dict[str, Any]], Awaitable[None]]


async def follow(reach: Reach, stopping: trio.Event, tell: Tell) -> None:
    """Returns when the gateway stops. A new snapshot comes when the old feed has ended.

    While a viewer is slow to be told, changes gather, at most one a component. Raises NoAnswer, trio.TooSlowError
    where nobody knows the status; whatever `tell` raises.
    """
    while not stopping.is_set():
        feed = await reach.status.ask(status.Follow(), within=reach.patience)
        try:
            await _relay(feed, stopping, tell)
        finally:
            feed.end()


async def _relay(feed: status.Feed, stopping: trio.Event, tell: Tell) -> None:
    """Returns when the feed has ended or the gateway stops."""
    number = feed.number
    await tell({"type": "snapshot", "number": number, "components": feed.snapshot})
    while not (feed.ended or stopping.is_set()):
        changes: list[status.Change] = []
        with trio.move_on_after(HEARTBEAT) as quiet:
            changes = await _news_or_stop(feed, stopping)
        for change in changes:
            number = change.number
            await tell({"type": "change", "number": number, "component": change.component, "state": change.state})
        if quiet.cancelled_caught:
            await tell({"type": "heartbeat", "number": number})


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
