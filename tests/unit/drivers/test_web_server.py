"""Serving over real loopback: the life of a server, its limits and its ends."""

from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest
import trio
import trio.testing
from quart import request, websocket
from quart_trio import QuartTrio
from structlog.testing import capture_logs

from drivers.web import BodyTooLarge, BodyTooSlow, Limits, SocketEntrance, bind, hang_up, read_body, serve
from tests.e2e.hostile_inputs import HANDSHAKE
from tests.serving import Site, get, read_all, read_until, send_until_broken, served

KIB = 1024
MIB = 1024 * 1024


def hello() -> QuartTrio:
    app = QuartTrio("hello")

    @app.get("/")
    async def root() -> str:
        return "well"

    return app


def counter(limit: int, within: float = 30.0) -> QuartTrio:
    """Answers with the size of a body."""
    app = hello()

    @app.post("/size")
    async def size() -> tuple[str, int]:
        try:
            return str(len(await read_body(request, limit, within=within))), 200
        except BodyTooLarge:
            return "too large", 413
        except BodyTooSlow:
            return "too slow", 408

    @app.post("/closed")
    async def closed() -> tuple[str, int]:
        return "who are you", 401

    return app


async def test_answer_comes_in_one_piece() -> None:
    async with served(hello()) as site, await site.dial() as stream:
        await stream.send_all(b"GET / HTTP/1.1\r\nHost: till\r\n\r\n")

        assert (await stream.receive_some()).endswith(b"\r\n\r\nwell")


async def test_answer_before_the_end_of_the_body_says_that_the_connection_closes() -> None:
    async with served(counter(KIB)) as site, await site.dial() as stream:
        await stream.send_all(b"POST /closed HTTP/1.1\r\nHost: till\r\nContent-Length: 10\r\n\r\n")

        head = await read_until(stream, b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 401")
    assert b"connection: close" in head.lower()


async def test_answer_after_the_whole_body_keeps_the_connection() -> None:
    async with served(counter(KIB)) as site, await site.dial() as stream:
        for _ in range(3):
            await stream.send_all(b"POST /size HTTP/1.1\r\nHost: till\r\nContent-Length: 2\r\n\r\nhi")
            head = await read_until(stream, b"\r\n\r\n2")

            assert b"connection: close" not in head.lower()


async def test_connection_serves_more_than_a_thousand_requests() -> None:
    async with served(hello()) as site, await site.dial() as stream:
        for _ in range(1100):
            await stream.send_all(b"GET / HTTP/1.1\r\nHost: till\r\n\r\n")
            assert b"close" not in await read_until(stream, b"well")


async def test_body_of_exactly_the_limit_is_read() -> None:
    async with served(counter(64 * KIB)) as site, httpx.AsyncClient(base_url=site.url) as client:
        answer = await client.post("/size", content=b"x" * 64 * KIB)

    assert (answer.status_code, answer.text) == (200, str(64 * KIB))


@pytest.mark.parametrize("size", [MIB + 1, 2 * MIB, 8 * MIB])
async def test_client_that_posts_too_much_gets_its_413(size: int) -> None:
    async with served(counter(MIB)) as site, httpx.AsyncClient(base_url=site.url) as client:
        answer = await client.post("/size", content=b"x" * size)

    assert answer.status_code == 413


async def test_chunked_body_over_the_limit_gets_its_413() -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 64 * KIB

    async with served(counter(MIB)) as site, httpx.AsyncClient(base_url=site.url) as client:
        answer = await client.post("/size", content=body())

    assert answer.status_code == 413


async def test_answer_to_a_body_nobody_reads_arrives() -> None:
    async with served(counter(MIB)) as site, httpx.AsyncClient(base_url=site.url) as client:
        answer = await client.post("/closed", content=b"x" * 8 * MIB)

    assert answer.status_code == 401


async def test_body_without_an_end_is_given_up() -> None:
    async with served(counter(MIB), limits=Limits(linger=0.2)) as site, await site.dial() as stream:
        await stream.send_all(b"POST /size HTTP/1.1\r\nHost: till\r\nTransfer-Encoding: chunked\r\n\r\n")

        with trio.fail_after(10):
            await send_until_broken(stream, b"10000\r\n" + b"x" * 65536 + b"\r\n")


async def test_body_that_stalls_is_too_slow() -> None:
    async with served(counter(MIB, within=0.1)) as site, await site.dial() as stream:
        await stream.send_all(b"POST /size HTTP/1.1\r\nHost: till\r\nContent-Length: 9\r\n\r\nabc")

        assert (await read_until(stream, b"too slow")).startswith(b"HTTP/1.1 408 ")


async def test_request_in_flight_finishes_when_the_server_stops() -> None:
    app, entered, leave = hello(), trio.Event(), trio.Event()

    @app.get("/slow")
    async def slow() -> str:
        entered.set()
        await leave.wait()
        return "done"

    async with served(app, grace=60) as site, await site.dial() as stream:
        await stream.send_all(b"GET /slow HTTP/1.1\r\nHost: till\r\n\r\n")
        await entered.wait()
        site.stopping.set()
        await trio.testing.wait_all_tasks_blocked()
        leave.set()

        assert (await read_all(stream)).endswith(b"done")
        with trio.fail_after(8):
            await site.ended.wait()


async def test_request_beyond_the_grace_is_cut() -> None:
    app, entered = hello(), trio.Event()

    @app.get("/endless")
    async def endless() -> str:
        entered.set()
        await trio.sleep_forever()

    async with served(app, grace=0.1) as site, await site.dial() as stream:
        await stream.send_all(b"GET /endless HTTP/1.1\r\nHost: till\r\n\r\n")
        await entered.wait()
        site.stopping.set()

        assert await read_all(stream) == b""
        await site.ended.wait()


async def test_idle_connections_do_not_wait_for_the_grace() -> None:
    async with served(hello(), grace=60) as site, await site.dial() as used, await site.dial() as unused:
        await used.send_all(b"GET / HTTP/1.1\r\nHost: till\r\n\r\n")
        await read_until(used, b"well")
        site.stopping.set()

        assert await read_all(used) == b""
        assert await read_all(unused) == b""
        with trio.fail_after(8):
            await site.ended.wait()


async def test_clients_that_come_between_two_servers_wait_for_the_second() -> None:
    with bind("127.0.0.1", 0) as listener:
        for _ in range(2):
            stopping = trio.Event()
            async with trio.open_nursery() as nursery:
                stream = await trio.open_tcp_stream(*listener.getsockname())
                await stream.send_all(b"GET / HTTP/1.1\r\nHost: till\r\nConnection: close\r\n\r\n")
                await nursery.start(partial(serve, hello(), SocketEntrance(listener), stopping=stopping))

                assert (await read_all(stream)).endswith(b"well")

                await stream.aclose()
                stopping.set()


async def test_failing_start_of_the_application_comes_before_started() -> None:
    app = hello()

    @app.before_serving
    async def fail() -> None:
        raise RuntimeError("no database")

    async def start() -> None:
        with bind("127.0.0.1", 0) as listener:
            async with trio.open_nursery() as nursery:
                await nursery.start(partial(serve, app, SocketEntrance(listener), stopping=trio.Event()))
                raise AssertionError("it started")

    with pytest.raises(BaseExceptionGroup) as failed:
        await start()
    assert failed.group_contains(Exception, match="no database")
    assert not failed.group_contains(AssertionError)


async def test_hung_up_client_gets_no_answer() -> None:
    app = hello()

    @app.post("/lost")
    async def lost() -> str:
        await read_body(request, KIB)
        await hang_up(request)

    async with served(app) as site, httpx.AsyncClient(base_url=site.url) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/lost", content=b"work")
        assert (await client.get("/")).text == "well"


async def test_client_that_leaves_ends_its_handler() -> None:
    app, entered, ended = hello(), trio.Event(), trio.Event()

    @app.get("/endless")
    async def endless() -> str:
        entered.set()
        try:
            await trio.sleep_forever()
        finally:
            ended.set()

    async with served(app) as site:
        async with await site.dial() as stream:
            await stream.send_all(b"GET /endless HTTP/1.1\r\nHost: till\r\n\r\n")
            await entered.wait()

        with trio.fail_after(8):
            await ended.wait()


def endings() -> QuartTrio:
    """Websockets that end in every way."""
    app = hello()

    @app.websocket("/accepted/<how>")
    async def accepted(how: str) -> tuple[str, int] | None:
        await websocket.accept()
        if how == "raises":
            raise RuntimeError("a defect")
        return ("an answer", 200) if how == "answers" else None

    @app.websocket("/refused/<how>")
    async def refused(how: str) -> tuple[str, int] | None:
        if how == "raises":
            raise RuntimeError("a defect")
        return ("not you", 401) if how == "answers" else None

    @app.websocket("/crash")
    async def crash() -> None:
        await websocket.accept(subprotocol="never offered")

    @app.websocket("/flood")
    async def flood() -> None:
        while True:
            await websocket.send("x")

    return app


async def upgrade(site: Site, path: str) -> trio.SocketStream:
    """A connection that has just asked for a websocket, for the caller to close."""
    stream = await site.dial()
    await stream.send_all(HANDSHAKE.replace(b"/echo", path.encode()) + b"\r\n")
    return stream


@pytest.mark.parametrize(("how", "code"), [("returns", 1000), ("raises", 1011), ("answers", 1011)])
async def test_websocket_tells_how_its_handler_ended(how: str, code: int) -> None:
    async with served(endings()) as site, await upgrade(site, f"/accepted/{how}") as stream:
        answer = await read_all(stream)

    head, _, frames = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert frames.removeprefix(b"\x89\x00") == b"\x88\x02" + code.to_bytes(2, "big")


@pytest.mark.parametrize(("how", "status"), [("returns", 403), ("raises", 500), ("answers", 401)])
async def test_websocket_that_is_not_accepted_gets_an_http_answer(how: str, status: int) -> None:
    async with served(endings()) as site, await upgrade(site, f"/refused/{how}") as stream:
        answer = await read_all(stream)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


async def test_websocket_is_not_compressed() -> None:
    async with served(endings()) as site, await site.dial() as stream:
        await stream.send_all(
            HANDSHAKE.replace(b"/echo", b"/flood") + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        )

        assert b"deflate" not in await read_until(stream, b"\r\n\r\n")


async def test_crash_of_one_connection_is_logged_and_reaches_no_other() -> None:
    app = endings()
    app.config["PROPAGATE_EXCEPTIONS"] = True  # past Quart, into Hypercorn, which then falls over its own state
    with capture_logs() as logs:
        async with served(app) as site:
            async with await upgrade(site, "/crash") as stream:
                assert await read_all(stream) == b""

            assert (await get(site)).endswith(b"well")

    assert "connection_crashed" in [entry["event"] for entry in logs]


async def test_websocket_whose_client_is_gone_does_not_freeze_the_server() -> None:
    async with served(endings()) as site:
        async with await upgrade(site, "/flood") as stream:
            await read_until(stream, b"\x81\x01x")

        assert (await get(site)).endswith(b"well")


async def test_client_that_leaves_is_noticed_though_its_messages_are_not_read() -> None:
    app, ended = hello(), trio.Event()

    @app.websocket("/deaf")
    async def deaf() -> None:
        await websocket.accept()
        try:
            await trio.sleep_forever()
        finally:
            ended.set()

    async with served(app, limits=Limits(ping_interval=0.05)) as site:
        async with await upgrade(site, "/deaf") as stream:
            await read_until(stream, b"\r\n\r\n")
            await stream.send_all(b"\x81\x80\0\0\0\0" * 1000)

        with trio.fail_after(8):
            await ended.wait()
