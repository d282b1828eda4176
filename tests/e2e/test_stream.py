"""The status stream, followed by another library's client against the real process."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_client_stream

from protocols.jsontext import loads
from tests.e2e.gateway import Gateway, gateway, sale


@asynccontextmanager
async def viewer(shop: Gateway, **headers: str) -> AsyncGenerator[WebSocketConnection, None]:
    """A websocket on a stream of our own: the library leaves the one that it opens by itself to the collector."""
    url = urlsplit(shop.url)
    assert url.hostname is not None
    assert url.port is not None
    async with await trio.open_tcp_stream(url.hostname, url.port) as stream, trio.open_nursery() as nursery:
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        connection = await wrap_client_stream(nursery, stream, url.netloc, "/v1/status/stream", extra_headers=extra)
        yield connection
        await connection.aclose()


async def changes(connection: WebSocketConnection) -> AsyncGenerator[dict[str, Any], None]:
    while True:
        message = await connection.get_message()
        assert isinstance(message, str)
        yield loads(message.encode())


async def test_a_viewer_gets_the_world_and_then_each_change_in_order(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(30):
        async with viewer(shop) as connection, aclosing(changes(connection)) as seen:
            snapshot = await anext(seen)
            components = set(snapshot["components"])
            await trio.to_thread.run_sync(shop.post, sale())
            numbers = [snapshot["number"]]
            async for change in seen:
                numbers.append(change["number"])
                components.add(change["component"])
                if change.get("component") == "buffer" and change["state"]["synced"] == 1:
                    break

    assert snapshot["type"] == "snapshot"
    assert {"buffer", "kkt.POS-001", "breaker.ofd", "ofd", "odoo", "actors"} <= components
    assert numbers == sorted(set(numbers))


async def test_a_stop_closes_the_stream_with_going_away(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(30):
        async with viewer(shop) as connection, trio.open_nursery() as nursery:
            await connection.get_message()
            nursery.start_soon(partial(trio.to_thread.run_sync, shop.stop))
            with pytest.raises(ConnectionClosed) as closed:
                async for _ in changes(connection):
                    pass

    assert closed.value.reason is not None
    assert closed.value.reason.code == 1001


def test_a_page_of_another_site_cannot_follow(tmp_path: Path) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Origin": "https://evil.example",
    }

    with gateway(tmp_path) as shop:
        answer = shop.client.get(f"{shop.url}/v1/status/stream", headers=upgrade)

    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")
