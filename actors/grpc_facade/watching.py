"""A snapshot of the world, then every change of it, for as long as a caller looks."""

from collections.abc import Awaitable, Callable
from typing import Any

import trio

from actors import status
from actors.facade.reach import Reach
from actors.facade.stream import AT_ONCE, PAUSE, PAUSE_EACH
from protocols.calls import Rank

HEARTBEAT = 15.0  # seconds of quiet after which the caller is told that we are still there

Tell = Callable[[dict[str, Any]], Awaitable[None]]


async def follow(reach: Reach, stopping: trio.Event, tell: Tell) -> None:
    """Returns when the gateway stops. When the status starts anew, so does this, by another snapshot.

    Raises NoAnswer, trio.TooSlowError where nobody knows the status.
    """
    while not stopping.is_set():
        feed = await reach.status.ask(status.Follow(), within=reach.patience)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_end_at, stopping, feed)
            await _relay(reach, feed, tell)
            nursery.cancel_scope.cancel()


async def _end_at(stopping: trio.Event, feed: status.Feed) -> None:
    await stopping.wait()
    feed.end()


async def _relay(reach: Reach, feed: status.Feed, tell: Tell) -> None:
    """Returns when the feed has ended."""
    number = feed.number
    await tell({"type": "snapshot", "number": number, "components": feed.snapshot})
    while not feed.ended:
        with trio.move_on_after(HEARTBEAT) as quiet:
            changes = await feed.changes(AT_ONCE)
        if quiet.cancelled_caught:
            await tell({"type": "heartbeat", "number": number})
            continue
        for change in changes:
            number = change.number
            await tell({"type": "change", "number": number, "component": change.component, "state": change.state})
        if len(changes) < AT_ONCE:
            await trio.sleep(max(PAUSE, PAUSE_EACH * reach.room.under_way(Rank.WATCH)))
