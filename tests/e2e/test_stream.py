"""The status stream, followed by another library's client against the real process."""

import resource
import socket
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_client_stream
from websockets.sync.client import connect

from protocols.jsontext import loads
from tests.e2e.gateway import UPGRADE, Gateway, eventually, gateway, sale


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


def change(shop: Gateway, times: int) -> None:
    """The state of one component, of some 700 bytes."""
    for time in range(times):
        order = {"command": "force_open", "who": "Иванова", "reason": "ы" * 250 + str(time), "expires_in": 3600}
        key = {"Idempotency-Key": str(uuid4())}
        assert shop.client.post(f"{shop.url}/v1/links/odoo/breaker", json=order, headers=key).status_code == 200


def deaf_viewer(shop: Gateway) -> socket.socket:
    """Asks for the stream and reads nothing; for the caller to close."""
    url = urlsplit(shop.url)
    viewer = socket.socket()
    viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    viewer.connect((url.hostname, url.port))
    head = [f"{name}: {value}" for name, value in {"Host": url.netloc, **UPGRADE}.items()]
    viewer.sendall("\r\n".join(["GET /v1/status/stream HTTP/1.1", *head, "", ""]).encode())
    return viewer


def memory(shop: Gateway) -> float:
    """Megabytes."""
    resident = int(Path(f"/proc/{shop.process.pid}/statm").read_text().split()[1])
    return resident * resource.getpagesize() / 1e6


def viewers(shop: Gateway) -> int:
    """Besides the one who asks."""
    with connect(f"{shop.url.replace('http', 'ws')}/v1/status/stream", proxy=None) as connection:
        return int(loads(bytes(connection.recv(decode=False)))["components"]["facade"]["viewers"])


def test_viewers_who_never_read_cost_the_gateway_next_to_nothing_and_are_cut_off(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, ExitStack() as leave:
        change(shop, 2000)  # what is remembered, is
        before = memory(shop)
        for _ in range(20):
            leave.enter_context(deaf_viewer(shop))
        eventually(lambda: viewers(shop) >= 20, what="they did not get in")
        change(shop, 1500)  # 1 MB for each of them
        grown = memory(shop) - before
        eventually(lambda: viewers(shop) < 2, within=30, what="they are still there")

    assert grown < 12  # 20 MB would have to be kept for them


def test_a_low_limit_of_open_files_is_raised_as_far_as_the_system_lets_us(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
    try:
        with gateway(tmp_path) as shop:
            lines = Path(f"/proc/{shop.process.pid}/limits").read_text().splitlines()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (files,) = [line.split() for line in lines if line.startswith("Max open files")]

    assert files[3] == (str(min(4096, hard)) if hard >= 0 else "4096")


def test_a_page_of_another_site_cannot_follow(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        headers = {**UPGRADE, "Origin": "https://evil.example"}
        answer = shop.client.get(f"{shop.url}/v1/status/stream", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")
