"""The status stream, followed by another library's client against the real process."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from trio_websocket import ConnectionClosed, ConnectionRejected, WebSocketConnection, open_websocket_url

from protocols.jsontext import loads
from tests.e2e.gateway import Gateway, gateway, sale


async def changes(connection: WebSocketConnection) -> AsyncIterator[dict[str, Any]]:
    while True:
        yield loads((await connection.get_message()).encode())


def stream(shop: Gateway) -> str:
    return shop.url.replace("http", "ws") + "/v1/status/stream"


async def test_a_viewer_gets_the_world_and_then_each_change_in_order(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(30):
        async with open_websocket_url(stream(shop)) as connection, aclosing(changes(connection)) as seen:
            snapshot = await anext(seen)
            await trio.to_thread.run_sync(shop.post, sale())
            numbers = [snapshot["number"]]
            async for change in seen:
                numbers.append(change["number"])
                if change.get("component") == "buffer" and change["state"]["synced"] == 1:
                    break

    assert snapshot["type"] == "snapshot"
    assert {"buffer", "kkt.POS-001", "breaker.ofd", "actors"} <= set(snapshot["components"])
    assert numbers == sorted(set(numbers))


async def test_a_stop_closes_the_stream_with_going_away(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(30):
        async with open_websocket_url(stream(shop)) as connection, trio.open_nursery() as nursery:
            await connection.get_message()
            nursery.start_soon(partial(trio.to_thread.run_sync, shop.stop))
            with pytest.raises(ConnectionClosed) as closed:
                async for _ in changes(connection):
                    pass

    assert closed.value.reason is not None
    assert closed.value.reason.code == 1001


async def test_a_page_of_another_site_cannot_follow(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(30), pytest.raises(ConnectionRejected) as refused:
        async with open_websocket_url(stream(shop), extra_headers=[(b"Origin", b"https://evil.example")]):
            pass

    assert refused.value.status_code == 403
