"""Whatever one client does, the next one is served, and the server still stops when told."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
import trio
import trio.testing
from quart import Response, request, websocket
from quart_trio import QuartTrio

from drivers.web import BodyTooLarge, Limits, read_body
from tests.e2e.hostile_inputs import FRAMES, HANDSHAKE, INPUTS, PINGS, Hostile
from tests.serving import Site, get, read_all, read_until, send_until_broken, served

SOON = 8.0  # seconds, on a busy machine; more would be the limits of a server that has no others
QUICK = Limits(head_time=1.0, keep_alive=0.2, write_time=0.5, linger=0.2, message_size=1024, connections=8)


def _ask(path: bytes) -> bytes:
    websocket_paths = {b"/echo", b"/flood"}
    head = HANDSHAKE if path in websocket_paths else b"GET /echo HTTP/1.1\r\nHost: till\r\n"
    return head.replace(b"/echo", path) + b"\r\n"


class Shop(QuartTrio):
    left: trio.Event  # set when the handler of an endless answer has ended


def shop() -> Shop:
    app = Shop("shop")
    app.left = trio.Event()

    @app.get("/")
    async def root() -> str:
        return "well"

    @app.get("/page")
    async def page() -> str:
        return "x" * 65536

    @app.post("/size")
    async def size() -> tuple[str, int]:
        try:
            return str(len(await read_body(request, 1024 * 1024))), 200
        except BodyTooLarge as error:
            return str(error), 413

    @app.get("/endless")
    async def endless() -> Response:
        async def body() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"x" * 65536
            finally:
                app.left.set()

        response = Response(body())
        response.timeout = None
        return response

    @app.websocket("/echo")
    async def echo() -> None:
        while True:
            await websocket.send(await websocket.receive())

    @app.websocket("/flood")
    async def flood() -> None:
        try:
            while True:
                await websocket.send(b"x" * 65536)
        finally:
            app.left.set()

    return app


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with served(shop(), limits=QUICK) as site:
        yield site


@pytest.mark.parametrize("hostile", INPUTS, ids=lambda hostile: hostile.name)
async def test_hostile_input_is_answered_and_the_next_client_served(site: Site, hostile: Hostile) -> None:
    async with await site.dial() as stream:
        await stream.send_all(hostile.sent)
        if hostile.half_closed:
            await stream.send_eof()
        answer = await read_all(stream)

    status = int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else None
    assert status == hostile.answer or (hostile.half_closed and status is None), answer[:200]
    assert (await get(site)).endswith(b"well")


@pytest.mark.parametrize(("frame", "code"), FRAMES.values(), ids=FRAMES)
async def test_hostile_frame_closes_its_websocket_with_the_reason(site: Site, frame: bytes, code: int) -> None:
    async with await site.dial() as stream:
        await stream.send_all(HANDSHAKE + b"\r\n")
        await read_until(stream, b"\r\n\r\n")
        await stream.send_all(frame)
        answer = await read_all(stream)

    close = answer.removeprefix(b"\x89\x00")  # the server's own ping
    assert (int.from_bytes(close[2:4], "big") if close[:1] == b"\x88" else None) == code
    assert (await get(site)).endswith(b"well")


async def test_client_that_sends_its_head_drop_by_drop_is_cut_off(site: Site) -> None:
    async with await site.dial() as stream, trio.open_nursery() as nursery:
        await stream.send_all(b"GET / HTTP/1.1\r\n")
        nursery.start_soon(partial(send_until_broken, stream, b"X: y\r\n", pause=0.01))
        assert await read_all(stream) in {b"", b"(reset)"}

    assert (await get(site)).endswith(b"well")


async def test_client_that_stops_in_its_body_keeps_no_one_else_out(site: Site) -> None:
    async with await site.dial() as stream:
        await stream.send_all(b"POST /size HTTP/1.1\r\nHost: till\r\nContent-Length: 9\r\n\r\nabc")

        assert (await get(site)).endswith(b"well")


@pytest.mark.parametrize("path", [b"/endless", b"/flood"])
async def test_handler_of_a_client_that_does_not_read_is_ended(path: bytes) -> None:
    app = shop()
    async with served(app, limits=QUICK) as site, await site.dial() as stream:
        await stream.send_all(_ask(path))

        with trio.fail_after(10):
            await app.left.wait()
        assert (await get(site)).endswith(b"well")


@pytest.mark.parametrize(
    ("first", "rest"),
    [(_ask(b"/page"), _ask(b"/page") * 500), (_ask(b"/echo"), PINGS)],
    ids=["requests", "pings"],
)
async def test_client_that_asks_without_reading_is_cut_off(site: Site, first: bytes, rest: bytes) -> None:
    async with await site.dial() as stream:
        await stream.send_all(first)
        await read_until(stream, b"\r\n\r\n")

        with trio.fail_after(10):
            await send_until_broken(stream, rest)

    assert (await get(site)).endswith(b"well")


async def test_more_clients_than_places_wait_for_one_to_leave(site: Site) -> None:
    idle = [await site.dial() for _ in range(QUICK.connections)]

    assert (await get(site)).endswith(b"well")  # the idle ones are sent away after head_time

    for stream in idle:
        await stream.aclose()


@pytest.mark.parametrize("path", [b"/endless", b"/flood"])
async def test_server_ends_within_its_grace_while_a_client_refuses_to_read(path: bytes) -> None:
    async with served(shop(), limits=Limits(), grace=0.3) as site, await site.dial() as stream:
        await stream.send_all(_ask(path))
        await read_until(stream, b"\r\n\r\n")

        site.stopping.set()
        with trio.fail_after(SOON):
            await site.ended.wait()


async def test_server_ends_within_its_grace_while_the_pongs_of_a_client_pile_up() -> None:
    async with (
        served(shop(), limits=Limits(), grace=0.3) as site,
        await site.dial() as stream,
        trio.open_nursery() as nursery,
    ):
        await stream.send_all(_ask(b"/echo"))
        await read_until(stream, b"\r\n\r\n")
        nursery.start_soon(send_until_broken, stream, PINGS)
        await trio.testing.wait_all_tasks_blocked(0.2)  # on full buffers, both ways

        site.stopping.set()
        with trio.fail_after(SOON):
            await site.ended.wait()
